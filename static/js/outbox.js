// Sending what waits on the phone: one item at a time, oldest first, each with its submission key, so that twice is once.
// States: waiting, sending, broken (will go on by itself), refused (needs the person), conflict (needs the person), sent.
import * as shelf from "./outbox-store.js";

const RETRY = 30000, PATIENCE = 4000, // ms; the next page then shows what the server made of it
      ONE_SENDER = "govplatform-outbox-send";
const changed = () => document.dispatchEvent(new CustomEvent("outbox-changed"));
const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

/** Keep a form's content and try to send it. Returns the item once it was sent, or when the network takes too long. */
export async function keep(form, title) {
  const fields = [], files = [];
  for (const [name, value] of new FormData(form)) {
    if (name === "csrfmiddlewaretoken") continue; // read fresh when sending
    if (value instanceof File) {
      if (value.size) files.push([name, value]);
    } else fields.push([name, value]);
  }
  const key = form.elements.namedItem("submission_key")?.value || crypto.randomUUID();
  const item = await shelf.add({ key, url: form.action, title, fields, files });
  changed();
  await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  return item;
}

function post(url, body, key, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells no upload progress
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrf());
    request.setRequestHeader("Idempotency-Key", key);
    request.timeout = 120000;
    request.upload.onprogress = (event) => event.lengthComputable && progress(Math.round((event.loaded / event.total) * 100));
    request.onload = () => resolve(request);
    request.onerror = request.ontimeout = () => reject(new Error("network"));
    request.send(body);
  });
}

function bodyOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

// what the server said, in words: problem details, or the form's own errors by field
const reason = (answer) => answer.detail ?? (answer.errors && Object.values(answer.errors).flat().join(" ")) ?? answer.title ?? "";

async function send(item) {
  const { fields, files } = await shelf.content(item);
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  if (!body.has("submission_key")) body.append("submission_key", item.key);
  for (const { name, blob } of files) body.append(name, blob, blob.name);
  await update(item, { state: "sending", share: 0, note: "" });
  let shown = 0;
  const request = await post(item.url, body, item.key, (share) => {
    if (share - shown >= 5) document.dispatchEvent(new CustomEvent("outbox-progress", { detail: { key: item.key, share: (shown = share) } }));
  });
  const answer = bodyOf(request);
  if (request.status >= 200 && request.status < 300 && answer.number) return shelf.settle(item, answer.receipt ?? answer.number);
  if (request.status === 409) return update(item, { state: "conflict", note: reason(answer) });
  if (request.status === 401 || request.status === 403 || (request.status < 300 && !answer.number)) return update(item, { state: "sign-in", note: reason(answer) });
  if (request.status >= 400 && request.status < 500 && request.status !== 429) return update(item, { state: "refused", note: reason(answer) });
  throw new Error(`answer ${request.status}`);
}

async function update(item, changes) {
  Object.assign(item, changes);
  await shelf.save(item);
  changed();
}

let again = 0;
async function sendAll() {
  clearTimeout(again);
  const queue = (await shelf.all()).filter((item) => ["waiting", "broken", "sending"].includes(item.state)).reverse();
  for (const item of queue) {
    if (!navigator.onLine) break;
    try {
      await send(item);
    } catch {
      await update(item, { state: navigator.onLine ? "broken" : "waiting" });
      again = setTimeout(flush, RETRY);
      break;
    }
    changed();
  }
}

/** Send what waits; one tab at a time does it. */
export function flush() {
  if (!navigator.onLine) return changed();
  if (navigator.locks) return navigator.locks.request(ONE_SENDER, { ifAvailable: true }, (lock) => lock && sendAll());
  return sendAll();
}

/** The person's answer to an item that could not go by itself. */
export async function decide(key, choice) {
  const item = (await shelf.all()).find((one) => one.key === key);
  if (!item) return;
  if (choice === "delete") await shelf.remove(key);
  else await shelf.save({ ...item, state: "waiting", note: "" });
  changed();
  if (choice !== "delete") await flush();
}

export const items = shelf.all;
export const unsent = async () => (await shelf.all()).filter((item) => item.state !== "sent").length;
export { usable, tidy, wipe } from "./outbox-store.js";

window.addEventListener("online", flush);
