/**
 * From the neutral style of a layer to the sources and layers that MapLibre draws.
 *
 * One source per layer of the city, with the layer's id; its vector tiles hold one source-layer of that name, whose
 * features carry `id`, the field of `style.by` and the title field.
 */

import { tileAddress } from "./tiles.mjs";

/** @typedef {import("./view.mjs").LayerView} LayerView */
/** @typedef {import("maplibre-gl").LayerSpecification} LayerSpecification */
/** @typedef {import("maplibre-gl").SourceSpecification} SourceSpecification */
/** @typedef {import("maplibre-gl").ExpressionSpecification} ExpressionSpecification */

/** Fonts of the devices: MapLibre draws the glyphs itself where a style names no glyph server. */
const FONTS = ["Hiragino Sans", "Yu Gothic UI", "Meiryo", "Noto Sans CJK JP", "Noto Sans JP"];
const DEEPEST_TILE = 16;
/** Zoom levels at which pictures of grids are offered. */
const FIRST_IMAGE = 5;
const DEEPEST_IMAGE = 17;
const LABEL_ZOOM = { Point: 15, LineString: 14, MultiLineString: 14, MultiPolygon: 15 };
const CLASS_LABEL_ZOOM = 13;
const INK = "#1d2733";
const DARKEN = 0.45;

/**
 * Paint properties that follow the opacity slider; labels stay readable.
 *
 * @type {Record<string, OpacityTarget["property"][]>}
 */
const FOLLOWING = {
  raster: ["raster-opacity"],
  fill: ["fill-opacity"],
  line: ["line-opacity"],
  circle: ["circle-opacity", "circle-stroke-opacity"],
};

/** Drawing order, from the ground up. */
const ORDER = ["background", "raster", "fill", "line", "circle", "symbol"];

/**
 * A paint property that follows the opacity slider of its layer.
 *
 * @typedef {object} OpacityTarget
 * @property {string} layer id of the MapLibre layer
 * @property {"raster-opacity" | "fill-opacity" | "line-opacity" | "circle-opacity" | "circle-stroke-opacity"} property
 */

/**
 * @param {LayerView} layer
 * @returns {SourceSpecification | null} null where the layer has nothing to draw
 */
export function sourceOf(layer) {
  if (layer.image) {
    return {
      type: "raster",
      tiles: [tileAddress(layer.image)],
      tileSize: 256,
      minzoom: FIRST_IMAGE,
      maxzoom: DEEPEST_IMAGE,
      attribution: escaped(layer.attributions.join(" / ")),
    };
  }
  if (!layer.tiles) return null;
  return {
    type: "vector",
    tiles: [tileAddress(layer.tiles)],
    minzoom: Math.min(layer.style.min_zoom, DEEPEST_TILE),
    maxzoom: DEEPEST_TILE,
    attribution: escaped(layer.attributions.join(" / ")),
  };
}

/**
 * @param {LayerView} layer
 * @param {boolean} visible
 * @returns {LayerSpecification[]}
 */
export function drawnLayers(layer, visible) {
  const made = layer.image ? [rasterLayer(layer)] : layer.tiles ? vectorLayers(layer) : [];
  const visibility = visible ? "visible" : "none";
  return made.map((drawn) => {
    const shown = /** @type {LayerSpecification} */ ({ ...drawn, minzoom: layer.style.min_zoom });
    shown.layout = /** @type {any} */ ({ ...drawn.layout, visibility });
    const first = layer.style.one_of?.options[0];
    if (first && shown.type !== "raster" && shown.type !== "background") shown.filter = only(layer, first.value);
    if (drawn.type === "symbol") shown.minzoom = Math.max(layer.style.min_zoom, drawn.minzoom ?? 0);
    return shown;
  });
}

/**
 * The filter that leaves one value of the layer's choice.
 *
 * @param {LayerView} layer
 * @param {string} value
 * @returns {import("maplibre-gl").FilterSpecification}
 */
