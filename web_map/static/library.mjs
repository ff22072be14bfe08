/**
 * The map library, and maps made with it: alike on every page, so that none of them misleads or misses a failure.
 */

import { registerTiles } from "./tiles.mjs";

/**
 * @param {Document} document
 * @param {{ urls: { static: string } }} view
 * @returns {Promise<typeof import("maplibre-gl")>} the library, which fetches our tiles by {@link registerTiles}
 */
export async function loadLibrary(document, view) {
  const folder = `${view.urls.static}/vendor/maplibre-gl`;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = `${view.urls.static}/maplibre.css`;
  // Before our own sheet, so that ours has the last word.
  document.querySelector("link[rel=stylesheet]")?.before(sheet);
  const maplibre = /** @type {typeof import("maplibre-gl")} */ (
    await import(new URL(`${folder}/maplibre-gl.mjs`, document.baseURI).href)
  );
  const worker = new URL(`${folder}/maplibre-gl-worker.mjs`, document.baseURI);
  worker.searchParams.set("v", maplibre.getVersion());
  maplibre.setWorkerUrl(worker.href);
  registerTiles(maplibre);
  return maplibre;
}

/**
 * @param {typeof import("maplibre-gl")} maplibre
 * @param {{ texts: Record<string, string> }} view
 * @param {string} title what the map is called
 * @param {Partial<import("maplibre-gl").MapOptions> & { container: string | HTMLElement }} options
 * @returns {import("maplibre-gl").Map}
 */
export function makeMap(maplibre, view, title, options) {
  const map = new maplibre.Map({
    minZoom: 8,
    maxZoom: 19,
    // North stays up: a map that turned by accident misleads in a hurry.
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: { compact: true },
    fadeDuration: 0,
    refreshExpiredTiles: false,
    ...options,
    locale: { ...libraryTexts(view), "Map.Title": title, ...options.locale },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  return map;
}

/** @param {{ texts: Record<string, string> }} view */
function libraryTexts({ texts }) {
  const prefix = "client.maplibre.";
  const own = Object.entries(texts).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, text]) => [key.slice(prefix.length), text]));
}
