/**
 * Draws the entries of a portable map with Leaflet.  What data say is set as text and never as HTML.
 */

import { SCALE, patternCanvas } from "../static/patterns.mjs";
import { offerAnswers } from "./answers.mjs";
import { marksLayer } from "./marks.mjs";

/** @typedef {import("./words.mjs").Words} Words */

/**
 * @typedef {object} Class
 * @property {string | null} title null: of no class
 * @property {string} color
 * @property {string} safe the same for every kind of colour vision
 * @property {number} width
 * @property {number} opacity
 * @property {boolean} unknown whether it is of what is not known
 * @property {string | null} pattern
 * @property {string | null} mark its number in the legend
 */

/**
 * A feature: number of the class, heading, values by column (null: not stated), places by which it is pointed at with
 * their width in degrees, geometry.
 *
 * @typedef {{ c: number, t: string | null, p: (string | null)[], m: [number, number, number][], g: any }} Shown
 */

/**
 * @typedef {object} Entry
 * @property {string} title
 * @property {boolean} hazard
 * @property {string[]} columns
 * @property {Shown[]} features
 * @property {{ opacity: number, width: number, radius: number, outline: string | null, classes: Class[] }} style
 */

/**
 * An entry on the map.
 *
 * @typedef {object} Drawn
 * @property {Entry} entry
 * @property {any} group Leaflet's
 * @property {boolean} isShown
 * @property {number} share of its own opacity, 0-1 and more
 */

const PATTERN_OPACITY = 0.75;

/**
 * @param {any} map Leaflet's
 * @param {string[]} ids of the elements with the data, the lowest first
 */
export function drawEntries(map, ids) {
  const L = /** @type {any} */ (window)["L"];
  const words = /** @type {Words} */ (read("words"));
  let safe = false;

  /** @type {Map<string, HTMLCanvasElement>} */
  const squares = new Map();
  const square = (/** @type {string} */ name) => {
    const key = `${name} ${safe}`;
    const pattern = words.patterns.images[name];
    const made = squares.get(key) ?? (pattern && patternCanvas(pattern, words.patterns, safe));
    if (made) squares.set(key, made);
    return made;
  };

  const Patterned = L.Canvas.extend({
    _fillStroke(/** @type {CanvasRenderingContext2D} */ context, /** @type {any} */ path) {
      L.Canvas.prototype._fillStroke.call(this, context, path);
      const { pattern, patternOpacity } = path.options;
      const image = pattern && square(pattern);
      const repeated = image && context.createPattern(image, "repeat");
      if (!repeated) return;
      repeated.setTransform(new DOMMatrix().scale(1 / SCALE));
      context.globalAlpha = patternOpacity;
      context.fillStyle = repeated;
      context.fill("evenodd");
    },
  });

  const everything = L.featureGroup();
  const drawn = ids.map((id) => {
    const entry = /** @type {Entry} */ (read(id));
    // Each on a canvas of its own: layers keep their order however they are switched.
    const renderer = new Patterned({ padding: 0.3 });
    /** @type {Drawn} */
    const made = { entry, group: null, isShown: true, share: 1 };
    const style = (/** @type {any} */ feature) => pathStyle(entry.style, feature, made.share, safe);
    made.group = L.geoJSON(
      { type: "FeatureCollection", features: entry.features.map(asFeature) },
      {
        style,
        renderer,
        interactive: false,
        pointToLayer: (/** @type {any} */ feature, /** @type {any} */ place) =>
          L.circleMarker(place, { ...style(feature), radius: entry.style.radius, renderer, interactive: false }),
      },
    );
    made.group.addTo(map).addTo(everything);
    return { id, made, restyle: () => made.group.setStyle(style) };
  });
  const every = drawn.map(({ made }) => made);
  const home = () => {
    const bounds = everything.getBounds();
    if (bounds.isValid()) map.fitBounds(bounds, { padding: [12, 12], maxZoom: 17, animate: false });
    else map.setView([36, 137], 5);
  };
  home();

  const marks = marksLayer(L, every).addTo(map);
  const changed = offerAnswers(L, map, [...every].reverse(), words);
  for (const { id, made, restyle } of drawn) {
    const box = field(`input[value="${id}"]`);
    box?.addEventListener("change", () => {
      made.isShown = box.checked;
      if (made.isShown) made.group.addTo(map);
      else made.group.remove();
      marks.redraw();
      changed();
    });
    const slider = field(`input[data-opacity="${id}"]`);
    slider?.addEventListener("input", () => {
      made.share = Number(slider.value) / 100 / entry(made).opacity;
      const output = slider.parentElement?.querySelector("output");
      if (output) output.value = `${slider.value}%`;
      restyle();
    });
  }
  const palette = field("#safe-colours");
  palette?.addEventListener("change", () => {
    safe = palette.checked;
    recolour(safe);
    for (const { restyle } of drawn) restyle();
  });
  offerPaper(map);
}