export function only(layer, value) {
  return ["==", ["to-string", ["get", layer.style.one_of?.field ?? ""]], value];
}

/**
 * All layers in drawing order: areas under lines under points under labels; of one kind, the first of the list on top.
 *
 * @param {LayerSpecification[][]} perLayer in the order of the list
 * @returns {LayerSpecification[]}
 */
export function stacked(perLayer) {
  const flat = perLayer.toReversed().flat();
  // Array.prototype.sort is stable: the order within one kind stays.
  return flat.sort((a, b) => rank(a) - rank(b));
}

/** @param {LayerSpecification} drawn */
function rank(drawn) {
  // The outline of an area lies on its area, not above all lines.
  return drawn.id.endsWith(":outline") ? ORDER.indexOf("fill") : ORDER.indexOf(drawn.type);
}

/**
 * @param {LayerView} layer
 * @returns {OpacityTarget[]}
 */
export function opacityTargets(layer) {
  return drawnLayers(layer, true).flatMap(({ id, type }) =>
    (FOLLOWING[type] ?? []).map((property) => ({ layer: id, property })),
  );
}

/**
 * @param {LayerView} layer
 * @returns {LayerSpecification}
 */
function rasterLayer(layer) {
  return {
    id: layer.id,
    type: "raster",
    source: layer.id,
    paint: { "raster-opacity": layer.style.opacity, "raster-fade-duration": 0 },
  };
}

/**
 * @param {LayerView} layer
 * @returns {LayerSpecification[]}
 */
function vectorLayers(layer) {
  const { style } = layer;
  const common = { source: layer.id, "source-layer": layer.id };
  const labels = labelLayer(layer);
  /** @type {LayerSpecification[]} */
  let marks;
  switch (layer.geometry) {
    case "Point":
      marks = [
        {
          ...common,
          id: layer.id,
          type: "circle",
          paint: {
            "circle-color": byClass(layer, (color) => color),
            "circle-radius": scaled(style.radius, [10, 0.5], [14, 1], [18, 1.7]),
            "circle-opacity": style.opacity,
            "circle-stroke-color": style.outline ?? "#ffffff",
            "circle-stroke-width": scaled(1.5, [10, 0.4], [14, 1], [18, 1.3]),
            "circle-stroke-opacity": style.opacity,
          },
        },
      ];
      break;
    case "LineString":
    case "MultiLineString":
      marks = [
        {
          ...common,
          id: layer.id,
          type: "line",
          layout: { "line-cap": "round", "line-join": "round" },
          paint: {
            "line-color": byClass(layer, (color) => color),
            "line-width": widths(layer, 0),
            "line-opacity": style.opacity,
          },
        },
      ];
      if (style.outline) {
        marks.unshift({
          ...common,
          id: `${layer.id}:casing`,
          type: "line",
          layout: { "line-cap": "round", "line-join": "round" },
          paint: { "line-color": style.outline, "line-width": widths(layer, 2), "line-opacity": style.opacity },
        });
      }
      break;
    default:
      marks = [
        {
          ...common,
          id: layer.id,
          type: "fill",
          paint: { "fill-color": byClass(layer, (color) => color), "fill-opacity": style.opacity, "fill-antialias": false },
        },
        {
          ...common,
          id: `${layer.id}:outline`,
          type: "line",
          layout: { "line-join": "round" },
          paint: {
            // Neighbouring official colours are hard to tell apart; a darker edge of the same hue helps.
            "line-color": style.outline ?? byClass(layer, darker),
            "line-width": scaled(Math.min(style.width, 1.5), [10, 0.3], [14, 0.8], [18, 1.6]),
            "line-opacity": Math.max(style.opacity, 0.6),
          },
        },
      ];
  }
  return labels ? [...marks, labels] : marks;
}

