/**
 * The list of layers in the page: its switches and sliders, and what each line says of its layer's state.
 */

import { words } from "./view.mjs";

/** @typedef {import("./view.mjs").View} View */
/** @typedef {import("./view.mjs").LayerView} LayerView */

/**
 * @typedef {object} Entry
 * @property {LayerView} layer
 * @property {HTMLElement} item
 * @property {HTMLInputElement | null} box null for tables, which are not drawn
 * @property {HTMLInputElement | null} slider
 */

export class LayerList {
  /** @type {Entry[]} */
  #entries = [];

  /**
   * @param {Document} document
   * @param {View} view
   */
  constructor(document, view) {
    this.say = words(view);
    for (const item of document.querySelectorAll("li[data-layer]")) {
      const layer = view.layers.find((candidate) => candidate.id === item.getAttribute("data-layer"));
      if (!layer || !(item instanceof HTMLElement)) continue;
      this.#entries.push({
        layer,
        item,
        box: item.querySelector("input[name=layers]"),
        slider: item.querySelector("input[data-opacity]"),
      });
    }
  }

  /** Ids of the layers switched on, in the order of the list. */
  get chosen() {
    return this.#entries.filter(({ box }) => box?.checked).map(({ layer }) => layer.id);
  }

  /** @param {ReadonlySet<string>} ids */
  choose(ids) {
    for (const { box, layer } of this.#entries) {
      if (box) box.checked = ids.has(layer.id);
    }
  }

  /** @param {(layer: LayerView, shown: boolean) => void} handle */
  onToggle(handle) {
    for (const { box, layer } of this.#entries) {
      box?.addEventListener("change", () => handle(layer, box.checked));
    }
  }

  /** @param {(layer: LayerView, opacity: number) => void} handle opacity 0-1 */
  onOpacity(handle) {
    for (const { item, slider, layer } of this.#entries) {
      const output = item.querySelector("output");
      slider?.addEventListener("input", () => {
        if (output) output.value = `${slider.value}%`;
        handle(layer, Number(slider.value) / 100);
      });
    }
  }

  /** @param {(layer: LayerView, value: string) => void} handle */
  onChoice(handle) {
    for (const { item, layer } of this.#entries) {
      const select = item.querySelector("select");
      select?.addEventListener("change", () => handle(layer, select.value));
    }
  }

  /**
   * Say under each layer why it may not be seen.
   *
   * @param {number} zoom
   * @param {ReadonlySet<string>} failed ids of layers with missing tiles
   */
  tell(zoom, failed) {
    for (const { item, layer, box } of this.#entries) {
      const line = item.querySelector(".layer-state");
      if (!(line instanceof HTMLElement)) continue;
      const [state, text] = this.#state(layer, box?.checked ?? false, zoom, failed);
      item.dataset["state"] = state;
      line.hidden = text === "";
      if (line.textContent !== text) line.textContent = text;
    }
  }

  /**
   * @param {LayerView} layer
   * @param {boolean} shown
   * @param {number} zoom
   * @param {ReadonlySet<string>} failed
   * @returns {[state: string, text: string]}
   */
  #state(layer, shown, zoom, failed) {
    if (!layer.available) return ["unknown", this.say("no_data")];
    if (failed.has(layer.id)) return ["unknown", this.say("layer_failed")];
    if (shown && zoom < layer.style.min_zoom) return ["too-far", this.say("zoom_in")];
    return ["known", ""];
  }
}
