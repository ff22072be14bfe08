/**
 * The panel that says what is at a place: every feature under the pointer with its attributes, source and date.
 */

import { day, readable } from "./values.mjs";
import { element, words } from "./view.mjs";

/** @typedef {import("./view.mjs").View} View */
/** @typedef {import("./view.mjs").LayerView} LayerView */

/**
 * @typedef {object} Hit
 * @property {LayerView} layer
 * @property {string} id feature id
 *
 * @typedef {object} Answer
 * @property {{lon: number, lat: number}} place
 * @property {Hit[]} hits topmost first
 * @property {LayerView[]} withoutColour hazard layers shown that have nothing at the place
 * @property {LayerView[]} unknown layers shown whose tiles could not be loaded
 *
 * @typedef {{type: "Feature", id?: string | number, geometry: import("geojson").Geometry | null, properties: Record<string, unknown>}} Item
 */

const MOST_FEATURES = 20;

export class Details {
  /** @type {AbortController} */
  #current = new AbortController();
  /** @type {HTMLElement | null} */
  #opener = null;

  /**
   * @param {Document} document
   * @param {View} view
   * @param {(items: Item[]) => void} loaded called with the features shown, and with none when the panel closes
   */
  constructor(document, view, loaded) {
    this.document = document;
    this.view = view;
    this.say = words(view);
    this.loaded = loaded;
    this.panel = element(document, "details", HTMLElement);
    this.heading = element(document, "details-heading", HTMLElement);
    this.body = element(document, "details-body", HTMLElement);
    element(document, "close-details", HTMLButtonElement).addEventListener("click", () => this.close());
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  close() {
    this.#current.abort();
    this.panel.hidden = true;
    this.body.replaceChildren();
    this.loaded([]);
    this.#opener?.focus();
    this.#opener = null;
  }

  /**
   * @param {Answer} answer
   * @param {HTMLElement} opener gets the focus back
   */
  async show(answer, opener) {
    this.#current.abort();
    const current = new AbortController();
    this.#current = current;
    this.#opener = opener;
    const { place, hits } = answer;
    const shown = hits.slice(0, MOST_FEATURES);

    const articles = shown.map((hit) => this.#article(hit));
    this.body.replaceChildren(
      this.#node("p", "place", this.say("place", { lat: place.lat.toFixed(5), lon: place.lon.toFixed(5) })),
      ...this.#cautions(answer),
      ...articles,
    );
    if (hits.length > shown.length) {
      this.body.append(this.#node("p", "notice", this.say("more", { count: hits.length - shown.length })));
    }
    this.panel.hidden = false;
    this.body.scrollTop = 0;
    this.heading.focus({ preventScroll: true });

    const items = await Promise.all(
      shown.map((hit, index) => this.#fill(/** @type {HTMLElement} */ (articles[index]), hit, current.signal)),
    );
    if (!current.signal.aborted) this.loaded(items.filter((item) => item !== null));
  }

  /** @param {Answer} answer */
  #cautions({ hits, withoutColour, unknown }) {
    const found = hits.length > 0 ? this.say("found", { count: hits.length }) : this.say("nothing_here");
    const cautions = [this.#node("p", "count", found)];
    const names = (/** @type {LayerView[]} */ layers) =>
      layers.map((layer) => layer.title).join(this.say("list_separator"));
    if (unknown.length > 0) {
      cautions.push(this.#node("p", "caution", this.say("hazard_unknown", { layers: names(unknown) })));
    }
    if (withoutColour.length > 0) {
      cautions.push(this.#node("p", "caution", this.say("hazard_without_colour", { layers: names(withoutColour) })));
    }
    return cautions;
  }

  /** @param {Hit} hit */
  #article(hit) {
    const article = this.document.createElement("article");
    article.className = "feature";
    article.setAttribute("aria-busy", "true");
    article.append(this.#node("p", "feature-layer", hit.layer.title), this.#node("p", "loading", this.say("asking")));
    return article;
  }

  /**
   * @param {HTMLElement} article
   * @param {Hit} hit
   * @param {AbortSignal} signal
   * @returns {Promise<Item | null>}
   */
  async #fill(article, { layer, id }, signal) {
    const path = `${layer.items}/${encodeURIComponent(id)}`;
    try {
      const response = await fetch(`${path}?f=json`, { signal, headers: { accept: "application/geo+json" } });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const item = /** @type {Item} */ (await response.json());
      article.replaceChildren(...this.#described(layer, item, path));
      return item;
    } catch {
      if (!signal.aborted) {
        article.replaceChildren(
          this.#node("p", "feature-layer", layer.title),
          this.#node("p", "caution", this.say("feature_failed")),
        );
      }
      return null;
    } finally {
      article.removeAttribute("aria-busy");
    }
  }

  /**
   * @param {LayerView} layer
   * @param {Item} item
   * @param {string} path
   * @returns {HTMLElement[]}
   */
  #described(layer, item, path) {
    const { properties } = item;
    const nodes = [this.#node("p", "feature-layer", layer.title)];
    const titled = layer.fields.find((field) => field.name === layer.title_field);
    const title = titled ? readable(titled, properties[titled.name], this.view) : null;
    nodes.push(this.#node("h3", "", title ?? layer.title));
    if (properties["fictitious"] === true || (properties["fictitious"] === undefined && layer.fictitious)) {
      nodes.push(this.#node("p", "tag", this.say("fictitious")));
    }

    const stated = this.document.createElement("dl");
    /** @type {string[]} */
    const missing = [];
    for (const field of layer.fields) {
      const text = readable(field, properties[field.name], this.view);
      if (text === null) missing.push(field.title);
      else if (field.name !== layer.title_field) this.#pair(stated, field.title, this.#value(text));
    }
    if (stated.childElementCount > 0) nodes.push(stated);
    if (missing.length > 0) {
      const more = this.document.createElement("details");
      more.append(
        this.#node("summary", "", `${this.say("not_stated")} (${missing.length})`),
        this.#node("p", "missing", missing.join(this.say("list_separator"))),
      );
      nodes.push(more);
    }
    nodes.push(this.#provenance(layer, properties), this.#link(path, this.say("show_data")));
    return nodes;
  }

  /**
   * @param {LayerView} layer
   * @param {Record<string, unknown>} properties
   */
  #provenance(layer, properties) {
    const list = this.document.createElement("dl");
    list.className = "provenance";
    const source = layer.sources[String(properties["source_id"])];
    const named = source ? `${source.attributions.join(" / ")} – ${source.title}` : layer.attributions.join(" / ");
    this.#pair(list, this.say("source"), named);
    if (source) this.#pair(list, this.say("licence"), source.licences.join(" / "));
    const asOf = properties["as_of"];
    this.#pair(list, this.say("as_of"), asOf ? day(String(asOf), this.view) : this.say("date_unknown"));
    const quality = properties["position_quality"];
    if (quality) {
      const text = this.view.texts[`position_quality.${quality}`] ?? String(quality);
      const error = properties["position_error_m"];
      const metres = typeof error === "number" ? ` – ${this.say("position_error", { metres: Math.round(error) })}` : "";
      this.#pair(list, this.say("position"), text + metres);
    }
    return list;
  }

  /**
   * @param {HTMLElement} list
   * @param {string} term
   * @param {string | HTMLElement} definition
   */
  #pair(list, term, definition) {
    const dd = this.document.createElement("dd");
    dd.append(definition);
    list.append(this.#node("dt", "", term), dd);
  }

  /** @param {string} text */
  #value(text) {
    return /^https?:\/\/\S+$/.test(text) ? this.#link(text, text) : text;
  }

  /**
   * @param {string} address
   * @param {string} text
   */
  #link(address, text) {
    const link = this.document.createElement("a");
    link.href = address;
    link.rel = "noopener";
    link.textContent = text;
    return link;
  }

  /**
   * @param {string} name
   * @param {string} className
   * @param {string} text data is only ever text, never markup
   * @returns {HTMLElement}
   */
  #node(name, className, text) {
    const node = this.document.createElement(name);
    if (className) node.className = className;
    node.textContent = text;
    return node;
  }
}
