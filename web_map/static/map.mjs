/**
 * The map itself: MapLibre with the city's own tiles, bound to the list, the panel and the address.
 */

import { readAddress, writeAddress } from "./address.mjs";
import { chosenSo, drawnLayers, only, opacityTargets, paletteOf, sourceOf, stacked } from "./layer_style.mjs";
import { Ground, isOfGround } from "./ground.mjs";
import { registerHeights } from "./heights.mjs";
import { loadLibrary, makeMap } from "./library.mjs";
import { drawNow } from "./live_map.mjs";
import { drawPatterns } from "./patterns.mjs";
import { TileWatch } from "./tiles.mjs";
import { element, words } from "./view.mjs";

/** @typedef {import("./view.mjs").View} View */
/** @typedef {import("./view.mjs").LayerView} LayerView */
/** @typedef {import("./layer_list.mjs").LayerList} LayerList */
/** @typedef {import("./live_layers.mjs").LiveLayers} LiveLayers */
/** @typedef {import("maplibre-gl").Map} MapLibreMap */

export const SELECTION = "selection";
const AROUND_DEGREES = 0.35;
const GROUND = "#eceae4";
const HIGHLIGHT = "#0b57d0";

/**
 * @param {Document} document
 * @param {View} view
 * @param {LayerList} list
 * @param {LiveLayers} live
 * @param {HTMLElement} status
 * @param {((hash: string) => void) | null} [tell] of a map in a frame: it has no panel and leaves its own address as it
 *   is, so that this is told of the state of the map
 */
export async function startMap(document, view, list, live, status, tell = null) {
  const say = words(view);
  const maplibre = await loadLibrary(document, view);
  registerHeights(maplibre);
  const ground = new Ground(document, view, readAddress(tell ? location.search : location.hash));

  const map = makeMap(maplibre, view, say("map_title"), {
    container: "map",
    style: styleOf(view, list, ground),
    ...startingPlace(view, document, tell ? location.search : location.hash),
    maxBounds: around(view.city.bbox),
  });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-right");

  const watch = new TileWatch(map, (failed) => {
    list.tell(map.getZoom(), failed);
    tellMissing(failed.size === 0 ? say("tiles_recovered") : "");
  });
  // Of a map in a frame the server has said it.
  const absent = tell ? [] : askedInVain(view, readAddress(location.hash).layers);
  const tellMissing = (/** @type {string} */ otherwise) => {
    const chosen = new Set(list.chosen);
    const missing = view.layers.filter(({ id }) => chosen.has(id) && watch.failed.has(id)).map(({ title }) => title);
    const said = [["tiles_failed", missing], ["not_shown", absent]].flatMap(([key, layers]) =>
      layers?.length ? say(String(key), { layers: [...layers].join(say("list_separator")) }) : [],
    );
    status.classList.toggle("failed", said.length > 0);
    status.textContent = said.join(" ") || otherwise;
  };
  list.onToggle(() => {
    if (watch.failed.size > 0) tellMissing("");
  });
  for (const [id, { fresh, pending }] of live.known) watch.note(id, fresh || pending);
  live.addEventListener("change", (event) => {
    const id = /** @type {CustomEvent} */ (event).detail;
    watch.note(id, live.known.get(id)?.fresh ?? false);
  });
  map.on("error", (event) => {
    const { sourceId: source, tile } =
      /** @type {{sourceId?: string, tile?: {tileID: {canonical: import("./tiles.mjs").TileId}}}} */ (event);
    if (source && isOfGround(source)) return; // without its shade the ground is flat, and nothing on it is missing
    if (source && source !== SELECTION) watch.report(source, tile?.tileID.canonical ?? null);
    else {
      status.classList.add("failed");
      status.textContent = say("map_failed", { reason: event.error.message });
    }
  });

  bindList(map, view, list, watch);
  ground.attach(map);
  if (tell) {
    map.on("moveend", () => tell(stateOf(map, list, ground)));
  } else {
    bindAddress(map, list, ground);
    const measuring = { active: false };
    const fail = (/** @type {unknown} */ error) => {
      status.classList.add("failed");
      status.textContent = say("map_failed", { reason: error instanceof Error ? error.message : String(error) });
    };
    bindQuestions(document, map, view, list, watch, measuring, fail);
    const measure = async () => (await import("./measuring.mjs")).offerMeasuring(document, map, view, measuring);
    const seen = async () => (await import("./seen.mjs")).offerSeen(document, map, view, list, watch);
    onDemand(element(document, "measure", HTMLButtonElement), map, measure, fail);
    onDemand(element(document, "show-seen", HTMLButtonElement), map, seen, fail);
  }
  map.once("load", () => {
    tellMissing("");
    list.tell(map.getZoom(), watch.failed);
    document.body.classList.add("with-map");
    drawNow(map, view, live);
  });
}

