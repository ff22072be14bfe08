/**
 * What lies under the layers: the shade of the relief from the city's own heights, the ground in three dimensions, or
 * maps of GSI where the city offers them.
 */

/** @typedef {import("./view.mjs").View} View */

const SCHEME = "ngis-heights";
const SUFFIX = ":heights";
const SHADE = "ground:shade";
const RAISED = 1.5;
const PITCH = 55;
const FIRST_ZOOM = 5;
const DEEPEST_ZOOM = 14;
const GSI = /** @type {const} */ ({
  "gsi-std": { id: "ground:gsi-std", name: "std" },
  "gsi-pale": { id: "ground:gsi-pale", name: "pale" },
});
const GSI_ATTRIBUTION =
  '<a href="https://maps.gsi.go.jp/development/ichiran.html" target="_blank" rel="noopener">地理院タイル</a>';

/** @param {string} source whether this source is of the ground, not of a layer */
export function isOfGround(source) {
  return source.endsWith(SUFFIX) || source.startsWith("ground:");
}

/** Tells `change` when another ground was chosen. */
export class Ground extends EventTarget {
  /** @type {import("maplibre-gl").Map | null} */
  #map = null;
  #select;
  #box;

  /**
   * @param {Document} document
   * @param {View} view
   * @param {{ ground: string, raised: boolean }} state as it is in the address
   */
  constructor(document, view, { ground, raised }) {
    super();
    const layer = view.layers.find((each) => each.heights !== null && each.available);
    this.heights = layer?.heights ? { id: `${layer.id}${SUFFIX}`, template: layer.heights } : null;
    const known = ["", "plain", ...(view.gsi_tiles ? Object.keys(GSI) : [])];
    this.ground = known.includes(ground) ? ground : "";
    this.gsi = view.gsi_tiles;
    // What moves by itself is not for everybody.
    this.mayRise = this.heights !== null && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.raised = raised && this.mayRise;
    this.#select = /** @type {HTMLSelectElement | null} */ (document.querySelector("select#ground"));
    this.#box = /** @type {HTMLInputElement | null} */ (document.querySelector("input#raised"));
    if (this.#select) this.#select.value = this.ground;
    if (this.#box) {
      this.#box.checked = this.raised;
      this.#box.disabled = !this.mayRise;
    }
  }

  get state() {
    return { ground: this.ground, raised: this.raised };
  }

  /** @returns {Record<string, import("maplibre-gl").SourceSpecification>} */
  get sources() {
    /** @type {Record<string, import("maplibre-gl").SourceSpecification>} */
    const sources = {};
    if (this.heights) {
      sources[this.heights.id] = {
        type: "raster-dem",
        tiles: [`${SCHEME}://${this.heights.template}`],
        encoding: "mapbox",
        tileSize: 256,
        minzoom: FIRST_ZOOM,
        maxzoom: DEEPEST_ZOOM,
      };
    }
    for (const { id, name } of this.gsi ? Object.values(GSI) : []) {
      const tiles = [`https://cyberjapandata.gsi.go.jp/xyz/${name}/{z}/{x}/{y}.png`];
      sources[id] = { type: "raster", tiles, tileSize: 256, minzoom: 5, maxzoom: 18, attribution: GSI_ATTRIBUTION };
    }
    return sources;
  }

  /** @returns {import("maplibre-gl").LayerSpecification[]} */
  get layers() {
    /** @type {import("maplibre-gl").LayerSpecification[]} */
    const layers = (this.gsi ? Object.values(GSI) : []).map(({ id }) => ({
      id,
      type: "raster",
      source: id,
      layout: { visibility: this.#visibility(id) },
    }));
    if (this.heights) {
      layers.push({
        id: SHADE,
        type: "hillshade",
        source: this.heights.id,
        layout: { visibility: this.#visibility(SHADE) },
        paint: {
          "hillshade-exaggeration": 0.35,
          "hillshade-shadow-color": "#5b5a4c",
          "hillshade-accent-color": "#8d8b78",
        },
      });
    }
    return layers;
  }

  /** @param {import("maplibre-gl").Map} map */
  attach(map) {
    this.#map = map;
    if (this.raised) map.once("style.load", () => this.#raise());
    this.#select?.addEventListener("change", () => {
      this.ground = this.#select?.value ?? "";
      for (const { id } of this.layers) map.setLayoutProperty(id, "visibility", this.#visibility(id));
      this.dispatchEvent(new Event("change"));
    });
    this.#box?.addEventListener("change", () => {
      this.raised = (this.#box?.checked ?? false) && this.mayRise;
      this.#raise();
      this.dispatchEvent(new Event("change"));
    });
  }

  #raise() {
    if (!this.heights) return;
    this.#map?.setTerrain(this.raised ? { source: this.heights.id, exaggeration: RAISED } : null);
    this.#map?.jumpTo({ pitch: this.raised ? PITCH : 0 });
  }

  /** @param {string} id */
  #visibility(id) {
    const shown = id === SHADE ? this.ground === "" : GSI[/** @type {keyof typeof GSI} */ (this.ground)]?.id === id;
    return shown ? "visible" : "none";
  }
}

