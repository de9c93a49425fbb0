// Service worker of the field pages. Keeps the frame and the three pages a worker needs without network; never answers a
// move from the cache, never touches what is not ours, and forgets everything when the person signs out (Clear-Site-Data).
const PAGES = "field-pages", FILES = "field-files";
const KEPT = ["/field/", "/field/report/", "/field/outbox/", "/offline/"];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(Promise.allSettled(event.data.keep.map(keep)));
});

async function keep(url) {
  const path = new URL(url, self.location.origin).pathname;
  const cache = await caches.open(path.startsWith("/static/") ? FILES : PAGES);
  if (path.startsWith("/static/") && (await cache.match(url))) return;
  const response = await fetch(url, { credentials: "same-origin" });
  if (response.ok && !response.redirected) await cache.put(url, response);
}

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || request.headers.has("range")) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

async function page(request, url) {
  const cache = await caches.open(PAGES);
  try {
    const response = await fetch(request);
    if (response.ok && !response.redirected && KEPT.includes(url.pathname)) await cache.put(url.pathname, response.clone());
    return response;
  } catch {
    return (await cache.match(url.pathname)) ?? (await cache.match("/offline/")) ?? Response.error();
  }
}

async function file(request) {
  const cache = await caches.open(FILES), kept = await cache.match(request);
  const fresh = fetch(request).then((response) => {
    if (response.ok && response.status === 200) cache.put(request, response.clone());
    return response;
  });
  if (!kept) return fresh;
  fresh.catch(() => null);
  return kept;
}
