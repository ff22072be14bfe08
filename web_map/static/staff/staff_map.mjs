/**
 * The map of the staff's pages: the city's own layers, and what is going on drawn over them.
 *
 * Everything that it shows stands in a list too: where there is no WebGL, the page goes on without it.
 */

import { drawnLayers, sourceOf, stacked } from "../layer_style.mjs";
import { loadLibrary, makeMap } from "../library.mjs";
import { drawPatterns } from "../patterns.mjs";
import { layerFor } from "./texts.mjs";

/** @typedef {import("../view.mjs").View} View */
/** @typedef {import("./texts.mjs").StaffView} StaffView */
/** @typedef {import("geojson").Feature} Feature */

const GROUND = "#eceae4";
const ROUTE = "#0b57d0";
const DRAFT = "#c2185b";
const WATER = "#006d77";

/**
 * @typedef {"orders" | "closures" | "water" | "route" | "draft"} OverlayName
 *
 * @typedef {object} StaffMap
 * @property {(name: OverlayName, features: Feature[]) => void} draw
 * @property {(marks: Mark[]) => void} mark replaces all marks
 * @property {(points: [number, number][]) => void} show so that all of them are seen
 * @property {() => [number, number]} centre
 * @property {(handle: (place: [number, number]) => void) => void} onPress
 *
 * @typedef {{lon: number, lat: number, text: string, color: string, kind: "unit" | "incident" | "own"}} Mark
 */

/**
 * With the ground, and all of the fire service but what goes on: that is drawn as it is now, not from tiles.
 *
 * @param {StaffView} view
 * @param {string} title what the map is called
 * @returns {Promise<StaffMap>}
 */
export async function openMap(view, title) {
  const onDuty = new Set(Object.values(view.duties));
  const maplibre = await loadLibrary(document, view);
  /** @type {Record<string, import("maplibre-gl").SourceSpecification>} */
  const sources = {};
  const own = /** @type {const} */ (["orders", "closures", "water", "route", "draft"]);
  for (const name of own) sources[`staff-${name}`] = { type: "geojson", data: collection([]) };
  const isShown = (/** @type {import("../view.mjs").LayerView} */ { id, theme, style }) =>
    (theme === "base" && style.visible) || (theme === "fire" && !onDuty.has(id));
  const layers = view.layers.filter((layer) => layer.available && isShown(layer));
  for (const layer of layers) {
    const source = sourceOf(layer);
    if (source) sources[layer.id] = source;
  }
  const map = makeMap(maplibre, view, title, {
    container: "map",
    style: {
      version: 8,
      sources,
      layers: [
        { id: "ground", type: "background", paint: { "background-color": GROUND } },
        ...stacked(layers.map((layer) => (layer.id in sources ? drawnLayers(layer, true).filter(isRead(layer)) : []))),
        ...own.flatMap((name) => (name === "orders" ? ordersAsPublished(view) : overlay(name))),
      ],
    },
    bounds: view.city.bbox,
    attributionControl: { compact: false },
  });
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-right");
  await new Promise((resolve, reject) => {
    map.once("load", resolve);
    map.once("error", (event) => (map.isStyleLoaded() ? resolve(undefined) : reject(event.error)));
  });
  drawPatterns(map, view.patterns, false);

  /** @type {import("maplibre-gl").Marker[]} */
  let markers = [];
  return {
    draw: (name, features) => {
      const source = /** @type {import("maplibre-gl").GeoJSONSource} */ (map.getSource(`staff-${name}`));
      source.setData(collection(features));
    },
    mark: (marks) => {
      for (const each of markers) each.remove();
      markers = marks.map(({ lon, lat, text, color, kind }) => {
        const element = document.createElement("div");
        element.className = `mark mark-${kind}`;
        element.textContent = text;
        element.style.setProperty("--mark", color);
        const marker = new maplibre.Marker({ element, anchor: "bottom" }).setLngLat([lon, lat]).addTo(map);
        // Nothing to press, and what it says stands in the lists.
        for (const name of ["aria-label", "role", "tabindex"]) element.removeAttribute(name);
        element.setAttribute("aria-hidden", "true");
        return marker;
      });
    },
    show: (points) => {
      const bounds = new maplibre.LngLatBounds();
      for (const point of points) bounds.extend(point);
      if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 60, maxZoom: 16, animate: false });
    },
    centre: () => {
      const { lng, lat } = map.getCenter();
      return [lng, lat];
    },
    onPress: (handle) => map.on("click", ({ lngLat }) => handle([lngLat.lng, lngLat.lat])),
  };
}

/**
 * Whether what is drawn of a layer can be read: names can, but codes mean nothing to a crew, whose colours say the same.
 *
 * @param {import("../view.mjs").LayerView} layer
 * @returns {(drawn: import("maplibre-gl").LayerSpecification) => boolean}
 */
function isRead({ fields, title_field }) {
  const isCoded = fields.some(({ name, codes }) => name === title_field && codes !== null);
  return ({ type }) => !(isCoded && type === "symbol");
}

/**
 * Evacuation orders as citizens see them on their maps.
 *
 * @param {StaffView} view
 * @returns {import("maplibre-gl").LayerSpecification[]}
 */
function ordersAsPublished(view) {
  return drawnLayers(layerFor(view, "evacuation-orders"), true).map((drawn) => ({
    .../** @type {any} */ (drawn),
    source: "staff-orders",
  }));
}

/**
 * @param {Exclude<OverlayName, "orders">} name
 * @returns {import("maplibre-gl").LayerSpecification[]}
 */
function overlay(name) {
  const source = `staff-${name}`;
  const color = { closures: DRAFT, water: WATER, route: ROUTE, draft: DRAFT }[name];
  /** @type {import("maplibre-gl").LayerSpecification[]} */
  const drawn = [
    {
      id: `${source}-line`,
      type: "line",
      source,
      filter: ["!=", ["geometry-type"], "Point"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": color, "line-width": name === "route" ? 7 : 4, "line-opacity": 0.9 },
    },
    {
      id: `${source}-point`,
      type: "circle",
      source,
      filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 7, "circle-color": color, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 },
    },
  ];
  if (name === "route" || name === "water") return drawn;
  return [
    {
      id: `${source}-area`,
      type: "fill",
      source,
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": color, "fill-opacity": 0.25 },
    },
    ...drawn,
  ];
}

/**
 * @param {Feature[]} features
 * @returns {import("geojson").FeatureCollection}
 */
function collection(features) {
  return { type: "FeatureCollection", features };
}
