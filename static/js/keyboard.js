// J and K walk the rows of <tbody data-rows> (or a list), Enter opens, a letter presses what carries data-key.

function rows() {
  return [...document.querySelectorAll("[data-rows] > *")].filter((row) => row.querySelector("a[href]"));
}

/** Choose a row: focus its link, and tell the page, which may load a preview. */
export function chooseRow(row) {
  for (const other of rows()) other.toggleAttribute("aria-selected", false);
  row.setAttribute("aria-selected", "true");
  row.scrollIntoView({ block: "nearest" });
  row.querySelector("a[href]").focus({ preventScroll: true });
  row.dispatchEvent(new CustomEvent("row-chosen", { bubbles: true }));
}

export function walkRows(event) {
  const step = { j: 1, k: -1 }[event.key.toLowerCase()];
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (step) {
    chooseRow(all[Math.min(Math.max(at + step, 0), all.length - 1)]);
    return true;
  }
  // Enter on a link or button is the browser's own
  if (event.key === "Enter" && at >= 0 && !event.target.closest("a, button, summary")) {
    all[at].querySelector("a[href]").click();
    return true;
  }
  return false;
}

export function pressedLetter(event) {
  if (event.key.length !== 1) return false;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]:not([disabled])`);
  target?.click();
  return Boolean(target);
}

/** What is chosen now: address of the row's link, and whether it has the focus. */
export function chosen() {
  const link = rows().find((row) => row.getAttribute("aria-selected") === "true")?.querySelector("a[href]");
  return link ? { href: link.getAttribute("href"), focused: link.closest("[data-rows] > *").contains(document.activeElement) } : null;
}

/** Choose the same row again among new ones, without telling the page. */
export function restore({ href, focused }) {
  const link = rows().map((row) => row.querySelector("a[href]")).find((one) => one.getAttribute("href") === href);
  if (!link) return;
  link.closest("[data-rows] > *").setAttribute("aria-selected", "true");
  if (focused) link.focus({ preventScroll: true });
}

/** Addresses of all rows. */
export const links = () => rows().map((row) => row.querySelector("a[href]").getAttribute("href"));
