/**
 * Tiles of heights, as shade and as ground in three dimensions.
 *
 * They are fetched as GSI encodes them (標高タイルの詳細仕様), which has a value for what is not known.  The shade leaves it
 * open.  MapLibre's own encodings have no such value: there the ground goes on as high as it is beside.
 */

export const SHADE_SCHEME = "ngis-shade";
export const RAISED_SCHEME = "ngis-heights";

const UNKNOWN = 2 ** 23;
const EQUATOR_M = 40_075_016.686;
const LIT = Math.SQRT1_2; // a flat place, with the sun 45 degrees above the horizon
const DARKEST = 0.45;
const STEEPER = 2; // a city's hills are seen from far above

/**
 * Register both schemes with MapLibre; call once.
 *
 * @param {typeof import("maplibre-gl")} maplibre
 */
export function registerHeights(maplibre) {
  const changes = /** @type {const} */ ([
    [SHADE_SCHEME, async () => shaded],
    [RAISED_SCHEME, async () => (await import("./raised.mjs")).recoded],
  ]);
  for (const [scheme, loaded] of changes) {
    maplibre.addProtocol(scheme, async (request, abort) => {
      const address = new URL(request.url.slice(`${scheme}://`.length), document.baseURI);
      const response = await fetch(address, { signal: abort.signal });
      if (response.status !== 200) throw new Error(`HTTP ${response.status} ${address.pathname}`);
      const bitmap = await createImageBitmap(await response.blob(), { colorSpaceConversion: "none" });
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      const context = canvas.getContext("2d", { willReadFrequently: true });
      if (!context) throw new Error("There is no canvas to read heights with.");
      context.drawImage(bitmap, 0, 0);
      const image = context.getImageData(0, 0, canvas.width, canvas.height);
      const change = await loaded();
      change(image.data, canvas.width, pixelSize(address.pathname, canvas.width));
      return { data: await createImageBitmap(image) };
    });
  }
}

/**
 * Metres of the ground to a pixel.
 *
 * @param {string} path of a tile, which ends with zoom, row and column
 * @param {number} width in pixels
 */
function pixelSize(path, width) {
  const [zoom = 0, row = 0] = (/(\d+)\/(\d+)\/\d+$/.exec(path) ?? []).slice(1).map(Number);
  return EQUATOR_M / Math.cosh(Math.PI * (1 - (2 * (row + 0.5)) / 2 ** zoom)) / 2 ** zoom / width;
}

/**
 * Light from the north-west, 45 degrees high (Horn: Hill shading and the reflectance map, 1981), as what is darker and
 * lighter than a flat place; what is not known shows nothing.
 *
 * @param {Uint8ClampedArray} pixels changed in place
 * @param {number} width
 * @param {number} size metres to a pixel
 */
export function shaded(pixels, width, size) {
  const heights = heightsOf(pixels);
  const rows = heights.length / width;
  for (let at = 0; at < heights.length; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const here = heights[at] ?? NaN;
    /** @param {number} less @param {number} more where there is no neighbour the place itself */
    const rise = (less, more) => {
      const [from = NaN, to = NaN] = [heights[less], heights[more]];
      const steps = Number(!Number.isNaN(from) && less !== at) + Number(!Number.isNaN(to) && more !== at);
      return steps === 0 ? 0 : ((Number.isNaN(to) ? here : to) - (Number.isNaN(from) ? here : from)) / (steps * size);
    };
    const east = STEEPER * rise(x > 0 ? at - 1 : at, x < width - 1 ? at + 1 : at);
    const south = STEEPER * rise(y > 0 ? at - width : at, y < rows - 1 ? at + width : at);
    const light = Math.max(0, (LIT + (east + south) / 2) / Math.hypot(1, east, south));
    const [grey, strength] = light < LIT ? [60, (LIT - light) / LIT] : [255, (light - LIT) / (1 - LIT)];
    pixels.set([grey, grey, grey, Number.isNaN(here) ? 0 : Math.round(255 * DARKEST * strength)], at * 4);
  }
}

/**
 * @param {Uint8ClampedArray} pixels
 * @returns {Float32Array} metres; NaN: not known
 */
export function heightsOf(pixels) {
  const heights = new Float32Array(pixels.length / 4);
  for (let at = 0; at < heights.length; at++) {
    const level = (pixels[at * 4] ?? 0) * 65_536 + (pixels[at * 4 + 1] ?? 0) * 256 + (pixels[at * 4 + 2] ?? 0);
    heights[at] = level === UNKNOWN ? NaN : (level < UNKNOWN ? level : level - 2 ** 24) * 0.01;
  }
  return heights;
}
