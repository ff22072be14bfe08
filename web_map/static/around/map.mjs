/** The map of the surroundings: the place, one hazard in its official colours and patterns, the sites and the ways. */

import { loadLibrary, makeMap } from "../library.mjs";
import { TileWatch } from "../tiles.mjs";
import { part, seenIn } from "./offer.mjs";
import { Sources } from "./source.mjs";
import { listed, showLegend, words } from "./words.mjs";

/** @import { Around, Hazard, Route } from "./source.mjs" */

const ZOOM = 15.2;
const PADDING_PX = 44;
const PATIENCE_MS = 60_000;

/**
 * @param {HTMLElement} section
 * @param {HTMLElement} status
 */
export async function start(section, status) {
  const response = await fetch(section.dataset["source"] ?? "");
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const around = /** @type {Around} */ (await response.json());
  const maplibre = await loadLibrary(document, around);
  const made = new Surroundings(section, status, around, maplibre);
  await made.ready;
}

class Surroundings {
  /** @type {Route[]} */
  #routes = [];
  /** @type {import("maplibre-gl").Marker[]} */
  #marks = [];
  #moved = false;
  #turn = 0;

  /**
   * @param {HTMLElement} section
   * @param {HTMLElement} status
   * @param {Around} around
   * @param {typeof import("maplibre-gl")} maplibre
   */
  constructor(section, status, around, maplibre) {
    this.section = section;
    this.status = status;
    this.around = around;
    this.maplibre = maplibre;
    this.say = words(around);
    this.sources = new Sources(around);
    this.place = { lon: Number(section.dataset["lon"]), lat: Number(section.dataset["lat"]) };
    this.links = /** @type {HTMLAnchorElement[]} */ ([...section.querySelectorAll("a[data-hazard]")]);
    const shown = this.links.find((each) => each.hasAttribute("aria-current"));
    this.hazard = this.#named(shown?.dataset["hazard"] ?? around.hazards[0]?.id ?? "");
    this.title = shown?.textContent?.trim() ?? "";

    const box = part(section, "around-map", HTMLElement);
    const seen = seenIn(location.hash);
    this.#moved = seen !== null;
    this.map = makeMap(maplibre, around, this.say("around.map_title"), {
      container: box,
      style: { version: 8, sources: {}, layers: [] },
      center: seen ? [seen.lon, seen.lat] : [this.place.lon, this.place.lat],
      zoom: seen?.zoom ?? ZOOM,
      minZoom: 9,
      cooperativeGestures: true, // the page scrolls on under a finger
      locale: {
        "CooperativeGesturesHandler.WindowsHelpText": this.say("around.gesture_keys", { key: "Ctrl" }),
        "CooperativeGesturesHandler.MacHelpText": this.say("around.gesture_keys", { key: "⌘" }),
        "CooperativeGesturesHandler.MobileHelpText": this.say("around.gesture_touch"),
      },
    });
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-left");
    this.#mark("mark-here", "", [this.place.lon, this.place.lat], "bottom");
    this.watch = new TileWatch(this.map, (failed) => this.#tell(failed));
    this.#listen();
    this.ready = this.#first();
  }

  async #first() {
    const loaded = new Promise((resolve, reject) => {
      this.map.once("load", resolve);
      setTimeout(() => reject(new Error("The map did not load in time.")), PATIENCE_MS);
    });
    await this.#show(this.hazard.id);
    await loaded;
    if (this.watch.failed.size === 0 && this.hazard.known) this.status.textContent = this.say("around.tap");
  }

