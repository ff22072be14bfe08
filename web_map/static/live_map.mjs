/**
 * What holds now, on a map.
 */

import { atRevision, tileAddress } from "./tiles.mjs";

/** @typedef {import("./live_layers.mjs").LiveLayers} LiveLayers */
/** @typedef {import("./view.mjs").View} View */

/**
 * What holds now is drawn as it was read; of others the tiles are those of the state they are in.
 *
 * @param {import("maplibre-gl").Map} map
 * @param {View} view
 * @param {LiveLayers} live
 */
export function drawNow(map, view, live) {
  const draw = (/** @type {string} */ id) => {
    const features = live.known.get(id)?.features ?? null;
    const source = /** @type {import("maplibre-gl").GeoJSONSource | undefined} */ (map.getSource(id));
    if (source && features) source.setData(features);
  };
  for (const id of live.known.keys()) draw(id);
  /** @type {Map<string, unknown>} */
  const drawn = new Map();
  live.addEventListener("change", (event) => {
    const id = /** @type {CustomEvent} */ (event).detail;
    const features = live.known.get(id)?.features;
    if (features !== drawn.get(id)) draw(id);
    drawn.set(id, features);
  });
  live.addEventListener("moved", (event) => {
    const { id, revision } = /** @type {CustomEvent} */ (event).detail;
    const layer = view.layers.find((each) => each.id === id);
    const source = /** @type {import("maplibre-gl").VectorTileSource | undefined} */ (map.getSource(id));
    if (layer?.tiles && source) source.setTiles([tileAddress(atRevision(layer.tiles, revision))]);
  });
}
