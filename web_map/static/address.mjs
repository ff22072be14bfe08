/**
 * The state of the map in the address, after the `#`: what is seen can be shared, and is not sent to the server.
 *
 * `#lon=135.34162&lat=34.73788&zoom=13.50&layers=shelters,hazard-flood`
 */

/**
 * @typedef {object} Place
 * @property {number} lon degrees
 * @property {number} lat degrees
 * @property {number} zoom Web Mercator zoom
 */

/**
 * @typedef {object} MapState
 * @property {Place | null} place null where the address names none, or a wrong one
 * @property {Set<string> | null} layers ids; null where the address says nothing of layers
 */

/**
 * @param {string} hash with or without its `#`
 * @returns {MapState}
 */
export function readAddress(hash) {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const listed = parameters.get("layers");
  return {
    place: readPlace(parameters),
    layers: listed === null ? null : new Set(listed.split(",").filter((id) => id !== "")),
  };
}

/**
 * @param {Place} place
 * @param {Iterable<string>} layers
 * @returns {string} with its `#`
 */
export function writeAddress(place, layers) {
  // Five decimals are one metre.  Ids are kebab-case: commas need no escape, so the address stays readable.
  const where = `lon=${place.lon.toFixed(5)}&lat=${place.lat.toFixed(5)}&zoom=${place.zoom.toFixed(2)}`;
  return `#${where}&layers=${[...layers].map(encodeURIComponent).join(",")}`;
}

/**
 * @param {URLSearchParams} parameters
 * @returns {Place | null}
 */
function readPlace(parameters) {
  const [lon, lat, zoom] = ["lon", "lat", "zoom"].map((name) => {
    const text = parameters.get(name);
    return text === null || text.trim() === "" ? NaN : Number(text);
  });
  if (lon === undefined || lat === undefined || zoom === undefined) return null;
  const sound = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 24;
  return sound ? { lon, lat, zoom } : null;
}
