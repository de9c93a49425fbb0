// The map of a draft: shows what the lists beside it say, and fills the form of the chosen tool by drawing with Geoman.
// Nothing is saved here: the server checks every edit, and the same form can be filled by hand.
/* global L */
import { basemap, boundaries, raster, furniture } from "./map-base.js";

const element = document.getElementById("zone-map");
const form = document.getElementById("tool-form");
const hint = document.getElementById("zone-hint");
const { tool, grid, show } = element.dataset;
const flip = ([lon, lat]) => [lat, lon];
const round = (value) => Number(value.toFixed(8));
const written = (latlngs) => latlngs.map(({ lat, lng }) => `${round(lng)}, ${round(lat)}`).join("\n");
const numbers = (text) => (text ?? "").split(",").map(Number);

L.Marker.mergeOptions({ keyboard: false }); // what a handle does can be done by numbers in the form
const map = L.map(element, { attributionControl: false, zoomControl: false, zoomAnimation: false, fadeAnimation: false, maxZoom: 20, minZoom: 10, doubleClickZoom: !tool || tool === "select" });
element.tabIndex = 0;
element.setAttribute("role", "application");
element.setAttribute("aria-label", element.dataset.label);
map.getPane("mapPane").setAttribute("aria-hidden", "true"); // drawings; the lists beside say the same in words
raster(map, element.dataset.tiles, "");
const [centreLon, centreLat] = numbers(element.dataset.center);
map.setView([centreLat, centreLon], 14);
basemap(map, element.dataset.basemap, Number(element.dataset.basemapZoom), !element.dataset.grids);
if (element.dataset.grids) boundaries(map, { grids: element.dataset.grids }); // where villages are drawn: the grids that follow
furniture(map, element.dataset);
L.control.zoom({ position: "bottomright", zoomInTitle: element.dataset.in, zoomOutTitle: element.dataset.out }).addTo(map);
map.pm.setLang(element.dataset.lang.startsWith("en") ? "en" : "zh");
map.pm.setGlobalOptions({ snappable: true, snapDistance: 14, allowSelfIntersection: false, continueDrawing: false });
new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(element);

// where one looks is part of the address: it stays after saving, and a link to the page shows the same place
function remember() {
  const { lat, lng } = map.getCenter();
  const url = new URL(location.href);
  url.searchParams.set("at", `${lng.toFixed(6)},${lat.toFixed(6)},${map.getZoom()}`);
  history.replaceState(history.state, "", url);
  for (const input of document.querySelectorAll("[data-state]")) input.value = url.search.slice(1);
  for (const link of document.querySelectorAll("a[data-keep]")) {
    const target = new URL(link.href);
    target.searchParams.set("at", url.searchParams.get("at"));
    link.href = target.href;
  }
}

function go(changes) {
  const url = new URL(location.href.replace(/(edit|undo|redo|submit|publish|back|withdraw|discard|explain|rebase)\/(\?|$)/, "$2"));
  for (const [key, value] of Object.entries(changes)) url.searchParams.set(key, value);
  location.assign(url);
}

const layers = new Map(); // code → polygon

function label(shape, layer) {
  if (!shape.name) return;
  const words = document.createElement("div");
  words.className = `ml${shape.what ? " sel" : shape.level === "far" ? " hot" : ""}`;
  words.append(shape.name);
  if (shape.label) words.append(Object.assign(document.createElement("small"), { textContent: shape.label }));
  L.marker(layer.getCenter(), { interactive: false, keyboard: false, pmIgnore: true, snapIgnore: true, icon: L.divIcon({ className: "", iconSize: [0, 0], html: words }) }).addTo(map);
}

function part(shape) {
  const classes = ["z-part", shape.level && `z-${shape.level}`, shape.what && shape.what !== "name" && "z-changed", shape.code === grid && "z-chosen"];
  const layer = L.polygon(shape.ring.slice(0, -1).map(flip), { className: classes.filter(Boolean).join(" "), pmIgnore: tool !== "border" || shape.code !== grid, snapIgnore: false, bubblingMouseEvents: false, interactive: tool !== "split" && tool !== "draw" });
  layer.on("click", () => (shape.href ? location.assign(shape.href) : choose(shape.code)));
  layers.set(shape.code, layer.addTo(map));
  label(shape, layer);
}

function defect(found) {
  if (found.shape) L.geoJSON(found.shape, { className: "z-bad", pmIgnore: true, snapIgnore: true, interactive: false }).addTo(map);
  const words = Object.assign(document.createElement("div"), { className: "ml tag-bad", textContent: found.words });
  L.marker([found.lat, found.lon], { interactive: false, keyboard: false, pmIgnore: true, zIndexOffset: 1000, icon: L.divIcon({ className: "", iconSize: [0, 0], html: words }) }).addTo(map);
}

