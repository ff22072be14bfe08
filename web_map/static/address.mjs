/**
 * The state of the map in the address, after the `#`: what is seen can be shared, and is not sent to the server.
 *
 * `#lon=135.34162&lat=34.73788&zoom=13.50&layers=shelters,hazard-flood&only=hazard-flood:planned&opacity=hazard-flood:40&palette=safe`
 * and `&ground=plain`, `&terrain=3d`, as the switches of the ground have them
 *
 * A map in a frame has the same state after the `?`: the server names the sources of what it shows.
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
 * @property {Map<string, string>} only by layer the value of which alone is shown, where it is not the first
 * @property {Map<string, number>} opacity by layer in per cent, where it is not the usual
 * @property {string} ground what lies under the layers; empty: the usual
 * @property {boolean} raised whether the ground is drawn in three dimensions
 * @property {boolean} safe whether hazards are in the colours for every kind of colour vision
 */

/**
 * @param {string} hash with or without its `#` or `?`
 * @returns {MapState}
 */
export function readAddress(hash) {
  const parameters = new URLSearchParams(hash.replace(/^[#?]/, ""));
  const listed = parameters.get("layers");
  const opacity = [...pairs(parameters.get("opacity"))].map(([id, text]) => /** @type {const} */ ([id, Number(text)]));
  return {
    place: readPlace(parameters),
    layers: listed === null ? null : new Set(listed.split(",").filter((id) => id !== "")),
    only: pairs(parameters.get("only")),
    opacity: new Map(opacity.filter(([, value]) => value >= 0 && value <= 100)),
    safe: parameters.get("palette") === "safe",
    ground: /^[a-z-]{1,20}$/.exec(parameters.get("ground") ?? "")?.[0] ?? "",
    raised: parameters.get("terrain") === "3d",
  };
}

/**
 * @param {Place} place
 * @param {{ layers: Iterable<string>, only: Map<string, string>, opacity: Map<string, number>, safe: boolean, ground: string, raised: boolean }} shown
 * @returns {string} with its `#`
 */
export function writeAddress(place, { layers, only, opacity, safe, ground, raised }) {
  // Five decimals are one metre.  Ids are kebab-case: commas need no escape, so the address stays readable.
  const where = `lon=${place.lon.toFixed(5)}&lat=${place.lat.toFixed(5)}&zoom=${place.zoom.toFixed(2)}`;
  const listed = `#${where}&layers=${[...layers].map(encodeURIComponent).join(",")}`;
  const rest = `${safe ? "&palette=safe" : ""}${ground ? `&ground=${ground}` : ""}${raised ? "&terrain=3d" : ""}`;
  return `${listed}${written("only", only)}${written("opacity", opacity)}${rest}`;
}

/**
 * @param {string} name
 * @param {Map<string, string | number>} values by layer
 */
function written(name, values) {
  const each = [...values].map(([id, value]) => `${encodeURIComponent(id)}:${encodeURIComponent(value)}`);
  return each.length > 0 ? `&${name}=${each.join(",")}` : "";
}

/**
 * @param {string | null} text `layer:value`, with commas between several
 * @returns {Map<string, string>}
 */
function pairs(text) {
  const each = (text ?? "").split(",").map((pair) => pair.split(":"));
  return new Map(each.flatMap(([id, value]) => (id && value ? [/** @type {const} */ ([id, value])] : [])));
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