/**
 * What folium's own popups ask of jQuery, which the page has not: the element that a text of HTML says.
 *
 * @param {string} html
 * @returns {(Element | null)[]}
 */
export function $(html) {
  const box = document.createElement("template");
  box.innerHTML = html.trim();
  return [box.content.firstElementChild];
}

/** @param {Drawn} made */
function entry(made) {
  return made.entry.style;
}

/**
 * @param {string} id
 * @returns {unknown}
 */
function read(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "");
}

/**
 * @param {string} selector
 * @returns {HTMLInputElement | null}
 */
function field(selector) {
  return document.querySelector(selector);
}

/** @param {Shown} shown */
function asFeature(shown) {
  return { type: "Feature", geometry: shown.g, properties: shown };
}

/**
 * @param {Entry["style"]} style
 * @param {any} feature
 * @param {number} share
 * @param {boolean} safe
 */
function pathStyle(style, feature, share, safe) {
  const own = /** @type {Class} */ (style.classes[feature.properties.c]);
  const colour = safe ? own.safe : own.color;
  const opacity = Math.min(1, own.opacity * share);
  const kind = feature.geometry.type;
  if (kind.endsWith("LineString")) return { color: colour, weight: own.width, opacity };
  const point = kind.endsWith("Point");
  return {
    // Neighbouring official colours are hard to tell apart; a dark edge helps.
    color: style.outline ?? (point ? "#ffffff" : "#3c4650"),
    weight: point ? 1.5 : Math.min(own.width, 0.8),
    opacity: point ? opacity : Math.min(1, Math.max(own.opacity, 0.6) * share),
    fillColor: colour,
    fillOpacity: opacity,
    pattern: point ? null : own.pattern,
    patternOpacity: Math.min(1, PATTERN_OPACITY * share),
  };
}

/**
 * The legends in the official colours, or in those for every kind of colour vision.
 *
 * @param {boolean} safe
 */
function recolour(safe) {
  document.body.classList.toggle("safe", safe);
  for (const mark of document.querySelectorAll("[data-safe]")) {
    const other = mark.getAttribute("data-safe") ?? "";
    mark.setAttribute("data-official", mark.getAttribute("data-official") ?? mark.getAttribute("fill") ?? "");
    mark.setAttribute("fill", (safe ? other : mark.getAttribute("data-official")) ?? other);
  }
}

/**
 * The map is drawn anew in the size it has on paper, with the same middle.
 *
 * @param {any} map
 */
function offerPaper(map) {
  const resized = (/** @type {boolean} */ printing) => {
    const [bounds, middle, zoom] = [map.getBounds(), map.getCenter(), map.getZoom()];
    document.body.classList.toggle("printing", printing);
    map.invalidateSize({ animate: false, pan: false });
    if (printing) map.fitBounds(bounds, { animate: false });
    return { middle, zoom };
  };
  /** @type {{ middle: any, zoom: number } | null} */
  let before = null;
  addEventListener("beforeprint", () => {
    before ??= resized(true);
  });
  addEventListener("afterprint", () => {
    resized(false);
    if (before) map.setView(before.middle, before.zoom, { animate: false });
    before = null;
  });
  document.getElementById("print")?.addEventListener("click", () => print());
}