/**
 * Labels: of classed areas the class, so that a rank is read and not guessed from its colour; else the title field.
 *
 * @param {LayerView} layer
 * @returns {LayerSpecification | null}
 */
function labelLayer(layer) {
  const { style } = layer;
  const onLine = layer.geometry === "LineString" || layer.geometry === "MultiLineString";
  const onPoint = layer.geometry === "Point";
  /** @type {ExpressionSpecification} */
  let text;
  let zoom = LABEL_ZOOM[/** @type {keyof typeof LABEL_ZOOM} */ (layer.geometry)] ?? 14;
  if (style.by && style.classes.length > 0 && layer.geometry === "MultiPolygon") {
    text = matched(layer, (entry) => entry.title, "");
    zoom = CLASS_LABEL_ZOOM;
  } else if (layer.title_field) {
    text = ["to-string", ["get", layer.title_field]];
  } else {
    return null;
  }
  return {
    id: `${layer.id}:label`,
    type: "symbol",
    source: layer.id,
    "source-layer": layer.id,
    minzoom: Math.max(style.min_zoom, zoom),
    layout: {
      "text-field": text,
      "text-font": FONTS,
      "text-size": onPoint ? 12.5 : 11.5,
      "symbol-placement": onLine ? "line" : "point",
      ...(onPoint ? { "text-anchor": "top", "text-offset": [0, 0.8] } : {}),
      "text-max-width": 9,
      "text-padding": 4,
    },
    paint: { "text-color": INK, "text-halo-color": "#ffffff", "text-halo-width": 1.6 },
  };
}

/**
 * A value per class of the layer, by `match`; `other` for values in no class.
 *
 * @param {LayerView} layer
 * @param {(entry: import("./view.mjs").StyleClass) => string | number} value
 * @param {string | number} other
 * @returns {any} an expression, or `other` itself where there are no classes
 */
function matched(layer, value, other) {
  const { by, classes } = layer.style;
  if (!by || classes.length === 0) return other;
  // Compared as text: a tile holds numbers and booleans as such, and `match` accepts no booleans.
  const cases = classes.flatMap((entry) => [String(entry.value), value(entry)]);
  return ["match", ["to-string", ["get", by]], ...cases, other];
}

/**
 * @param {LayerView} layer
 * @param {(color: string) => string} shade
 */
function byClass(layer, shade) {
  return matched(layer, (entry) => shade(entry.color), shade(layer.style.color));
}

/**
 * @param {LayerView} layer
 * @param {number} more added on both sides together, for the casing
 * @returns {ExpressionSpecification}
 */
function widths(layer, more) {
  const { style } = layer;
  const stops = /** @type {const} */ ([[10, 0.35], [14, 1], [18, 3.2]]);
  /** @type {unknown[]} */
  const expression = ["interpolate", ["exponential", 1.4], ["zoom"]];
  for (const [zoom, factor] of stops) {
    const width = (/** @type {number} */ declared) => Math.round((declared * factor + more * Math.min(factor, 1)) * 100) / 100;
    expression.push(zoom, matched(layer, (entry) => width(entry.width ?? style.width), width(style.width)));
  }
  return /** @type {ExpressionSpecification} */ (expression);
}

/**
 * @param {number} size
 * @param {[zoom: number, factor: number][]} stops
 * @returns {ExpressionSpecification}
 */
function scaled(size, ...stops) {
  const flat = stops.flatMap(([zoom, factor]) => [zoom, size * factor]);
  return /** @type {any} */ (["interpolate", ["linear"], ["zoom"], ...flat]);
}

/**
 * @param {string} color #rrggbb
 * @returns {string} the same hue, nearer to ink
 */
function darker(color) {
  const parts = [1, 3, 5].map((at) => Math.round(parseInt(color.slice(at, at + 2), 16) * (1 - DARKEN)));
  return `rgb(${parts.join(",")})`;
}

/**
 * MapLibre reads attributions as HTML.
 *
 * @param {string} text
 */
function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
