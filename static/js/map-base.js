// What lies under everything on a map: local basemap, boundaries from our own tiles, a muted raster if one is set.
// Colours come from tokens.css, so the dark desk and a city's own colours need nothing here.
/* global L, protomapsL */

const CITY_ZOOM = 12; // below it counties and townships, above it grids
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const english = document.documentElement.lang.startsWith("en");
const nameProperties = english ? ["name_en", "name_zh", "name"] : ["name_zh", "name"];

if (window.L?.VectorGrid) {
  L.DomEvent.fakeStop ??= L.DomEvent.stop; // VectorGrid 1.3 calls what Leaflet 1.8 took away
  // a tile that cannot be fetched is an empty tile, not an error nobody catches
  const load = L.VectorGrid.Protobuf.prototype._getVectorTilePromise;
  L.VectorGrid.Protobuf.prototype._getVectorTilePromise = function (coords) {
    return load.call(this, coords).catch(() => ({ layers: {} }));
  };
}

const kind = (...kinds) => (zoom, feature) => kinds.includes(feature.props.kind);
const width = (wide, narrow) => (zoom) => Math.max(narrow, wide * 2 ** (zoom - 16));

function paintRules() {
  const { PolygonSymbolizer, LineSymbolizer } = protomapsL;
  const fill = (name, extra = {}) => new PolygonSymbolizer({ fill: token(name), ...extra });
  const line = (name, wide, narrow, extra = {}) => new LineSymbolizer({ color: token(name), width: width(wide, narrow), lineCap: "round", lineJoin: "round", ...extra });
  return [
    { dataLayer: "land", symbolizer: fill("--map-road"), filter: kind("town") },
    { dataLayer: "land", symbolizer: fill("--map-block"), filter: (zoom, feature) => feature.props.kind !== "town" },
    { dataLayer: "park", symbolizer: fill("--map-park") },
    { dataLayer: "water", symbolizer: fill("--map-water") },
    { dataLayer: "building", symbolizer: fill("--map-build"), minzoom: 15 },
    { dataLayer: "road", symbolizer: line("--map-road", 5, 0.5), filter: kind("lane"), minzoom: 14 },
    { dataLayer: "road", symbolizer: line("--map-road", 9, 1), filter: kind("secondary") },
    { dataLayer: "road", symbolizer: line("--map-road", 14, 2), filter: kind("primary") },
    { dataLayer: "rail", symbolizer: line("--map-grid", 2.5, 1, { opacity: 0.6, lineCap: "butt" }) },
    { dataLayer: "rail", symbolizer: line("--map-halo", 1.5, 0.5, { dash: [6, 6], lineCap: "butt" }), minzoom: 14 },
  ];
}

function labelRules(villages) {
  const { CenteredTextSymbolizer, LineLabelSymbolizer } = protomapsL;
  const font = getComputedStyle(document.body).fontFamily;
  const text = (size, weight, colour) => ({ labelProps: nameProperties, font: `${weight} ${size}px ${font}`, fill: token(colour), stroke: token("--map-halo"), width: 3, lineHeight: 1.3 });
  const village = new CenteredTextSymbolizer({ ...text(14, 600, "--map-area"), letterSpacing: english ? 0 : 1.5 });
  const place = new CenteredTextSymbolizer(text(12, 500, "--ink-2"));
  const rules = [
    { dataLayer: "label", symbolizer: village, filter: kind("village", "township"), minzoom: 12 },
    { dataLayer: "label", symbolizer: place, filter: (zoom, feature) => !kind("village", "township")(zoom, feature), minzoom: 15 },
    { dataLayer: "road", symbolizer: new LineLabelSymbolizer({ ...text(12, 500, "--ink-2"), repeatDistance: 400 }), filter: kind("primary", "secondary"), minzoom: 15 },
  ];
  return villages ? rules : rules.slice(1);
}

/** The town's own basemap from one file of vector tiles on this server; where villages are drawn, it does not name them. */
export function basemap(map, url, maxDataZoom, villages = true) {
  if (!url || !window.protomapsL) return;
  protomapsL.leafletLayer({ url, maxDataZoom, paintRules: paintRules(), labelRules: labelRules(villages), attribution: "", noWrap: true, zIndex: 2 }).addTo(map);
}

/** A raster tile service of the city's choice, muted, under everything. */
export function raster(map, url, attribution) {
  if (url) L.tileLayer(url, { attribution, className: "m-raster", zIndex: 1, maxZoom: 19, maxNativeZoom: 18 }).addTo(map);
}

/** Boundaries as vector tiles; `chosen` is the id of the grid that is marked. */
export function boundaries(map, { grids, divisions, chosen, onGrid }) {
  const outlines = (url, minZoom, maxZoom, style, options = {}) =>
    L.vectorGrid.protobuf(url, {
      vectorTileLayerStyles: new Proxy({}, { get: () => style }), // one style, whatever the server calls its layer
      rendererFactory: L.svg.tile, minZoom, maxZoom, maxNativeZoom: 17, zIndex: 4, fetchOptions: { credentials: "same-origin" }, ...options,
    });
  if (grids) {
    const style = (properties) => ({ className: String(properties.id ?? properties.grid_id) === chosen ? "m-sel" : "m-grid", fill: true });
    const layer = outlines(grids, CITY_ZOOM + 1, 19, style, { interactive: Boolean(onGrid) });
    if (onGrid) layer.on("click", (event) => onGrid(event.layer.properties, event.latlng));
    // the chosen outline is drawn last, so that its neighbours' lines do not cut it
    layer.on("tileload", ({ tile }) => tile.querySelectorAll(".m-sel").forEach((path) => path.parentNode.append(path)));
    layer.addTo(map);
  }
  if (!divisions) return;
  outlines(divisions, 6, CITY_ZOOM - 1, { className: "m-county", fill: true }, { zIndex: 1 }).addTo(map);
  outlines(divisions, CITY_ZOOM, 19, { className: "m-area", fill: true }, { zIndex: 5 }).addTo(map);
  // far out what is not the city is void; close by there is only land
  const near = () => map.getContainer().classList.toggle("near", map.getZoom() >= CITY_ZOOM);
  map.on("zoomend", near);
  near();
}

/** Scale bar, attribution and approval number. */
export function furniture(map, { attribution, approval }) {
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  const words = [attribution, approval].filter(Boolean).join(" · ");
  if (words) L.control.attribution({ prefix: false, position: "bottomright" }).addAttribution(words).addTo(map);
}