  /** @param {string} id */
  #named(id) {
    const found = this.around.hazards.find((each) => each.id === id);
    if (!found) throw new Error(`There is no hazard ${id}.`);
    return /** @type {Hazard} */ (found);
  }

  /** @param {string} id */
  async #show(id) {
    const turn = ++this.#turn;
    this.hazard = this.#named(id);
    for (const link of this.links) {
      if (link.dataset["hazard"] !== id) link.removeAttribute("aria-current");
      else {
        link.setAttribute("aria-current", "true");
        this.title = link.textContent?.trim() ?? "";
      }
    }
    showLegend(part(this.section, "around-legend", HTMLElement), this.hazard.legend);
    const asked = this.sources.routes(this.place.lon, this.place.lat, this.hazard.type);
    const [routes, { style, missing }] = await Promise.all([asked.catch(() => null), this.sources.style(id, [])]);
    if (turn !== this.#turn) return; // another was chosen meanwhile
    this.#routes = routes ?? [];
    const complete = routes?.length ? (await this.sources.style(id, routes)).style : style;
    if (turn !== this.#turn) return;
    this.map.setStyle(complete, { diff: this.map.isStyleLoaded() === true });
    this.#putSites();
    for (const each of missing) this.watch.report(each, null);
    this.status.classList.remove("failed");
    if (!this.hazard.known) this.status.textContent = this.say("around.unknown", { hazard: this.title });
    else if (routes === null) this.status.textContent = this.say("around.ways_failed");
    else if (this.watch.failed.size === 0) this.status.textContent = this.say("around.tap");
    this.#fit();
  }

  #putSites() {
    for (const each of this.#marks) each.remove();
    this.#marks = this.#routes.map(({ site }, place) => this.#mark("mark-site", String(place + 1), site.position, "center"));
  }

  /**
   * @param {string} name
   * @param {string} text
   * @param {[number, number]} at
   * @param {"bottom" | "center"} anchor
   */
  #mark(name, text, at, anchor) {
    const element = document.createElement("div");
    const face = document.createElement("span");
    element.className = `around-mark ${name}`;
    face.textContent = text;
    element.append(face);
    const mark = new this.maplibre.Marker({ element, anchor }).setLngLat(at).addTo(this.map);
    // The list under the map says what it stands for.
    for (const attribute of ["role", "aria-label", "tabindex"]) element.removeAttribute(attribute);
    element.setAttribute("aria-hidden", "true");
    return mark;
  }

  #fit() {
    if (this.#moved || this.#routes.length === 0) return;
    const bounds = new this.maplibre.LngLatBounds([this.place.lon, this.place.lat], [this.place.lon, this.place.lat]);
    for (const { geometry, site } of this.#routes) {
      bounds.extend(site.position);
      for (const point of geometry.coordinates) bounds.extend(point);
    }
    this.map.fitBounds(bounds, { padding: PADDING_PX, maxZoom: 16.5, animate: false });
  }

  #listen() {
    const { map } = this;
    map.on("error", (event) => {
      const { sourceId: source, tile } =
        /** @type {{ sourceId?: string, tile?: { tileID: { canonical: import("../tiles.mjs").TileId } } }} */ (event);
      if (source) this.watch.report(source, tile?.tileID.canonical ?? null);
      else console.info(event.error);
    });
    map.on("idle", () => this.#list());
    map.on("moveend", (event) => {
      // Only what the reader did is written down: a link then leads to the same view.
      if (!(/** @type {any} */ (event).originalEvent)) return;
      this.#moved = true;
      this.#write();
    });
    map.on("click", (event) => this.#ask(event.lngLat.lng, event.lngLat.lat));
    map.getCanvas().addEventListener("keydown", (event) => {
      const { lng, lat } = map.getCenter();
      if (event.key === "Enter") this.#ask(lng, lat);
    });
    // The page has taken over a new state: ways may be others.
    document.addEventListener("ngis:updated", () => void this.#show(this.hazard.id));
    for (const link of this.links) {
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        const picture = this.section.querySelector("figure.sheet-only img");
        if (picture instanceof HTMLImageElement) picture.src = link.dataset["picture"] ?? picture.src;
        history.replaceState(history.state, "", link.href.replace(/#.*/, "") + location.hash);
        void this.#show(link.dataset["hazard"] ?? "");
      });
    }
  }

  #write() {
    const { lng, lat } = this.map.getCenter();
    const view = `#map=${this.map.getZoom().toFixed(2)}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
    history.replaceState(history.state, "", location.pathname + location.search + view);
  }

  #list() {
    const sure = !this.watch.failed.has(this.hazard.id);
    const { map, around, hazard, title, place } = this;
    const items = listed(map, around, hazard, title, this.#routes, place, sure).map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    });
    part(this.section, "around-list", HTMLElement).replaceChildren(...items);
    part(this.section, "around-shown", HTMLElement).hidden = false;
  }

  /** @param {ReadonlySet<string>} failed */
  #tell(failed) {
    this.status.classList.toggle("failed", failed.size > 0);
    // What is not the hazard is not named here: its id says nothing to a reader.
    const layers = failed.has(this.hazard.id) ? this.title : this.say("around.heading");
    this.status.textContent = failed.size > 0 ? this.say("client.tiles_failed", { layers }) : this.say("client.tiles_recovered");
    this.#list();
  }

  /**
   * Offers the answer for a spot: a link and no jump, as a map is touched by accident.
   *
   * @param {number} lon
   * @param {number} lat
   */
  #ask(lon, lat) {
    const link = document.createElement("a");
    const asked = new URLSearchParams({
      lon: lon.toFixed(6),
      lat: lat.toFixed(6),
      lang: this.around.language,
      show: this.hazard.id,
    });
    link.className = "button";
    link.href = `${this.around.urls.page}?${asked}`;
    link.textContent = this.say("around.ask", { lat: lat.toFixed(5), lon: lon.toFixed(5) });
    part(this.section, "around-ask", HTMLElement).replaceChildren(link);
  }
}
