/**
 * Lengths and areas on the map, from when it is offered: by pointer, or by keyboard at the map's centre; told in words as well as drawn.
 */

import { areaOf, lengthOf } from "./geodesy.mjs";
import { element, words } from "./view.mjs";

/** @typedef {import("maplibre-gl").Map} MapLibreMap */
/** @typedef {import("./geodesy.mjs").Position} Position */

const SOURCE = "measured";
const COLOUR = "#0b57d0";
const MOST = 500;

/**
 * @param {Document} document
 * @param {MapLibreMap} map
 * @param {import("./view.mjs").View} view
 * @param {{ active: boolean }} state while it is, a press on the map is a point and no question
 */
export function offerMeasuring(document, map, view, state) {
  const say = words(view);
  const number = new Intl.NumberFormat(view.language.startsWith("ja") ? "ja" : view.language, { maximumFractionDigits: 2 });
  const open = element(document, "measure", HTMLButtonElement);
  const box = element(document, "measuring", HTMLElement);
  const said = element(document, "measured", HTMLElement);
  /** @type {Position[]} */
  let points = [];

  const draw = () => {
    const source = /** @type {import("maplibre-gl").GeoJSONSource | undefined} */ (map.getSource(SOURCE));
    if (!source) return;
    source.setData({ type: "FeatureCollection", features: drawn(points) });
  };

  const tell = () => {
    if (points.length < 2) said.textContent = say(points.length === 0 ? "measure_begin" : "measure_first");
    else {
      const length = say("measure_length", { count: points.length, length: metres(lengthOf(points), number) });
      const area = points.length < 3 ? "" : say("measure_area", { area: squareMetres(areaOf(points), number) });
      said.textContent = [length, area].filter((text) => text !== "").join(" ");
    }
  };

  /** @param {Position[]} next */
  const set = (next) => {
    points = next.slice(0, MOST);
    draw();
    tell();
  };

  const add = (/** @type {{lng: number, lat: number}} */ at) => set([...points, [at.lng, at.lat]]);

  const start = () => {
    state.active = true;
    box.hidden = false;
    open.setAttribute("aria-expanded", "true");
    if (!map.getSource(SOURCE)) addLayers(map);
    set([]);
    map.getCanvas().focus();
  };

  const end = () => {
    state.active = false;
    box.hidden = true;
    open.setAttribute("aria-expanded", "false");
    set([]);
    said.textContent = "";
  };

  open.addEventListener("click", () => (state.active ? end() : start()));
  element(document, "measure-add", HTMLButtonElement).addEventListener("click", () => add(map.getCenter()));
  element(document, "measure-back", HTMLButtonElement).addEventListener("click", () => set(points.slice(0, -1)));
  element(document, "measure-end", HTMLButtonElement).addEventListener("click", () => {
    end();
    open.focus();
  });
  map.on("click", (event) => {
    if (state.active) add(event.lngLat);
  });
  for (const part of [map.getCanvas(), box]) {
    part.addEventListener("keydown", (event) => {
      if (!state.active) return;
      if (event.key === "Escape") {
        event.stopPropagation();
        end();
        open.focus();
      } else if (part !== box && event.key === "Enter") add(map.getCenter());
      else if (part !== box && event.key === "Backspace") set(points.slice(0, -1));
    });
  }
  start();
}

/**
 * @param {number} length in metres
 * @param {Intl.NumberFormat} number
 */
function metres(length, number) {
  return length < 1000 ? `${number.format(Math.round(length * 10) / 10)} m` : `${number.format(length / 1000)} km`;
}

/**
 * @param {number} area in square metres
 * @param {Intl.NumberFormat} number
 */
function squareMetres(area, number) {
  return area < 100_000 ? `${number.format(Math.round(area))} m²` : `${number.format(area / 1e6)} km²`;
}

/** @param {MapLibreMap} map */
function addLayers(map) {
  map.addSource(SOURCE, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({
    id: `${SOURCE}:area`,
    type: "fill",
    source: SOURCE,
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": COLOUR, "fill-opacity": 0.12 },
  });
  for (const [name, color, width] of /** @type {const} */ ([["casing", "#ffffff", 6], ["line", COLOUR, 3]])) {
    map.addLayer({
      id: `${SOURCE}:${name}`,
      type: "line",
      source: SOURCE,
      filter: ["==", ["geometry-type"], "LineString"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": color, "line-width": width },
    });
  }
  map.addLayer({
    id: `${SOURCE}:points`,
    type: "circle",
    source: SOURCE,
    filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": 5, "circle-color": "#ffffff", "circle-stroke-color": COLOUR, "circle-stroke-width": 3 },
  });
}

/**
 * @param {Position[]} points
 * @returns {import("geojson").Feature[]}
 */
function drawn(points) {
  const [first] = points;
  /** @type {import("geojson").Geometry[]} */
  const parts = points.map((coordinates) => ({ type: "Point", coordinates }));
  if (points.length > 1) parts.push({ type: "LineString", coordinates: points });
  if (points.length > 2 && first) parts.push({ type: "Polygon", coordinates: [[...points, first]] });
  return parts.map((geometry) => ({ type: "Feature", geometry, properties: {} }));
}
