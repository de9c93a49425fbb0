// The field shell: installable, works without network, keeps reports on the phone until they have arrived.
// Without this module every form of the field pages is an ordinary form.
import * as outbox from "./outbox.js";
import { show } from "./outbox-view.js";

const owner = document.body.dataset.outboxOwner;

function sync() {
  const badge = document.querySelector("[data-sync]");
  return async () => {
    const waiting = await outbox.unsent();
    for (const dot of document.querySelectorAll("[data-outbox-count]")) {
      dot.hidden = !waiting;
      dot.textContent = String(waiting);
    }
    for (const line of document.querySelectorAll("[data-offline-only]")) line.hidden = navigator.onLine;
    if (!badge) return;
    const state = !navigator.onLine ? "offline" : waiting ? "waiting" : "online";
    badge.hidden = false;
    badge.classList.toggle("off", state !== "online");
    badge.querySelector(".bi").className = `bi bi-${{ offline: "cloud-slash", waiting: "cloud-arrow-up", online: "cloud-check" }[state]}`;
    badge.querySelector("[data-sync-text]").textContent = badge.dataset[state];
  };
}

function titleOf(form) {
  const chosen = form.querySelector("[data-outbox-title]:checked, option[data-outbox-title]:checked");
  return chosen?.dataset.outboxTitle || form.dataset.outboxForm;
}

// <form data-outbox-form="title" data-outbox-done="url of the page to show afterwards">
function bind(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit], button:not([type])");
    if (button) button.disabled = true;
    await outbox.keep(form, titleOf(form));
    location.assign(form.dataset.outboxDone ?? "/field/outbox/");
  });
}

function guardSignOut(form) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.sure) return;
    event.preventDefault();
    const waiting = await outbox.unsent();
    if (waiting && !confirm(document.querySelector("[data-sync]")?.dataset.unsent.replace("{n}", waiting) ?? "")) return;
    await outbox.wipe();
    form.dataset.sure = "yes";
    form.requestSubmit();
  });
}

async function worker() {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  await navigator.serviceWorker.register("/sw.js", { scope: "/field/" });
  const ready = await navigator.serviceWorker.ready.catch(() => null);
  const files = performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.startsWith(`${location.origin}/static/`) && !name.includes(".pmtiles"));
  ready?.active?.postMessage({ keep: [...new Set(files), "/offline/", "/field/", "/field/report/", "/field/outbox/"] });
}

if (owner && outbox.usable()) {
  const refresh = sync();
  await outbox.tidy(owner);
  document.addEventListener("outbox-changed", refresh);
  for (const name of ["online", "offline"]) window.addEventListener(name, refresh);
  document.querySelectorAll("form[data-outbox-form]").forEach(bind);
  document.querySelectorAll("[data-logout]").forEach((button) => guardSignOut(button.form));
  const list = document.querySelector("[data-outbox-list]");
  if (list) await show(list);
  await refresh();
  outbox.flush();
  if (location.pathname.startsWith("/field/")) worker();
}
