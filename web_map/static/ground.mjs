/**
 * What lies under the layers: the shade of the relief from the city's own heights, the ground in three dimensions, or
 * maps of GSI where the city offers them.
 */

import { RAISED_SCHEME, SHADE_SCHEME } from "./heights.mjs";
import { escaped } from "./layer_style.mjs";

/** @typedef {import("./view.mjs").View} View */

const SHADE = "ground:shade";
const HEIGHTS = "ground:heights";
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
  return source.startsWith("ground:");
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
    /** The template of the city's heights; null where it has none. */
    this.heights = layer?.heights ?? null;
    this.attribution = escaped(layer?.attributions.join(" / ") ?? "");
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
      const common = { attribution: this.attribution, tileSize: 256, minzoom: FIRST_ZOOM, maxzoom: DEEPEST_ZOOM };
      sources[SHADE] = { type: "raster", tiles: [`${SHADE_SCHEME}://${this.heights}`], ...common };
      sources[HEIGHTS] = { type: "raster-dem", tiles: [`${RAISED_SCHEME}://${this.heights}`], encoding: "mapbox", ...common };
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
      const layout = { visibility: this.#visibility(SHADE) };
      layers.push({ id: SHADE, type: "raster", source: SHADE, layout, paint: { "raster-fade-duration": 0 } });
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
    this.#map?.setTerrain(this.raised ? { source: HEIGHTS, exaggeration: RAISED } : null);
    this.#map?.jumpTo({ pitch: this.raised ? PITCH : 0 });
  }

  /**
   * @param {string} id
   * @returns {"visible" | "none"}
   */
  #visibility(id) {
    const shown = id === SHADE ? this.ground === "" : GSI[/** @type {keyof typeof GSI} */ (this.ground)]?.id === id;
    return shown ? "visible" : "none";
  }
}
