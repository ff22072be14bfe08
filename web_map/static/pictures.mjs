/**
 * Where no map can be drawn (WebGL is missing): pictures of the surroundings that the server draws, one of each hazard
 * that is chosen.
 */

import { readAddress } from "./address.mjs";
import { element } from "./view.mjs";

/** @typedef {import("./view.mjs").View} View */
/** @typedef {import("./layer_list.mjs").LayerList} LayerList */

const SHARE = 0.5;

/**
 * @param {Document} document
 * @param {View} view
 * @param {LayerList} list
 * @param {string} state
 */
export function showPictures(document, view, list, state) {
  const box = element(document, "pictures", HTMLElement);
  const draw = () => {
    const chosen = new Set(list.chosen);
    const hazards = view.layers.filter((layer) => layer.theme === "hazard" && chosen.has(layer.id));
    box.replaceChildren(...hazards.map((layer) => pictureOf(document, view, layer, state)));
    box.hidden = hazards.length === 0;
  };
  draw();
  list.onToggle(draw);
}

/**
 * @param {Document} document
 * @param {View} view
 * @param {import("./view.mjs").LayerView} layer
 * @param {string} state
 */
function pictureOf(document, view, layer, state) {
  const [west, south, east, north] = view.city.bbox;
  const { place } = readAddress(state);
  const { lon, lat } = place ?? { lon: west + (east - west) * SHARE, lat: south + (north - south) * SHARE };
  const query = new URLSearchParams({ lon: lon.toFixed(5), lat: lat.toFixed(5), show: layer.id, lang: view.language });
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  const picture = document.createElement("img");
  caption.textContent = layer.title;
  picture.alt = layer.title;
  picture.src = `/picture?${query}`;
  picture.addEventListener("error", () => {
    picture.remove();
    caption.textContent = `${layer.title}: ${view.texts["client.layer_failed"]}`;
  });
  figure.append(caption, picture);
  return figure;
}