/**
 * What an address asks for and nothing is known of: by title, or by the id that no layer has.
 *
 * @param {View} view
 * @param {Set<string> | null} ids
 */
function askedInVain(view, ids) {
  const known = new Map(view.layers.map((layer) => [layer.id, layer]));
  return [...(ids ?? [])].flatMap((id) => (known.get(id)?.available ? [] : (known.get(id)?.title ?? id.slice(0, 63)))).slice(0, 9);
}

/**
 * @param {View} view
 * @param {LayerList} list
 * @param {Ground} ground
 * @returns {import("maplibre-gl").StyleSpecification}
 */
function styleOf(view, list, ground) {
  const chosen = new Set(list.chosen);
  const { only: values, opacity, safe } = list.changed;
  /** @type {Record<string, import("maplibre-gl").SourceSpecification>} */
  const sources = { [SELECTION]: { type: "geojson", data: { type: "FeatureCollection", features: [] } }, ...ground.sources };
  for (const layer of view.layers) {
    const source = layer.available || layer.holds ? sourceOf(layer) : null;
    if (source) sources[layer.id] = source;
  }
  const drawn = view.layers.map((layer) => {
    const usual = layer.id in sources ? drawnLayers(layer, chosen.has(layer.id)) : [];
    return chosenSo(layer, usual, { value: values.get(layer.id), opacity: opacity.get(layer.id), safe });
  });
  return {
    version: 8,
    sources,
    layers: [
      { id: "ground", type: "background", paint: { "background-color": GROUND } },
      ...ground.layers,
      ...stacked(drawn),
      {
        id: `${SELECTION}:line`,
        type: "line",
        source: SELECTION,
        filter: ["!=", ["geometry-type"], "Point"],
        paint: { "line-color": HIGHLIGHT, "line-width": 3, "line-dasharray": [2, 1] },
      },
      {
        id: `${SELECTION}:point`,
        type: "circle",
        source: SELECTION,
        filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-radius": 12,
          "circle-opacity": 0,
          "circle-stroke-color": HIGHLIGHT,
          "circle-stroke-width": 3,
        },
      },
    ],
  };
}

/**
 * @param {MapLibreMap} map
 * @param {View} view
 * @param {LayerList} list
 * @param {TileWatch} watch
 */
function bindList(map, view, list, watch) {
  const isThere = (/** @type {LayerView} */ layer) => (layer.available || layer.holds !== null) && layer.drawn;
  const known = new Set(view.layers.filter(isThere).map((layer) => layer.id));
  list.onToggle((layer, shown) => {
    if (known.has(layer.id)) {
      for (const drawn of drawnLayers(layer, shown)) {
        map.setLayoutProperty(drawn.id, "visibility", shown ? "visible" : "none");
      }
    }
    list.tell(map.getZoom(), watch.failed);
  });
  list.onOpacity((layer, opacity) => {
    if (!known.has(layer.id)) return;
    for (const { layer: drawn, property } of opacityTargets(layer)) {
      map.setPaintProperty(drawn, property, opacity);
    }
  });
  list.onChoice((layer, value) => {
    if (!known.has(layer.id)) return;
    for (const drawn of drawnLayers(layer, true)) map.setFilter(drawn.id, only(layer, drawn, value));
  });
  drawPatterns(map, view.patterns, list.changed.safe);
  list.onPalette((safe) => {
    drawPatterns(map, view.patterns, safe);
    for (const layer of view.layers.filter(({ id }) => known.has(id))) {
      for (const { layer: drawn, property, value } of paletteOf(layer, safe)) map.setPaintProperty(drawn, property, value);
    }
  });
  map.on("zoomend", () => list.tell(map.getZoom(), watch.failed));
}

