/**
 * What the map shows now, as a list: every feature that is drawn in the view, by layer, with how far it is from the
 * middle.  It follows the map, and says of every layer that is switched on why nothing of it may be listed.
 */

import { farFrom } from "./geodesy.mjs";
import { element, words } from "./view.mjs";

/** @typedef {import("./view.mjs").LayerView} LayerView */
/** @typedef {import("maplibre-gl").Map} MapLibreMap */
/** @typedef {{ id: string, title: string, kind: string, far: number }} Seen */

const MOST = 50;
const PAUSE_MS = 250;
const KIND_ENDS = [":outline", ":casing", ":label", ":pattern"];

/**
 * @param {Document} document
 * @param {MapLibreMap} map
 * @param {import("./view.mjs").View} view
 * @param {import("./layer_list.mjs").LayerList} list
 * @param {import("./tiles.mjs").TileWatch} watch
 */
export function offerSeen(document, map, view, list, watch) {
  const say = words(view);
  const open = element(document, "show-seen", HTMLButtonElement);
  const panel = element(document, "seen", HTMLElement);
  const said = element(document, "seen-said", HTMLElement);
  const box = element(document, "seen-list", HTMLElement);
  const byId = new Map(view.layers.map((layer) => [layer.id, layer]));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const write = () => {
    const chosen = list.chosen.flatMap((id) => byId.get(id) ?? []);
    const seen = seenOn(map, byId);
    let count = 0;
    const parts = chosen.map((layer) => {
      const found = [...(seen.get(layer.id)?.values() ?? [])].sort((a, b) => a.far - b.far);
      count += found.length;
      const heading = document.createElement("h3");
      heading.textContent = `${layer.title}${found.length > 0 ? ` (${found.length})` : ""}`;
      return [heading, ...told(document, layer, found, say, why(layer, map, watch, say))];
    });
    box.replaceChildren(...parts.flat());
    const text = say("seen_count", { count, layers: chosen.length });
    if (said.textContent !== text) said.textContent = text;
  };

  const later = () => {
    if (panel.hidden) return;
    clearTimeout(timer);
    timer = setTimeout(write, PAUSE_MS);
  };

  const show = (/** @type {boolean} */ shown) => {
    panel.hidden = !shown;
    open.setAttribute("aria-expanded", String(shown));
    if (shown) {
      write();
      element(document, "seen-heading", HTMLElement).focus();
    } else open.focus();
  };

  open.addEventListener("click", () => show(panel.hidden));
  element(document, "close-seen", HTMLButtonElement).addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false);
  });
  map.on("idle", later);
  show(true);
}

/**
 * @param {MapLibreMap} map
 * @param {ReadonlyMap<string, LayerView>} byId
 * @returns {Map<string, Map<string, Seen>>} by layer and feature
 */
function seenOn(map, byId) {
  const { lng, lat } = map.getCenter();
  /** @type {Map<string, Map<string, Seen>>} */
  const seen = new Map();
  for (const { source, properties, geometry, layer: drawn } of map.queryRenderedFeatures()) {
    const layer = byId.get(source);
    const id = properties["id"];
    if (!layer || id === undefined || KIND_ENDS.some((end) => drawn.id.endsWith(end))) continue;
    const found = seen.get(source) ?? new Map();
    seen.set(source, found);
    // A feature is in as many parts as there are tiles with it.
    const far = Math.min(farFrom([lng, lat], geometry), found.get(String(id))?.far ?? Infinity);
    found.set(String(id), { id: String(id), title: titleOf(layer, properties), kind: kindOf(layer, properties), far });
  }
  return seen;
}

/**
 * @param {Document} document
 * @param {LayerView} layer
 * @param {Seen[]} found the nearest first
 * @param {import("./view.mjs").Say} say
 * @param {string} reason why nothing, or not all, may be listed; empty: what is there is drawn
 * @returns {HTMLElement[]}
 */
function told(document, layer, found, say, reason) {
  const paragraph = (/** @type {string} */ text) => {
    const made = document.createElement("p");
    made.textContent = text;
    return made;
  };
  const notes = reason === "" ? [] : [paragraph(reason)];
  if (found.length === 0) return notes.length > 0 ? notes : [paragraph(say("seen_nothing"))];
  const items = document.createElement("ul");
  for (const { id, title, kind, far } of found.slice(0, MOST)) {
    const item = document.createElement("li");
    const name = document.createElement(layer.items ? "a" : "span");
    name.textContent = title === "" ? layer.title : title;
    if (name instanceof HTMLAnchorElement) name.href = `${layer.items}/${encodeURIComponent(id)}`;
    const place = document.createElement("span");
    place.className = "far";
    place.textContent = say(far < 1 ? "seen_here" : far < 1000 ? "seen_metres" : "seen_kilometres", {
      metres: Math.round(far),
      kilometres: (far / 1000).toFixed(1),
    });
    item.append(name, " ", ...(kind === "" ? [] : [kind, " "]), place);
    items.append(item);
  }
  const more = found.length > MOST ? [paragraph(say("seen_more", { count: found.length - MOST }))] : [];
  return [...notes, items, ...more];
}

/**
 * @param {LayerView} layer
 * @param {MapLibreMap} map
 * @param {import("./tiles.mjs").TileWatch} watch
 * @param {import("./view.mjs").Say} say
 */
function why(layer, map, watch, say) {
  if (!layer.available && layer.holds === null) return say("no_data");
  if (watch.failed.has(layer.id)) return say("layer_failed");
  if (map.getZoom() < layer.style.min_zoom) return say("zoom_in");
  if (!map.loaded()) return say("loading"); // that there is nothing is known once it is drawn
  return layer.image ? say("seen_picture") : "";
}

/**
 * @param {LayerView} layer
 * @param {Record<string, unknown>} properties
 */
function titleOf(layer, properties) {
  const title = layer.title_field === null ? undefined : properties[layer.title_field];
  const codes = layer.fields.find(({ name }) => name === layer.title_field)?.codes;
  return title === undefined || title === null ? "" : (codes?.[String(title)] ?? String(title));
}

/**
 * @param {LayerView} layer
 * @param {Record<string, unknown>} properties
 */
function kindOf(layer, properties) {
  const value = layer.style.by === null ? undefined : properties[layer.style.by];
  return layer.style.classes.find((entry) => String(entry.value) === String(value))?.title ?? "";
}
