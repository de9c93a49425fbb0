// Behaviour of every page's frame: keys, menus, focus after an error, safe return of a slow server. No page needs it.
import { walkRows, pressedLetter, chosen, restore, links } from "./keyboard.js";
import { watch, thumbnails } from "./photo.js";

const help = document.getElementById("keyboard-help");

function fillHelp() {
  const list = help.querySelector("[data-page-keys]");
  list.replaceChildren();
  for (const target of document.querySelectorAll("[data-key]")) {
    const term = document.createElement("dt"), words = document.createElement("dd"), key = document.createElement("kbd");
    key.textContent = target.dataset.key.toUpperCase();
    term.append(key);
    words.textContent = (target.querySelector("b") ?? target).textContent.replace(key.textContent, "").trim();
    list.append(term, words);
  }
}

function openHelp() {
  if (!help || help.open) return;
  fillHelp();
  help.showModal();
}

function typing(target) {
  return target.closest?.("input, textarea, select, [contenteditable], dialog[open]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return closeMenus();
  if (typing(event.target)) return;
  if (event.key === "?") openHelp();
  else if (event.key === "/" && document.querySelector("[data-search]")) document.querySelector("[data-search]").focus();
  else if (!walkRows(event) && !pressedLetter(event)) return;
  event.preventDefault();
});

for (const button of document.querySelectorAll("[data-keyboard-help]")) {
  button.hidden = false;
  button.addEventListener("click", openHelp);
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === except) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

document.querySelector("[data-focus]")?.focus();

// a pane that scrolls and holds nothing to focus is a stop of its own, so that the arrow keys reach it
for (const pane of document.querySelectorAll(".scroll")) if (!pane.querySelector("a[href], button, input, select, textarea, summary, [tabindex]")) pane.tabIndex = 0;

// <input type="file" data-shrink="id of the strip of thumbnails">
for (const input of document.querySelectorAll("input[type=file][data-shrink]")) {
  watch(input, (files) => thumbnails(document.getElementById(input.dataset.shrink), files));
}

// a page nobody looks at does not ask for news
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.requestConfig.verb === "get" && !event.detail.requestConfig.triggeringEvent) event.preventDefault();
});
// after a live refresh the chosen row is still chosen, focus is where it was, and what is new is said once
let kept = null;
document.addEventListener("htmx:beforeSwap", () => (kept = { chosen: chosen(), seen: new Set(links()) }));
document.addEventListener("htmx:afterSettle", () => {
  if (!kept) return;
  if (kept.chosen) restore(kept.chosen);
  const fresh = links().filter((href) => !kept.seen.has(href)).length, line = document.getElementById("live");
  if (fresh && kept.seen.size && line) line.textContent = line.dataset.fresh.replace("{n}", fresh);
  kept = null;
});

