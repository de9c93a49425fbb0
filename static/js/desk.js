// Inbox: a chosen row shows its case beside the list, and the URL remembers it. Case file: printing.
const pane = document.getElementById("preview");
const WIDE = 1024; // below, the preview folds under the list and would push it away

function show(link) {
  if (pane && link && window.htmx) window.htmx.ajax("GET", link.dataset.preview, { target: pane, swap: "innerHTML" });
}

document.addEventListener("row-chosen", (event) => {
  const link = event.target.querySelector("[data-preview]");
  if (!pane || !link) return;
  show(link);
  const here = new URL(location.href);
  here.searchParams.set("case", link.dataset.number);
  history.replaceState(null, "", here);
});

window.addEventListener("load", () => {
  if (window.innerWidth >= WIDE && !new URL(location.href).searchParams.has("case")) show(document.querySelector("[data-rows] [data-preview]"));
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
