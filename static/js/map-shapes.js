// Cases on the map: the lamp's shape, clusters that show the worst of what they hold, the worst drawn last.
/* global L, protomapsL */

export const LEVELS = ["hold", "ok", "soon", "late"]; // from quiet to loud
const worst = (levels) => LEVELS[Math.max(...levels.map((level) => LEVELS.indexOf(level)), 0)];

const inPin = {
  ok: '<circle cx="13" cy="12.5" r="4.4"/>',
  soon: '<path d="M13 7.6l5 8.6H8z"/>',
  late: '<rect x="8.8" y="8.3" width="8.4" height="8.4" rx="1"/>',
  hold: '<circle cx="13" cy="12.5" r="3.4" class="ring"/>',
  acc: '<circle cx="13" cy="12.5" r="4.4"/>',
};

/** The one place a page is about. */
export function pin(latlng, level = "acc") {
  const shape = inPin[level] ?? inPin.acc;
  const html = `<div class="pin"><svg width="26" height="33" viewBox="0 0 26 33"><path class="p-${level in inPin ? level : "acc"}" d="M13 0a12.5 12.5 0 0 0-12.5 12.5C.5 21 13 33 13 33s12.5-12 12.5-20.5A12.5 12.5 0 0 0 13 0z"/><g class="in">${shape}</g></svg></div>`;
  return L.marker(latlng, { interactive: false, keyboard: false, icon: L.divIcon({ className: "", iconSize: [0, 0], html }) });
}

function icon(level, count) {
  const number = count > 1 ? `<b>${count > 999 ? "999+" : Number(count)}</b>` : "";
  return L.divIcon({ className: "", iconSize: [0, 0], html: `<div class="${count > 1 ? "clus" : "dotp"} ${level}">${number}</div>` });
}

function marker({ lon, lat, level, count = 1, title = "", key = "" }) {
  const known = LEVELS.includes(level) ? level : "hold";
  const one = L.marker([lat, lon], { icon: icon(known, count), keyboard: false, title, level: known, zIndexOffset: LEVELS.indexOf(known) * 1000 });
  one.options.key = key;
  return one;
}

// the pane is hidden from screen readers, which have the list; so nothing in it takes the focus
if (L.MarkerCluster) L.MarkerCluster.prototype.options.keyboard = false;

/** Shapes of some hundred rows, clustered here. Each row: {lon, lat, level, title, key}. Returns the layer. */
export function clustered(rows, onChoose) {
  const group = L.markerClusterGroup({
    animate: false, animateAddingMarkers: false, showCoverageOnHover: false, spiderfyOnMaxZoom: true, maxClusterRadius: 36,
    spiderLegPolylineOptions: { className: "m-leg" },
    iconCreateFunction: (cluster) => {
      const children = cluster.getAllChildMarkers();
      return icon(worst(children.map((child) => child.options.level)), children.length);
    },
  });
  for (const row of rows) group.addLayer(marker(row));
  group.on("click", (event) => onChoose(event.layer.options.key));
  return group;
}

const NUMBERED = ["hold", "hold", "ok", "soon", "late"]; // closed, paused, in time, due soon, overdue

/** Shapes from vector tiles the server has already clustered: points with n, level (0-4), number, title. */
export function fromTiles(url, onChoose) {
  const source = new protomapsL.ZxySource(url, false);
  const Layer = L.GridLayer.extend({
    createTile(coords, done) {
      const tile = L.DomUtil.create("div");
      source.get(coords, 256).then((layers) => {
        for (const features of layers.values()) for (const feature of features) this._place(coords, feature);
        done(null, tile);
      }, (error) => done(error, tile));
      return tile;
    },
    _place(coords, feature) {
      const at = feature.geom[0][0];
      if (at.x < 0 || at.y < 0 || at.x >= 256 || at.y >= 256 || !this._map || coords.z !== this._map.getZoom()) return; // a neighbour's
      const { lat, lng } = this._map.unproject([coords.x * 256 + at.x, coords.y * 256 + at.y], coords.z);
      const { level, n = 1, number = "", title = "" } = feature.props;
      const one = marker({ lon: lng, lat, level: NUMBERED[level], count: n, title: n > 1 ? "" : title, key: number });
      one.on("click", () => (n > 1 ? this._map.setView([lat, lng], coords.z + 2) : onChoose(number)));
      this._shapes.addLayer(one);
    },
    onAdd(map) {
      this._shapes = L.layerGroup().addTo(map);
      map.on("zoomstart", this._shapes.clearLayers, this._shapes);
      L.GridLayer.prototype.onAdd.call(this, map);
    },
  });
  return new Layer({ updateWhenZooming: false });
}

/** Polygons of a GeoJSON with property "name", drawn over the boundaries and shown whole. */
export async function outlines(map, url) {
  const answer = await fetch(url, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const shapes = L.geoJSON(await answer.json(), {
    style: { className: "m-new" },
    onEachFeature: (feature, layer) => layer.bindTooltip(Object.assign(document.createElement("span"), { textContent: feature.properties.name })),
  }).addTo(map);
  if (shapes.getLayers().length) map.fitBounds(shapes.getBounds(), { animate: false, padding: [12, 12] });
  map.getContainer().dataset.shapes = String(shapes.getLayers().length);
}
