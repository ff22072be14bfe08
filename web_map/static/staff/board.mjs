/**
 * What is going on: incidents, vehicles, dispatches, closures and evacuation orders, read again and again, and at once
 * where an event says so.
 */

import { listen } from "./live.mjs";
import { layerFor } from "./texts.mjs";

/** @typedef {import("geojson").Feature<import("geojson").Geometry | null, Record<string, any>>} Item */
/** @typedef {import("./readings.mjs").Readings} Readings */
/** @typedef {import("./texts.mjs").StaffView} StaffView */
/** @typedef {"incidents" | "vehicles" | "dispatches" | "closures" | "evacuation-orders"} Part */

const AGAIN_MS = 5_000;
const MOST = 1_000;

const DAY_MS = 86_400_000;

/** Those that have not ended long ago: there are ever more of them, and none of those that hold may be left out. */
const notOver = (/** @type {number} */ now) =>
  `until IS NULL OR until > TIMESTAMP('${new Date(now - DAY_MS).toISOString().slice(0, 13)}:00:00Z')`;

/** @type {Record<Part, string | ((now: number) => string)>} conditions in CQL2, of what still goes on */
const GOING_ON = {
  incidents: "closed_at IS NULL",
  vehicles: "",
  dispatches: "returned_at IS NULL",
  closures: notOver,
  "evacuation-orders": notOver,
};
/** @type {Part[]} */
export const EVERY_PART = ["incidents", "vehicles", "dispatches", "closures", "evacuation-orders"];
/** @type {Record<string, Part[]>} what an event says is another by now */
const TOLD = {
  status: ["vehicles", "dispatches"],
  positions: ["vehicles"],
  "closure-set": ["closures"],
  "closure-changed": ["closures"],
  "closure-ended": ["closures"],
  gap: EVERY_PART,
};

/** Tells `change` when something was read, `told` with each event of the stream, `current` when it is heard or not. */
export class Board extends EventTarget {
  /** @type {Record<Part, import("./readings.mjs").Reading<Item[]>>} */
  read = {
    incidents: { value: null, at: null, fresh: false, refusal: "" },
    vehicles: { value: null, at: null, fresh: false, refusal: "" },
    dispatches: { value: null, at: null, fresh: false, refusal: "" },
    closures: { value: null, at: null, fresh: false, refusal: "" },
    "evacuation-orders": { value: null, at: null, fresh: false, refusal: "" },
  };
  /** The stream of events is heard. */
  current = false;
  /** @type {Promise<void> | null} */
  #looking = null;

  /**
   * @param {StaffView} view
   * @param {Readings} readings
   * @param {Part[]} parts what is read
   */
  constructor(view, readings, parts) {
    super();
    this.view = view;
    this.readings = readings;
    this.parts = parts;
  }

  /** What is kept of before, then what is now, from now on. */
  async start() {
    for (const part of this.parts) {
      this.read[part] = await this.readings.before(`board:${part}`);
    }
    this.dispatchEvent(new Event("change"));
    listen(
      (kind, content) => {
        this.dispatchEvent(new CustomEvent("told", { detail: { kind, content } }));
        const parts = (TOLD[kind] ?? []).filter((part) => this.parts.includes(part));
        if (parts.length > 0) void this.look(parts);
      },
      (current) => {
        this.current = current;
        this.dispatchEvent(new Event("current"));
      },
    );
    const again = async () => {
      await this.look();
      setTimeout(again, AGAIN_MS);
    };
    await again();
  }

  /** @param {Part[]} [parts] */
  async look(parts = this.parts) {
    // One after the other: an older answer never takes the place of a newer one.
    const before = this.#looking;
    this.#looking = (async () => {
      await before;
      await Promise.all(parts.map((part) => this.#look(part)));
      this.dispatchEvent(new Event("change"));
    })();
    await this.#looking;
  }

  /** @param {Part} part */
  async #look(part) {
    const layer = layerFor(this.view, part);
    const { server } = this.readings;
    const goesOn = GOING_ON[part];
    this.read[part] = await this.readings.of(`board:${part}`, async () => {
      // Never by the device's clock: one far ahead leaves out what holds.
      const condition = typeof goesOn === "string" ? goesOn : goesOn(await server.time());
      const filter = condition ? `&filter=${encodeURIComponent(condition)}` : "";
      const found = await server.read(`/collections/${layer.id}/items?f=json&limit=${MOST}${filter}`);
      return /** @type {{features: Item[]}} */ (found).features;
    });
  }

  /** @param {Part} part @returns {Item[]} none where nothing is known */
  all(part) {
    return this.read[part].value ?? [];
  }

  /** Incidents that go on, the newest first; those that a vehicle is sent to before all others. */
  incidents(/** @type {string | null} */ call_sign = null) {
    const own = new Set(
      this.all("dispatches").flatMap(({ properties }) =>
        properties["call_sign"] === call_sign ? [properties["incident_id"]] : [],
      ),
    );
    const rank = (/** @type {Item} */ item) => (own.has(item.properties["incident_id"]) ? 0 : 1);
    return this.all("incidents")
      .map((item) => ({ item, isOwn: rank(item) === 0 }))
      .sort(
        (a, b) =>
          rank(a.item) - rank(b.item) ||
          String(b.item.properties["reported_at"]).localeCompare(String(a.item.properties["reported_at"])),
      );
  }

  /**
   * Those that hold at a time, or will.
   *
   * @param {"closures" | "evacuation-orders"} part
   * @param {number | null} at null: what time it is is not known, and none is left out
   */
  from(part, at) {
    return this.all(part).filter(
      ({ properties }) => at === null || properties["until"] === null || Date.parse(properties["until"]) > at,
    );
  }

  /**
   * Those of them that hold now: what a map shows.
   *
   * @param {"closures" | "evacuation-orders"} part
   * @param {number | null} at null: what time it is is not known, and none is left out
   */
  holding(part, at) {
    return this.from(part, at).filter(({ properties }) => at === null || Date.parse(properties["from"]) <= at);
  }

  /** @param {string} incident_id @returns {Item[]} dispatches that go on */
  dispatchesTo(incident_id) {
    return this.all("dispatches").filter(({ properties }) => properties["incident_id"] === incident_id);
  }
}
