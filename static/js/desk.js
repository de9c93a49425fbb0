// Inbox: a chosen row shows its case beside the list, and the URL remembers it. Case file: printing.
const pane = document.getElementById("preview");

document.addEventListener("row-chosen", (event) => {
  const link = event.target.querySelector("[data-preview]");
  if (!pane || !link || !window.htmx) return;
  window.htmx.ajax("GET", link.dataset.preview, { target: pane, swap: "innerHTML" });
  const here = new URL(location.href);
  here.searchParams.set("case", link.dataset.number);
  history.replaceState(null, "", here);
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
