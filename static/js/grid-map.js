// <grid-map>: one map element for looking, picking a place, and boards of cases. It never stands alone: a list beside it
// says the same, and every task can be done without it. Attributes are described in templates/components/map.html.
/* global L */
import { basemap, raster, boundaries, furniture } from "./map-base.js";
import { pin, clustered, fromTiles, outlines } from "./map-shapes.js";
import { chooseRow } from "./keyboard.js";
import { Picker } from "./map-pick.js";

const numbers = (text) => (text ?? "").split(",").map(Number).filter(Number.isFinite);

class GridMap extends HTMLElement {
  connectedCallback() {
    if (this.map || !window.L) return;
    // a hidden map has no size yet; draw when it is first seen
    this.seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      this.seen.disconnect();
      this.draw();
    });
    this.seen.observe(this);
  }

  disconnectedCallback() {
    this.seen?.disconnect();
    this.sized?.disconnect();
    this.map?.remove();
    this.map = null;
  }

  get words() {
    return (this._words ??= JSON.parse(this.dataset.words ?? "{}"));
  }

  draw() {
    const still = this.getAttribute("mode") === "view";
    const picking = this.getAttribute("mode") === "pick";
    const canvas = document.createElement("div");
    canvas.className = "map";
    this.append(canvas);
    const map = (this.map = L.map(canvas, {
      attributionControl: false, zoomControl: false, zoomAnimation: false, fadeAnimation: false, maxZoom: 19, minZoom: 8,
      dragging: !still, scrollWheelZoom: !still, doubleClickZoom: !still && !picking, boxZoom: !still, touchZoom: !still, keyboard: !still && !picking,
    }));
    map.getPane("mapPane").setAttribute("aria-hidden", "true"); // drawings; the list beside says the same in words
    if (still) canvas.removeAttribute("tabindex");
    else {
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "application");
      canvas.setAttribute("aria-label", this.words.use ?? "");
    }
    const [lon, lat] = numbers(this.getAttribute("point"));
    const [centreLon, centreLat] = numbers(this.getAttribute("center"));
    map.setView(lat !== undefined ? [lat, lon] : [centreLat, centreLon], Number(this.getAttribute("zoom") ?? 15));
    this.layers(map, { still, picking });
    if (lat !== undefined && !picking) this.place([lat, lon]);
    if (picking) this.picker = new Picker(this, map, lat === undefined ? null : L.latLng(lat, lon));
    else this.cases(map);
    if (this.getAttribute("shapes")) outlines(map, this.getAttribute("shapes"));
    this.sized = new ResizeObserver(() => map.invalidateSize({ animate: false }));
    this.sized.observe(canvas);
    this.dispatchEvent(new CustomEvent("map-ready", { bubbles: true }));
  }

  layers(map, { still, picking }) {
    raster(map, this.getAttribute("tiles-url"), "");
    basemap(map, this.getAttribute("basemap"), Number(this.getAttribute("basemap-zoom") ?? 15));
    boundaries(map, { grids: this.getAttribute("grids"), divisions: this.getAttribute("divisions"), chosen: this.getAttribute("grid") ?? "", onGrid: still || picking ? null : (properties, at) => this.nameGrid(properties, at) });
    furniture(map, { attribution: this.getAttribute("attribution"), approval: this.getAttribute("approval") });
    if (!still) L.control.zoom({ position: "bottomright", zoomInTitle: this.words.in, zoomOutTitle: this.words.out }).addTo(map);
  }

  place(at) {
    const radius = Number(this.getAttribute("radius") ?? 0);
    if (radius) L.circle(at, { radius, className: "m-ring", interactive: false }).addTo(this.map);
    pin(at, this.getAttribute("state") ?? "acc").addTo(this.map);
    const name = this.getAttribute("grid-name");
    if (!name) return;
    const label = document.createElement("div");
    label.className = "ml sel under";
    label.textContent = name;
    L.marker(at, { interactive: false, keyboard: false, icon: L.divIcon({ className: "", iconSize: [0, 0], html: label }) }).addTo(this.map);
  }

  nameGrid(properties, at) {
    const english = document.documentElement.lang.startsWith("en");
    const label = document.createElement("span");
    label.textContent = (english && properties.name_en) || properties.name_zh || properties.name || properties.code || "";
    if (label.textContent) L.popup({ closeButton: false, className: "m-tip" }).setLatLng(at).setContent(label).openOn(this.map);
  }

  // the list is the source: every element with data-lon and data-lat in it is a shape; where it has none, tiles are
  cases(map) {
    const listed = () => document.getElementById(this.getAttribute("list") ?? "");
    const positioned = () => Boolean(listed()?.querySelector("[data-lon][data-lat]"));
    const tiles = this.getAttribute("cases-tiles");
    this.list = listed();
    if (tiles && !positioned()) fromTiles(tiles, (key) => this.choose(key)).addTo(map);
    else if (this.list) this.mirror();
    if (!this.list) return;
    for (const name of ["mouseover", "focusin", "row-chosen"]) document.addEventListener(name, (event) => this.list?.contains(event.target) && this.point(event.target.closest("[data-lon]")));
    document.body.addEventListener("htmx:afterSwap", () => {
      this.list = listed();
      if (this.map && positioned()) this.mirror(false);
    });
  }

  mirror(fit = this.hasAttribute("fit")) {
    this.shapes?.remove();
    const rows = [...this.list.querySelectorAll("[data-lon][data-lat]")].map(({ dataset }) => ({ lon: Number(dataset.lon), lat: Number(dataset.lat), level: dataset.level, title: dataset.title, key: dataset.case }));
    this.shapes = clustered(rows, (key) => this.choose(key)).addTo(this.map);
    if (fit && rows.length) this.map.fitBounds(L.latLngBounds(rows.map((row) => [row.lat, row.lon])).pad(0.15), { maxZoom: 17, animate: false });
  }

  choose(key) {
    if (!key) return;
    const row = this.list?.querySelector(`[data-case="${CSS.escape(key)}"]`);
    if (row) chooseRow(row);
    else if (this.getAttribute("case-url")) location.assign(this.getAttribute("case-url").replace("0", key));
  }

  point(row) {
    this.halo?.remove();
    this.halo = null;
    if (!row) return;
    this.halo = L.circleMarker([row.dataset.lat, row.dataset.lon], { radius: 14, className: "m-ring", interactive: false }).addTo(this.map);
  }
}

customElements.define("grid-map", GridMap);
