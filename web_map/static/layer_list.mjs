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
 * @property {HTMLSelectElement | null} select
 */

export class LayerList {
  /** @type {Entry[]} */
  #entries = [];
  /**
   * What is said of layers whose features hold for a time, by id.
   *
   * @type {Map<string, [state: string, text: string]>}
   */
  #now = new Map();
  #safe = false;
  /** @type {HTMLInputElement | null} null on pages without the switch */
  #palette;
  /** @type {[zoom: number, failed: ReadonlySet<string>]} */
  #told = [0, new Set()];

  /**
   * @param {Document} document
   * @param {View} view
   */
  constructor(document, view) {
    this.say = words(view);
    this.#palette = document.querySelector("input#safe-colours");
    this.#palette?.addEventListener("change", () => this.#colour(this.#palette?.checked ?? false));
    for (const item of document.querySelectorAll("li[data-layer]")) {
      const layer = view.layers.find((candidate) => candidate.id === item.getAttribute("data-layer"));
      if (!layer || !(item instanceof HTMLElement)) continue;
      this.#entries.push({
        layer,
        item,
        box: item.querySelector("input[name=layers]"),
        slider: item.querySelector("input[data-opacity]"),
        select: item.querySelector("select[data-one-of]"),
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

  /** What is chosen beside the layers themselves, where it is not what the list begins with. */
  get changed() {
    const changed = this.#entries.filter(({ select }) => select && select.selectedIndex > 0);
    const faded = this.#entries.filter(({ slider }) => slider && slider.value !== slider.defaultValue);
    return {
      only: new Map(changed.map(({ layer, select }) => [layer.id, select?.value ?? ""])),
      safe: this.#safe,
      opacity: new Map(faded.map(({ layer, slider }) => [layer.id, Number(slider?.value)])),
    };
  }

  /**
   * @param {{ only: Map<string, string>, opacity: Map<string, number>, safe: boolean }} state values that no layer has change nothing
   */
  restore({ only, opacity, safe }) {
    if (safe) this.#colour(true);
    for (const { item, layer, slider, select } of this.#entries) {
      const [value, share] = [only.get(layer.id), opacity.get(layer.id)];
      if (select && [...select.options].some((option) => option.value === value)) select.value = value ?? "";
      if (slider && share !== undefined) slider.value = String(share);
      const output = item.querySelector("output");
      if (slider && output) output.value = `${slider.value}%`;
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
    for (const { layer, select } of this.#entries) {
      select?.addEventListener("change", () => handle(layer, select.value));
    }
  }

  /** @param {(safe: boolean) => void} handle told after the legends are in these colours */
  onPalette(handle) {
    this.#palette?.addEventListener("change", () => handle(this.#safe));
  }

  /**
   * Legends in the official colours, or in those for every kind of colour vision.
   *
   * @param {boolean} safe
   */
  #colour(safe) {
    this.#safe = safe;
    if (this.#palette) this.#palette.checked = safe;
    for (const { item } of this.#entries) {
      item.classList.toggle("safe", safe);
      for (const mark of item.querySelectorAll("[data-safe]")) {
        const other = mark.getAttribute("data-safe") ?? "";
        mark.setAttribute("data-official", mark.getAttribute("data-official") ?? mark.getAttribute("fill") ?? "");
        mark.setAttribute("fill", (safe ? other : mark.getAttribute("data-official")) ?? other);
      }
    }
  }

  /**
   * Say under each layer why it may not be seen.
   *
   * @param {number} zoom
   * @param {ReadonlySet<string>} failed ids of layers with missing tiles
   */
  tell(zoom, failed) {
    this.#told = [zoom, failed];
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
   * What holds now of a layer.
   *
   * @param {string} id
   * @param {import("./live_layers.mjs").Known} known
   * @param {string} time of that, in words
   */
  tellNow(id, { features, fresh }, time) {
    const count = features?.features.length ?? 0;
    if (features === null) this.#now.set(id, ["unknown", this.say("layer_failed")]);
    else if (!fresh) this.#now.set(id, ["unknown", this.say("live_old", { time })]);
    else if (count === 0) this.#now.set(id, ["known", this.say("live_none", { time })]);
    else this.#now.set(id, ["known", this.say("live_now", { time, count })]);
    this.tell(...this.#told);
  }

  /**
   * @param {LayerView} layer
   * @param {boolean} shown
   * @param {number} zoom
   * @param {ReadonlySet<string>} failed
   * @returns {[state: string, text: string]}
   */
  #state(layer, shown, zoom, failed) {
    const now = this.#now.get(layer.id);
    if (now !== undefined) return now;
    if (!layer.available) return ["unknown", this.say("no_data")];
    if (failed.has(layer.id)) return ["unknown", this.say("layer_failed")];
    if (shown && zoom < layer.style.min_zoom) return ["too-far", this.say("zoom_in")];
    return ["known", ""];
  }
}
