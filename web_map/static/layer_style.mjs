/**
 * Sources and layers of the map: what the server derived from the style of each layer, shown, hidden and stacked.
 *
 * One source per layer of the city, with the layer's id; its vector tiles hold one source-layer of that name.
 */

import { tileAddress } from "./tiles.mjs";

/** @typedef {import("./view.mjs").LayerView} LayerView */
/** @typedef {import("maplibre-gl").LayerSpecification} LayerSpecification */
/** @typedef {import("maplibre-gl").SourceSpecification} SourceSpecification */

const DEEPEST_TILE = 16;
/** Zoom levels at which pictures of grids are offered. */
const FIRST_IMAGE = 5;
const DEEPEST_IMAGE = 17;

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
  if (layer.holds) {
    const attribution = escaped(layer.attributions.join(" / "));
    return { type: "geojson", data: { type: "FeatureCollection", features: [] }, attribution };
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
  const made = layer.image ? [rasterLayer(layer)] : layer.map_layers;
  const visibility = visible ? "visible" : "none";
  return made.map((drawn) => {
    const { "source-layer": part, ...rest } = /** @type {any} */ (drawn);
    // Only sources of tiles have parts.
    return { ...rest, ...(layer.holds || part === undefined ? {} : { "source-layer": part }), layout: { ...drawn.layout, visibility } };
  });
}

/**
 * The filter of a drawn layer that leaves one value of the layer's choice, beside what it is filtered by of its own.
 *
 * @param {LayerView} layer
 * @param {LayerSpecification} drawn as the server derived it
 * @param {string} value
 * @returns {import("maplibre-gl").FilterSpecification}
 */
export function only(layer, drawn, value) {
  const shown = /** @type {any} */ (["==", ["to-string", ["get", layer.style.one_of?.field ?? ""]], value]);
  const own = /** @type {any} */ (drawn).filter;
  return own?.[0] === "all" ? ["all", own[1], shown] : shown;
}

/**
 * Layers as they are drawn where another value, opacity or palette was chosen than they begin with.
 *
 * @param {LayerView} layer
 * @param {LayerSpecification[]} drawn
 * @param {{ value?: string, opacity?: number, safe: boolean }} chosen the value of the layer's choice, per cent, and
 *   whether in the colours for every kind of colour vision
 * @returns {LayerSpecification[]}
 */
export function chosenSo(layer, drawn, { value, opacity, safe }) {
  return drawn.map((each) => {
    const made = /** @type {any} */ ({ ...each });
    if (value !== undefined && layer.style.one_of) made.filter = only(layer, each, value);
    for (const property of opacity === undefined ? [] : (FOLLOWING[each.type] ?? [])) {
      made.paint = { ...made.paint, [property]: Number(opacity) / 100 };
    }
    if (safe) made.paint = { ...made.paint, ...layer.safe_paint?.[each.id] };
    return made;
  });
}

/**
 * The paint properties in which the two palettes of a layer differ, in one of them.
 *
 * @param {LayerView} layer
 * @param {boolean} safe
 * @returns {{ layer: string, property: any, value: any }[]}
 */
export function paletteOf(layer, safe) {
  return Object.entries(layer.safe_paint ?? {}).flatMap(([id, paint]) => {
    const official = /** @type {any} */ (layer.map_layers.find((drawn) => drawn.id === id)?.paint);
    return Object.entries(paint).map(([property, value]) => ({ layer: id, property, value: safe ? value : official[property] }));
  });
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
    minzoom: layer.style.min_zoom,
    paint: { "raster-opacity": layer.style.opacity, "raster-fade-duration": 0 },
  };
}

/**
 * MapLibre reads attributions as HTML.
 *
 * @param {string} text
 */
export function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
