/**
 * One incident on the responder's screen: the way there and what is left of it, water, hazards, notes of buildings.
 *
 * All of it is read at one touch, and kept, so that it is there in the tunnel.
 */

import { element, words } from "../view.mjs";
import { progressOf } from "./progress.mjs";
import { AwayError } from "./server.mjs";
import { hazardNodes, noteNodes, routeNodes, waterNodes } from "./sheet_parts.mjs";
import { called, clock, fill, isUnderWay, layerFor, metres, minutes, node } from "./texts.mjs";

/** @typedef {import("./board.mjs").Item} Item */
/** @typedef {import("./progress.mjs").Route} Route */
/** @typedef {import("./staff_map.mjs").StaffMap} StaffMap */

const NOTES_M = 300;
const OFF_M = 80;
const METRES_A_DEGREE = 111_000;
const OPEN = "sheet:open";
/** @type {Record<string, string>} what is said of an event */
const TOLD = { "route-cut": "route_cut", "route-changed": "route_changed", "route-restored": "route_restored" };

/**
 * @typedef {object} Around what the sheet needs of the page
 * @property {import("./texts.mjs").StaffView} view
 * @property {import("./server.mjs").Server} server
 * @property {import("./readings.mjs").Readings} readings
 * @property {import("./board.mjs").Board} board
 * @property {import("./device.mjs").Whereabouts} whereabouts
 * @property {() => Item | null} vehicle
 * @property {(text: string, name?: string) => void} alert
 */

export class Sheet {
  /** @type {Item | null} */
  #incident = null;
  /** @type {{route: Route | null, refusal: string} | null} */
  #way = null;
  /** @type {number | null} the time the way is of */
  #wayAt = null;
  #isWatched = false;
  #byCapacity = false;
  /** @type {any} */
  #water = null;
  /** @type {StaffMap | null} */
  #map = null;

