/**
 * What is at a place of the map: the features that are drawn there, in the panel, and what is unknown there.
 */

import { Details } from "./details.mjs";
import { SELECTION } from "./map.mjs";

/** @typedef {import("./view.mjs").View} View */
/** @typedef {import("./view.mjs").LayerView} LayerView */
/** @typedef {import("./layer_list.mjs").LayerList} LayerList */
/** @typedef {import("./tiles.mjs").TileWatch} TileWatch */
/** @typedef {import("maplibre-gl").Map} MapLibreMap */
/** @typedef {(point: {x: number, y: number}, opener: HTMLElement) => void} Ask at a point of the canvas */

const POINTER_PX = 5;
const MARGIN_PX = 40;
const PATIENCE_MS = 3_000;

/**
 * @param {Document} document
 * @param {MapLibreMap} map
 * @param {View} view
 * @param {LayerList} list
 * @param {TileWatch} watch
 * @returns {Ask}
 */
export function questions(document, map, view, list, watch) {
  const byId = new Map(view.layers.map((layer) => [layer.id, layer]));
  const details = new Details(document, view, (items) => {
    const source = /** @type {import("maplibre-gl").GeoJSONSource} */ (map.getSource(SELECTION));
    const features = items.filter((item) => item.geometry !== null);
    source.setData({ type: "FeatureCollection", features: /** @type {import("geojson").Feature[]} */ (features) });
  });

  /**
   * @param {{x: number, y: number}} point
   * @param {HTMLElement} opener
   */
  const ask = async (point, opener) => {
    const { lng, lat } = map.unproject([point.x, point.y]);
    const isDrawn = (await drawn(map)) && map.getBounds().contains([lng, lat]);
    const there = map.project([lng, lat]); // the map may have been moved meanwhile
    const chosen = list.chosen.flatMap((id) => byId.get(id) ?? []);
    const hits = featuresAt(map, there, byId);
    const hit = new Set(hits.map(({ layer }) => layer.id));
    const unsure = (/** @type {LayerView} */ layer) =>
      !isDrawn || !layer.available || watch.failed.has(layer.id) || map.getZoom() < layer.style.min_zoom;
    const hazards = chosen.filter((layer) => layer.theme === "hazard" && !hit.has(layer.id));
    void details.show(
      {
        place: { lon: lng, lat },
        hits,
        withoutColour: hazards.filter((layer) => !unsure(layer)),
        unknown: chosen.filter((layer) => watch.failed.has(layer.id) || (hazards.includes(layer) && unsure(layer))),
      },
      opener,
    );
    uncover(map, there, details.panel);
  };
  return ask;
}

/**
 * Waits for what is still on its way to the map, though not for ever: a tile that has not come shows nothing, and where
 * nothing is shown it would be said that there is no colour.
 *
 * @param {MapLibreMap} map
 * @returns {Promise<boolean>} whether all is drawn
 */
function drawn(map) {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), PATIENCE_MS);
    map.once("idle", () => {
      clearTimeout(late);
      resolve(true);
    });
    map.triggerRepaint(); // an idle map would not say so again
  });
}

/**
 * Move the map so that the panel does not hide the place it speaks of.
 *
 * @param {MapLibreMap} map
 * @param {{x: number, y: number}} point on the map's canvas
 * @param {HTMLElement} panel
 */
function uncover(map, point, panel) {
  const stage = map.getCanvas().getBoundingClientRect();
  const cover = panel.getBoundingClientRect();
  const [x, y] = [stage.left + point.x, stage.top + point.y];
  if (x < cover.left - MARGIN_PX || x > cover.right || y < cover.top - MARGIN_PX || y > cover.bottom) return;
  const besides = cover.left - stage.left;
  // Beside the panel where there is room, as on a desk; above it otherwise, as on a phone.
  const target = besides > 3 * MARGIN_PX ? { x: besides / 2, y: point.y } : { x: point.x, y: (cover.top - stage.top) / 2 };
  map.panBy([point.x - target.x, point.y - target.y]);
}

/**
 * @param {MapLibreMap} map
 * @param {{x: number, y: number}} point
 * @param {ReadonlyMap<string, LayerView>} byId
 * @returns {import("./details.mjs").Hit[]} each feature once, topmost first
 */
function featuresAt(map, point, byId) {
  /** @type {[[number, number], [number, number]]} */
  const box = [
    [point.x - POINTER_PX, point.y - POINTER_PX],
    [point.x + POINTER_PX, point.y + POINTER_PX],
  ];
  // Points and lines are hard to meet exactly; an area has to be met.
  const near = map.queryRenderedFeatures(box).filter((found) => found.layer.type !== "fill");
  const exact = map.queryRenderedFeatures([point.x, point.y]).filter((found) => found.layer.type === "fill");
  /** @type {Map<string, import("./details.mjs").Hit>} */
  const hits = new Map();
  for (const found of [...near, ...exact]) {
    const layer = byId.get(found.source);
    const id = found.properties["id"];
    const edge = found.layer.id.endsWith(":outline") || found.layer.id.endsWith(":label");
    if (layer && id !== undefined && !edge) hits.set(`${layer.id}/${id}`, { layer, id: String(id) });
  }
  return [...hits.values()];
}