function choose(code) {
  if (drawing) return;
  if (tool === "merge" && grid && code !== grid) {
    form.elements.other.value = code;
    ask(form.elements.other.selectedOptions[0]?.textContent ?? code);
    return;
  }
  go({ grid: code });
}

let drawing = false;
let drawn = null;

function ask(words) {
  hint.querySelector("[data-words]").textContent = words;
  hint.hidden = false;
  hint.querySelector("[data-confirm]").focus({ preventScroll: true });
}

function cancel() {
  hint.hidden = true;
  drawn?.remove();
  drawn = null;
  if (tool === "merge" || tool === "border") location.reload();
  else start();
}

function start() {
  if (tool === "split") map.pm.enableDraw("Line", { finishOn: "dblclick", templineStyle: { className: "z-line" }, hintlineStyle: { className: "z-line" }, pathOptions: { className: "z-line" } });
  if (tool === "draw") map.pm.enableDraw("Polygon", { pathOptions: { className: "z-changed" } });
  if (tool === "border" && layers.has(grid)) {
    const layer = layers.get(grid);
    layer.pm.enable({ allowSelfIntersection: false, snappable: true, draggable: false });
    const changed = () => {
      form.elements.line.value = written(layer.getLatLngs()[0]);
      ask(form.querySelector("h2")?.textContent ?? document.querySelector("#tool .sech").textContent);
    };
    layer.on("pm:markerdragend pm:vertexadded pm:vertexremoved", changed);
  }
}

function tools() {
  if (!tool || !form) return;
  map.on("pm:drawstart", () => { drawing = true; });
  map.on("pm:drawend", () => setTimeout(() => { drawing = false; }, 300));
  map.on("pm:create", ({ layer }) => {
    drawn = layer;
    form.elements.line.value = written([layer.getLatLngs()].flat(2));
    ask(document.querySelector("#tool .sech").textContent);
  });
  hint.querySelector("[data-confirm]").addEventListener("click", () => form.requestSubmit());
  hint.querySelector("[data-cancel]").addEventListener("click", cancel);
  start();
}

function show_all(data) {
  const village = L.polygon(data.outlines.map((ring) => [ring.slice(0, -1).map(flip)]), { className: "m-area", interactive: false, pmIgnore: true }).addTo(map);
  // a line ends on the village's boundary at one of its vertices: they are shown, and the pointer is drawn to them
  if (tool && tool !== "select") data.outlines.flatMap((ring) => ring.slice(1)).forEach((place) => L.circleMarker(flip(place), { radius: 3.5, className: "z-node", interactive: false, pmIgnore: true }).addTo(map));
  if (show === "now") data.base.forEach((shape) => part({ ...shape, what: "" }));
  else data.parts.forEach(part);
  data.theirs.forEach((shape) => L.polygon(shape.ring.map(flip), { className: "z-theirs", interactive: false, pmIgnore: true, snapIgnore: true }).addTo(map));
  if (show === "both") data.base.forEach((shape) => L.polygon(shape.ring.map(flip), { className: "z-base", interactive: false, pmIgnore: true, snapIgnore: true }).addTo(map));
  layers.get(grid)?.bringToFront();
  if (show !== "now") data.defects.forEach(defect);
  const [lon, lat, zoom] = numbers(element.dataset.view);
  const refused = numbers(element.dataset.refused);
  if (refused.length === 2) {
    L.circleMarker(flip(refused), { radius: 16, className: "z-bad", interactive: false, pmIgnore: true }).addTo(map);
    map.setView(flip(refused), Math.max(zoom || 0, 17));
  } else if (zoom) map.setView([lat, lon], zoom);
  else map.fitBounds(village.getBounds(), { animate: false, padding: [12, 12] });
  map.on("moveend", remember);
  remember();
  tools();
  element.dataset.ready = "yes";
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-locate]");
  if (!link) return;
  event.preventDefault();
  map.setView(flip(numbers(link.dataset.locate)), 18);
  element.focus({ preventScroll: true });
});

const letters = new Map([...document.querySelectorAll(".tl[data-key]")].map((link) => [link.dataset.key.toLowerCase(), link]));
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, summary") || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    event.preventDefault();
    document.querySelector(event.shiftKey ? "[data-redo]" : "[data-undo]")?.click();
  } else if (event.ctrlKey || event.metaKey) return;
  else if (event.key === "Escape" && (drawn || !hint?.hidden)) cancel();
  else letters.get(event.key.toLowerCase())?.click();
});

// what was typed after a refusal is drawn again
function again() {
  const text = form?.elements.line?.value.trim();
  if (!element.dataset.refused || !text || tool === "border") return;
  const points = text.split("\n").map((line) => flip(numbers(line)));
  L.polyline(points, { className: "z-line", interactive: false, pmIgnore: true }).addTo(map);
}

const answer = await fetch(element.dataset.shapes, { headers: { accept: "application/json" } });
if (answer.ok) show_all(await answer.json());
again();