/**
 * Heights are fetched as GSI encodes them, which has a value for what is not known, and handed on as MapLibre reads
 * them, which has none: there the ground goes on as high as it is beside, so that no cliff is drawn.
 *
 * @param {typeof import("maplibre-gl")} maplibre
 */
export function registerHeights(maplibre) {
  maplibre.addProtocol(SCHEME, async (request, abort) => {
    const address = new URL(request.url.slice(`${SCHEME}://`.length), document.baseURI);
    const response = await fetch(address, { signal: abort.signal });
    if (response.status !== 200) throw new Error(`HTTP ${response.status} ${address.pathname}`);
    const bitmap = await createImageBitmap(await response.blob(), { colorSpaceConversion: "none" });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("There is no canvas to read heights with.");
    context.drawImage(bitmap, 0, 0);
    const image = context.getImageData(0, 0, canvas.width, canvas.height);
    recoded(image.data, canvas.width);
    return { data: await createImageBitmap(image) };
  });
}

const UNKNOWN = 2 ** 23;

/**
 * 標高タイルの詳細仕様 (GSI) to Mapbox Terrain-RGB, in place.
 *
 * @param {Uint8ClampedArray} pixels red, green, blue, alpha
 * @param {number} width
 */
export function recoded(pixels, width) {
  const heights = new Float32Array(pixels.length / 4);
  for (let at = 0; at < heights.length; at++) {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(at * 4, at * 4 + 3);
    const level = red * 65_536 + green * 256 + blue;
    heights[at] = level === UNKNOWN ? NaN : (level < UNKNOWN ? level : level - 2 ** 24) * 0.01;
  }
  continued(heights, width);
  for (let at = 0; at < heights.length; at++) {
    const level = Math.round(((heights[at] ?? 0) + 10_000) * 10);
    pixels.set([level >> 16, (level >> 8) & 255, level & 255, 255], at * 4);
  }
}

/**
 * What is not known as high as the nearest of its row, else as the row before or after; a tile of which nothing is
 * known is flat.
 *
 * @param {Float32Array} heights NaN: not known
 * @param {number} width
 */
function continued(heights, width) {
  const rows = Array.from({ length: heights.length / width }, (_, row) => heights.subarray(row * width, (row + 1) * width));
  for (const row of rows) spread(row);
  const known = rows.map((row) => !Number.isNaN(row[0]));
  if (!known.includes(true)) {
    heights.fill(0);
    return;
  }
  for (const [place, row] of rows.entries()) {
    if (known[place]) continue;
    for (let far = 1; far < rows.length; far++) {
      const other = [place - far, place + far].find((each) => known[each]);
      if (other === undefined) continue;
      row.set(/** @type {Float32Array} */ (rows[other]));
      break;
    }
  }
}

/** @param {Float32Array} row */
function spread(row) {
  /** @type {number | null} */
  let last = null;
  for (let at = 0; at < row.length; at++) {
    if (Number.isNaN(row[at])) continue;
    const from = last === null ? 0 : Math.ceil((last + at) / 2);
    if (last !== null) row.fill(row[last] ?? 0, last + 1, from);
    row.fill(row[at] ?? 0, from, at);
    last = at;
  }
  if (last !== null) row.fill(row[last] ?? 0, last + 1);
}
