// Picking a place on the map: press, arrow keys and Enter, or the phone's position. Writes lon, lat and datum into the form
// around it and says in words which grid that is. Positions here are WGS-84; the server converts whatever says otherwise.
/* global L */
import { pin } from "./map-shapes.js";

const STEP = 12, FAR = 60, EDGE = 24, SMALL = 120; // pixels

export class Picker {
  constructor(element, map, start) {
    this.element = element;
    this.map = map;
    this.form = element.closest("form");
    this.status = document.getElementById(element.getAttribute("status") ?? "") ?? this.ownStatus();
    if (start) this.show(start);
    this.small = element.clientHeight < SMALL;
    map.on("click", (event) => (this.small && !this.expanded ? this.expand() : this.pick(event.latlng)));
    this.canvas = map.getContainer();
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("focus", () => this.canvas.matches(":focus-visible") && this.aim());
    this.canvas.addEventListener("blur", () => this.cross?.remove());
    const locate = element.getAttribute("locate");
    if (locate === null || !navigator.geolocation) return;
    if (!this.small) this.here = this.button("crosshair", element.words.here, "pick-here", () => this.locate());
    if ((locate === "auto" || this.small) && !start) this.locate();
  }

  ownStatus() {
    const status = document.createElement("p");
    status.className = "pick-status";
    status.setAttribute("role", "status");
    this.element.append(status);
    return status;
  }

  field(name) {
    return this.form?.elements.namedItem(this.element.getAttribute(`${name}-name`) ?? name);
  }

  aim() {
    this.at ??= this.map.getSize().divideBy(2);
    this.cross ??= L.DomUtil.create("span", "cross");
    this.cross.setAttribute("aria-hidden", "true");
    this.canvas.append(this.cross);
    this.move(L.point(0, 0));
  }

  move(by) {
    const size = this.map.getSize(), wanted = this.at.add(by);
    const inside = L.point(Math.min(Math.max(wanted.x, EDGE), size.x - EDGE), Math.min(Math.max(wanted.y, EDGE), size.y - EDGE));
    const rest = wanted.subtract(inside);
    if (rest.x || rest.y) this.map.panBy(rest, { animate: false });
    this.at = inside;
    L.DomUtil.setPosition(this.cross, inside);
  }

  key(event) {
    if (event.target !== this.canvas) return;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way) {
      if (!this.cross?.isConnected) this.aim();
      this.move(L.point(way).multiplyBy(event.shiftKey ? FAR : STEP));
    } else if (event.key === "Enter") {
      if (!this.cross?.isConnected) this.aim();
      this.pick(this.map.containerPointToLatLng(this.at));
    } else if (event.key === "+" || event.key === "=") this.map.zoomIn();
    else if (event.key === "-") this.map.zoomOut();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  button(icon, words, className, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `btn btn-plain btn-sm ${className}`;
    button.innerHTML = `<span class="bi bi-${icon}" aria-hidden="true"></span>`;
    button.append(words ?? "");
    button.addEventListener("click", act);
    this.element.append(button);
    return button;
  }

  // a map too small to aim on fills the screen when it is pressed
  expand() {
    const { element } = this, close = () => this.collapse();
    this.expanded = [this.button("check-lg", element.words.done, "pick-done", close), this.button("crosshair", element.words.here, "pick-here", () => this.locate())];
    element.classList.add("expanded");
    this.map.dragging.enable();
  }

  collapse() {
    this.element.classList.remove("expanded");
    for (const button of this.expanded) button.remove();
    this.expanded = null;
    if (this.mark) this.map.setView(this.mark.getLatLng(), this.map.getZoom(), { animate: false });
    this.canvas.focus();
  }

  locate() {
    const words = this.element.words;
    this.status.textContent = words.looking ?? "";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        this.pick(L.latLng(coords.latitude, coords.longitude), coords.accuracy);
        this.map.setView([coords.latitude, coords.longitude], 17, { animate: false });
      },
      () => (this.status.textContent = words.refused ?? ""),
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
    );
  }

  show(at) {
    this.mark?.remove();
    this.mark = pin(at, "acc").addTo(this.map);
  }

  /** Take this place. accuracy: metres, when the phone said so. */
  pick(at, accuracy = null) {
    this.show(at);
    const values = { lon: at.lng.toFixed(7), lat: at.lat.toFixed(7), datum: "wgs84", accuracy: accuracy === null ? "" : Math.round(accuracy) };
    for (const [name, value] of Object.entries(values)) {
      const field = this.field(name);
      if (field) field.value = value;
    }
    this.element.dispatchEvent(new CustomEvent("place-picked", { bubbles: true, detail: values }));
    this.say(values);
  }

  // the name comes from the server, which alone decides in which grid a point lies; without an answer the coordinates are said
  async say({ lon, lat, datum, accuracy }) {
    const words = this.element.words, url = this.element.getAttribute("locate-url");
    let place = `${lat}, ${lon}`;
    if (url) {
      try {
        const answer = await fetch(`${url}?${new URLSearchParams({ lon, lat, datum })}`, { headers: { accept: "application/json" } });
        const body = await answer.json();
        if (!answer.ok) {
          this.status.textContent = body.detail ?? words.outside ?? "";
          return;
        }
        place = body.name;
      } catch {
        // offline: the place is kept all the same
      }
    }
    const near = accuracy ? (words.accuracy ?? "").replace("{m}", accuracy) : "";
    this.status.textContent = [(words.chosen ?? "{place}").replace("{place}", place), near].filter(Boolean).join(" ");
  }
}