  /** @param {Around} around */
  constructor(around) {
    this.around = around;
    this.say = words(around.view);
    this.parts = {
      overview: element(document, "overview", HTMLElement),
      sheet: element(document, "sheet", HTMLElement),
      heading: element(document, "sheet-heading", HTMLElement),
      facts: element(document, "sheet-facts", HTMLElement),
      now: element(document, "route-now", HTMLElement),
      route: element(document, "route", HTMLElement),
      water: element(document, "water", HTMLElement),
      hazards: element(document, "hazards", HTMLElement),
      notes: element(document, "notes", HTMLElement),
      mapState: element(document, "map-state", HTMLElement),
    };
    element(document, "back", HTMLButtonElement).addEventListener("click", () => void this.close());
    element(document, "route-again", HTMLButtonElement).addEventListener("click", () => void this.#findWay());
    this.parts.water.addEventListener("click", (event) => {
      const order = event.target instanceof HTMLElement ? event.target.dataset["order"] : undefined;
      if (order === undefined) return;
      this.#byCapacity = order === "capacity";
      this.#showWater();
    });
    around.whereabouts.addEventListener("moved", () => this.#showProgress());
    around.server.addEventListener("reached", () => {
      if (around.server.reached && this.#incident !== null && !this.#isWatched) void this.#watch();
    });
  }

  /** The incident that was open when the page was closed. */
  async restore() {
    const { value } = await this.around.readings.before(OPEN);
    if (value === null) return;
    this.#open(/** @type {Item} */ (value));
    await this.#everything({ onlyKept: true });
  }

  /**
   * One touch: the sheet with all there is of the incident, and the way there.
   *
   * @param {Item} incident
   */
  async go(incident) {
    this.#open(incident);
    this.parts.heading.focus();
    await this.around.readings.keep(OPEN, incident, this.around.server.clock.now());
    await Promise.all([this.#findWay(), this.#everything({ onlyKept: false })]);
  }

  async close() {
    this.#incident = null;
    this.#way = null;
    this.parts.sheet.hidden = true;
    this.parts.overview.hidden = false;
    element(document, "overview-heading", HTMLElement).focus();
    await this.around.readings.keep(OPEN, null, this.around.server.clock.now());
    this.#draw();
  }

  boardChanged() {
    const now = this.around.board.all("incidents").find((each) => each.id === this.#incident?.id);
    if (now) this.#incident = now;
    this.#draw();
  }

  /**
   * An event about the route of this vehicle.
   *
   * @param {string} kind
   * @param {any} content
   */
  told(kind, content) {
    const said = TOLD[kind];
    if (said === undefined || this.#incident === null) return;
    const names = (content.closures ?? []).map((/** @type {any} */ each) => each.name ?? this.say("a_closure"));
    const where = content.cut?.distance_m ?? null;
    const key = content.refusal ? "route_lost" : said;
    const values = {
      closures: names.join(this.say("list_separator")) || this.say("a_closure"),
      distance: where === null ? this.say("ahead") : metres(where),
      reason: content.refusal?.text ?? "",
      time: clock(this.around.view, content.event_at),
    };
    this.around.alert(this.say(key, values), "route");
    this.#take({ route: content.route, refusal: content.refusal?.text ?? "" }, Date.parse(content.event_at));
  }

  async openMap() {
    const { view } = this.around;
    try {
      const { openMap } = await import("./staff_map.mjs");
      this.#map = await openMap(view, this.say("staff_map_title"));
      document.body.classList.add("with-map");
      this.#draw();
      this.#showOnMap(); // a way that was restored before there was a map
    } catch (error) {
      document.body.classList.add("without-map");
      const reason = error instanceof Error ? error.message : String(error);
      this.parts.mapState.textContent = this.say("staff_map_failed", { reason });
    }
  }

  // --- reading -----------------------------------------------------------------------------------------------------

  /** @param {Item} incident */
  #open(incident) {
    const layer = layerFor(this.around.view, "incidents");
    const { properties } = incident;
    this.#incident = incident;
    this.#way = null;
    this.#wayAt = null;
    this.#isWatched = false;
    this.#water = null;
    this.parts.heading.textContent =
      `${called(layer, "kind", properties["kind"]) ?? ""} ${properties["address"] ?? this.say("no_address")}`;
    this.parts.facts.textContent = [
      properties["incident_id"],
      called(layer, "strike_level", properties["strike_level"]),
      called(layer, "status", properties["status"]),
      this.say("reported_at", { time: clock(this.around.view, properties["reported_at"]) }),
      properties["remarks"],
    ]
      .filter((fact) => fact !== null && fact !== undefined)
      .join("　");
    for (const part of [this.parts.now, this.parts.route, this.parts.water, this.parts.hazards, this.parts.notes]) {
      fill(part, node("p", "hint", this.say("reading")));
    }
    this.parts.overview.hidden = true;
    this.parts.sheet.hidden = false;
  }

  /** @param {{onlyKept: boolean}} options */
  async #everything({ onlyKept }) {
    const incident = this.#incident;
    if (incident === null) return;
    const { server, readings, view } = this.around;
    const number = incident.properties["incident_id"];
    const place = placeOf(incident);
    const hazardPlace = typeof place === "string" ? { address: place } : { location: place };
    /** @type {<T>(key: string, read: () => Promise<T>) => Promise<import("./readings.mjs").Reading<T>>} */
    const get = (key, read) => (onlyKept ? readings.before(key) : readings.of(key, read));
    if (onlyKept) {
      const kept = await readings.before(`route:${incident.id}`);
      if (kept.value !== null) this.#take(kept.value, kept.at ?? 0);
      else this.#showWay();
    }
    const layer = layerFor(view, "building-notes");
    await Promise.all([
      get(`water:${incident.id}`, () => server.execute("nearest-water", { incident: number, most: 15 })).then((read) => {
        if (this.#incident?.id !== incident.id) return;
        this.#water = read;
        this.#showWater();
        this.#draw();
      }),
      get(`hazards:${incident.id}`, () => server.execute("hazard-at-point", hazardPlace)).then((read) => {
        if (this.#incident?.id === incident.id) fill(this.parts.hazards, ...hazardNodes(read, this.say, view));
      }),
      get(`notes:${incident.id}`, async () => {
        if (typeof place === "string") return [];
        const path = `/collections/${layer.id}/items?f=json&limit=50&bbox=${boxAround(place, NOTES_M).join(",")}`;
        return /** @type {{features: Item[]}} */ (await server.read(path)).features;
      }).then((read) => {
        if (this.#incident?.id !== incident.id) return;
        const known = layer.available && typeof place !== "string";
        fill(this.parts.notes, ...noteNodes(read, known, NOTES_M, this.say, view));
      }),
    ]);
  }

  /** The way from where the vehicle is, and from then on it is watched. */
  async #findWay() {
    const incident = this.#incident;
    if (incident === null) return;
    const { server, readings, vehicle } = this.around;
    const own = vehicle();
    const origin = this.#origin();
    if (own === null || origin === null) {
      fill(this.parts.now, node("p", "problem", this.say(own === null ? "choose_vehicle_first" : "no_position")));
      fill(this.parts.route);
      return;
    }
    const heading = this.around.whereabouts.now?.heading_deg ?? null;
    const inputs = {
      origin,
      destination: placeOf(incident),
      profile: own.properties["profile"],
      ...(heading === null ? {} : { heading_deg: heading }),
    };
    const read = await readings.of(`route:${incident.id}`, async () => {
      const answer = await server.execute("route", inputs);
      return { route: answer.routes[0] ?? null, refusal: answer.refusal?.text ?? "", notes: answer.notes ?? [] };
    });
    if (this.#incident?.id !== incident.id) return;
    if (read.value !== null) this.#take(read.value, read.at ?? 0);
    if (read.refusal || read.value === null) {
      fill(this.parts.now, node("p", "problem", read.refusal || this.say("route_needs_connection")));
      if (read.value === null) fill(this.parts.route);
    }
    await this.#watch();
  }

  /** Registers the way, so that a closure that cuts it is told at once. */
  async #watch() {
    const incident = this.#incident;
    const own = this.around.vehicle();
    if (incident === null || own === null) return;
    const path = `/collections/${layerFor(this.around.view, "vehicles").id}/routes/`;
    const fix = this.around.whereabouts.now;
    try {
      await this.around.server.change("PUT", path + encodeURIComponent(own.properties["call_sign"]), {
        destination: placeOf(incident),
        incident_id: incident.properties["incident_id"],
        ...(fix === null ? {} : { origin: [fix.lon, fix.lat] }),
      });
      this.#isWatched = true;
    } catch (error) {
      this.#isWatched = false;
      if (!(error instanceof AwayError)) {
        this.around.alert(this.say("not_watched", { reason: error instanceof Error ? error.message : "" }), "watch");
      }
    }
  }

  /** @returns {[number, number] | null} where the device is, else where the vehicle was last seen */
  #origin() {
    const fix = this.around.whereabouts.now;
    if (fix !== null) return [fix.lon, fix.lat];
    const seen = this.around.vehicle()?.geometry;
    return seen?.type === "Point" ? /** @type {[number, number]} */ (seen.coordinates) : null;
  }

  /**
   * @param {{route: Route | null, refusal: string}} way
   * @param {number} at
   */
  #take(way, at) {
    if (this.#wayAt !== null && at < this.#wayAt) return;
    this.#way = way;
    this.#wayAt = at;
    if (this.#incident) void this.around.readings.keep(`route:${this.#incident.id}`, way, at);
    this.#showWay();
    this.#draw();
    this.#showOnMap();
  }

  // --- what is seen ------------------------------------------------------------------------------------------------

  #showWay() {
    fill(this.parts.route, ...routeNodes(this.#way, this.say));
    this.#showProgress();
  }

  #showProgress() {
    const route = this.#way?.route ?? null;
    if (this.#incident === null || this.#way === null) return;
    const { view } = this.around;
    if (route === null) return fill(this.parts.now, node("p", "problem", this.#way.refusal || this.say("no_route")));
    const fix = this.around.whereabouts.now;
    const progress = fix === null ? null : progressOf(route, fix);
    const isOn = progress !== null && progress.off_m <= OFF_M;
    const step = route.steps[isOn ? progress.step + 1 : 0] ?? route.steps.at(-1);
    const basis = isOn
      ? this.say("by_position")
      : this.say(progress === null ? "from_start" : "off_route", { time: clock(view, this.#wayAt) });
    const seconds = isOn ? progress.remaining_s : route.travel_time_s;
    const now = this.around.server.clock.heard;
    fill(
      this.parts.now,
      node("p", "next", ...(isOn ? [node("strong", "", `${metres(progress.next_m)} `)] : []), step?.text ?? ""),
      node(
        "p",
        "remaining",
        node("strong", "", minutes(seconds)),
        ` ${metres(isOn ? progress.remaining_m : route.length_m)} `,
        ...(isOn && now !== null ? [this.say("arrives_at", { time: clock(view, now + seconds * 1_000) })] : []),
      ),
      node("p", isOn ? "as-of" : "as-of old", basis),
    );
    for (const [index, line] of [...this.parts.route.querySelectorAll("ol.steps > li")].entries()) {
      line.toggleAttribute("aria-current", isOn && index === progress.step);
    }
    this.#draw();
  }

  #showOnMap() {
    const route = this.#way?.route;
    if (route) this.#map?.show(route.geometry.coordinates);
  }

  #showWater() {
    if (this.#water) {
      fill(this.parts.water, ...waterNodes(this.#water, this.#byCapacity, this.say, this.around.view));
    }
  }

  #draw() {
    if (this.#map === null) return;
    const { board, server, view, whereabouts, vehicle } = this.around;
    const point = (/** @type {Item} */ item) =>
      item.geometry?.type === "Point" ? /** @type {[number, number]} */ (item.geometry.coordinates) : null;
    const incidents = layerFor(view, "incidents");
    const vehicles = layerFor(view, "vehicles");
    const colour = (/** @type {import("../view.mjs").LayerView} */ layer, /** @type {unknown} */ value) =>
      layer.style.classes.find((each) => each.value === value)?.color ?? layer.style.color;
    /** @type {import("./staff_map.mjs").Mark[]} */
    const marks = [];
    for (const item of board.all("vehicles")) {
      const at = point(item);
      const { call_sign, status } = item.properties;
      const isOwn = call_sign === vehicle()?.properties["call_sign"];
      if (at && (isOwn || isUnderWay(view, status)) && !(isOwn && whereabouts.now)) {
        marks.push({ lon: at[0], lat: at[1], text: call_sign, color: colour(vehicles, status), kind: "unit" });
      }
    }
    for (const item of this.#incident ? [this.#incident] : board.all("incidents")) {
      const at = point(item);
      const text = called(incidents, "kind", item.properties["kind"]) ?? "";
      const color = colour(incidents, item.properties["kind"]);
      if (at) marks.push({ lon: at[0], lat: at[1], text, color, kind: "incident" });
    }
    const fix = whereabouts.now;
    if (fix) marks.push({ lon: fix.lon, lat: fix.lat, text: this.say("here"), color: "#0b57d0", kind: "own" });
    this.#map.mark(marks);
    const route = this.#way?.route;
    this.#map.draw("route", route ? [{ type: "Feature", properties: {}, geometry: route.geometry }] : []);
    this.#map.draw("water", this.#incident ? (this.#water?.value?.features ?? []) : []);
    this.#map.draw(
      "closures",
      board
        .holding("closures", server.clock.heard)
        .flatMap((item) => (item.geometry ? [/** @type {import("geojson").Feature} */ (item)] : [])),
    );
  }
}

/**
 * Where an incident is, as processes take a place.
 *
 * @param {Item} incident
 * @returns {[number, number] | string} its address where its position is not known
 */
function placeOf({ geometry, properties }) {
  if (geometry?.type === "Point") return /** @type {[number, number]} */ (geometry.coordinates);
  return String(properties["address"] ?? "");
}

/**
 * @param {[number, number]} place
 * @param {number} reach_m
 */
function boxAround([lon, lat], reach_m) {
  const north = reach_m / METRES_A_DEGREE;
  const east = north / Math.cos((lat * Math.PI) / 180);
  return [lon - east, lat - north, lon + east, lat + north].map((value) => value.toFixed(6));
}