/**
 * @param {MapLibreMap} map
 * @param {LayerList} list
 * @param {Ground} ground
 * @returns {string} the state as it stands in an address
 */
function stateOf(map, list, ground) {
  const { lng, lat } = map.getCenter();
  return writeAddress({ lon: lng, lat, zoom: map.getZoom() }, { layers: list.chosen, ...list.changed, ...ground.state });
}

/**
 * @param {MapLibreMap} map
 * @param {LayerList} list
 * @param {Ground} ground
 */
function bindAddress(map, list, ground) {
  const write = () => {
    history.replaceState(history.state, "", stateOf(map, list, ground));
    dispatchEvent(new Event("statechange"));
  };
  map.on("moveend", write);
  list.onToggle(write);
  list.onChoice(write);
  list.onOpacity(write);
  list.onPalette(write);
  ground.addEventListener("change", write);
  // An address typed or followed while the page is open.
  addEventListener("hashchange", () => {
    const { place } = readAddress(location.hash);
    if (place) map.jumpTo({ center: [place.lon, place.lat], zoom: place.zoom });
  });
}

/**
 * A press on the map, Enter on the focused map, or the button: what is here?  What answers is loaded when first asked.
 *
 * @param {Document} document
 * @param {MapLibreMap} map
 * @param {View} view
 * @param {LayerList} list
 * @param {TileWatch} watch
 * @param {{ active: boolean }} measuring while it is, a press on the map is no question
 * @param {(error: unknown) => void} fail
 */
function bindQuestions(document, map, view, list, watch, measuring, fail) {
  /** @type {Promise<import("./questions.mjs").Ask> | null} */
  let ready = null;
  const ask = (/** @type {{x: number, y: number}} */ point, /** @type {HTMLElement} */ opener) => {
    ready ??= import("./questions.mjs").then((module) => module.questions(document, map, view, list, watch));
    ready.then((answer) => answer(point, opener), (error) => {
      ready = null;
      fail(error);
    });
  };
  const canvas = map.getCanvas();
  const middle = () => map.project(map.getCenter());
  const button = element(document, "ask-centre", HTMLButtonElement);
  button.disabled = false;
  button.addEventListener("click", () => ask(middle(), button));
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !measuring.active) ask(middle(), canvas);
  });
  map.on("click", (event) => {
    if (!measuring.active) ask(event.point, canvas);
  });
}

/**
 * A tool whose module is loaded, and begins, when its button is first pressed.
 *
 * @param {HTMLButtonElement} button
 * @param {MapLibreMap} map
 * @param {() => Promise<unknown>} begin
 * @param {(error: unknown) => void} fail
 */
function onDemand(button, map, begin, fail) {
  map.once("style.load", () => {
    button.disabled = false;
  });
  const first = () => {
    button.removeEventListener("click", first);
    begin().catch((error) => {
      button.addEventListener("click", first);
      fail(error);
    });
  };
  button.addEventListener("click", first);
}

/**
 * @param {View} view
 * @param {Document} document
 * @param {string} state
 * @returns {Partial<import("maplibre-gl").MapOptions>}
 */
function startingPlace(view, document, state) {
  const { place } = readAddress(state);
  if (place) return { center: [place.lon, place.lat], zoom: place.zoom };
  const margin = Math.min(document.body.clientWidth, document.body.clientHeight) * 0.04;
  return { bounds: view.city.bbox, fitBoundsOptions: { padding: margin } };
}

/**
 * @param {[number, number, number, number]} bbox
 * @returns {[number, number, number, number]}
 */
function around([west, south, east, north]) {
  return [west - AROUND_DEGREES, south - AROUND_DEGREES, east + AROUND_DEGREES, north + AROUND_DEGREES];
}
