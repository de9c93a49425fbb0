// The list of what waits on the phone (components/outbox.html), grouped by what the person has to do.
import { items, decide } from "./outbox.js";

const GROUPS = [
  ["decide", ["conflict", "refused", "sign-in"]],
  ["waiting", ["waiting", "sending"]],
  ["broken", ["broken"]],
  ["sent", ["sent"]],
];
const LAMP = { waiting: "hold", sending: "hold", broken: "soon", conflict: "soon", refused: "late", "sign-in": "soon", sent: "ok" };
const time = new Intl.DateTimeFormat("sv-SE", { hour: "2-digit", minute: "2-digit" });

function part(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function lamp(state, text) {
  const shown = part("span", `st st-${LAMP[state]}`), mark = part("span", `lamp ${LAMP[state]}`);
  mark.setAttribute("aria-hidden", "true");
  shown.append(mark, text);
  return shown;
}

function detail(item, words) {
  if (item.state === "sent") return `${words.receipt} ${item.receipt}`;
  if (item.note) return item.note;
  const size = item.files.reduce((sum, file) => sum + file.bytes, 0) / 1024 / 1024;
  const photos = item.files.length ? words.photos.replace("{n}", item.files.length).replace("{mb}", size.toFixed(1)) : "";
  return [time.format(item.at), photos, words[`${item.state}_note`]].filter(Boolean).join(" · ");
}

function row(item, words) {
  const shown = part("div", "q"), text = part("div"), icon = part("span", "noimg");
  shown.dataset.item = item.key;
  icon.append(part("span", item.files?.length ? "bi bi-camera" : "bi bi-card-text"));
  icon.firstChild.setAttribute("aria-hidden", "true");
  text.append(part("b", "", item.title), part("p", "", detail(item, words)));
  if (["conflict", "refused", "sign-in"].includes(item.state)) {
    const buttons = part("div", "row-x mt-2");
    for (const [choice, style] of [["retry", "btn btn-primary"], ["delete", "btn btn-plain"]]) {
      const button = part("button", style, words[choice]);
      button.type = "button";
      button.addEventListener("click", () => (choice === "delete" && !confirm(words.sure) ? null : decide(item.key, choice)));
      buttons.append(button);
    }
    text.append(buttons);
    shown.append(icon, text);
  } else shown.append(icon, text, lamp(item.state, item.state === "sent" ? time.format(item.at) : words[`${item.state}_lamp`]));
  return shown;
}

/** Draw the list now and whenever something changes. */
export function show(list) {
  const words = JSON.parse(list.dataset.words);
  async function draw() {
    const all = await items();
    const parts = [];
    for (const [group, states] of GROUPS) {
      const mine = all.filter((item) => states.includes(item.state));
      if (!mine.length) continue;
      const heading = part("h2", "gh", words[group]);
      heading.append(part("span", "", String(mine.length)));
      const rows = part("div", "tasks");
      rows.append(...mine.map((item) => row(item, words)));
      parts.push(heading, rows);
    }
    document.querySelector("[data-outbox-empty]").hidden = parts.length > 0;
    list.replaceChildren(...parts);
  }
  document.addEventListener("outbox-changed", draw);
  document.addEventListener("outbox-progress", ({ detail: { key, share } }) => {
    const lampText = list.querySelector(`[data-item="${CSS.escape(key)}"] .st`);
    if (lampText) lampText.lastChild.textContent = `${share}%`;
  });
  return draw();
}
