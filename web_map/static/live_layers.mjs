/**
 * Layers whose features hold for a time, as they are now: read from the API, drawn and counted, and read again where
 * the stream says that something has changed.
 */

import { listen } from "./changes.mjs";
import { serverClock } from "./server_clock.mjs";

/** @typedef {import("./view.mjs").View} View */
/** @typedef {import("./view.mjs").LayerView} LayerView */
/** @typedef {import("./layer_list.mjs").LayerList} LayerList */
/** @typedef {import("geojson").FeatureCollection} FeatureCollection */

const MOST = 1_000;
const PATIENCE_MS = 20_000;
/** So much it may be later than the clock of the server has it: what has just begun holds. */
const WITHIN_MS = 1_000;

/**
 * What is known of a layer now.
 *
 * @typedef {object} Known
 * @property {FeatureCollection | null} features null: never read
 * @property {number | null} at when it was read, milliseconds since 1970
 * @property {boolean} fresh nothing was missed since
 * @property {boolean} pending it is read for the first time
 */

/**
 * Tells `change` with the layer's id when it was read, or is not known to be current any more, and `moved` with id and
 * revision where a layer drawn from tiles has another.
 */
export class LiveLayers extends EventTarget {
  /** @type {Map<string, Known>} */
  known = new Map();
  #stamp = "";
  #reading = 0;
  /** @type {Record<string, number>} */
  #revisions = {};

  /** @param {View} view */
  constructor(view) {
    super();
    this.layers = view.layers.filter((layer) => layer.holds !== null);
    for (const { id } of this.layers) this.known.set(id, { features: null, at: null, fresh: false, pending: true });
    for (const { id, revision } of view.layers) this.#revisions[id] = revision;
  }

  /**
   * From now on.
   *
   * @param {string} address of the stream
   */
  start(address) {
    if (this.layers.length === 0) return;
    const read = () => this.layers.forEach((layer) => void this.read(layer));
    if (!("EventSource" in window)) return read();
    let isAway = false;
    listen(
      address,
      (told) => {
        if (!told.current) {
          isAway = true;
          return this.#outdate();
        }
        const isMissed = this.#reading === 0 && [...this.known.values()].some(({ fresh }) => !fresh);
        if (told.stamp !== this.#stamp || isAway || isMissed) {
          const pause = this.#stamp === "" ? 0 : Math.random() * told.spread_s * 1000;
          this.#stamp = told.stamp;
          setTimeout(read, pause);
        }
        isAway = false;
        for (const [id, revision] of Object.entries(told.revisions)) {
          if (id in this.#revisions && this.#revisions[id] !== revision && !this.known.has(id)) {
            this.dispatchEvent(new CustomEvent("moved", { detail: { id, revision } }));
          }
          this.#revisions[id] = revision;
        }
        // What was read stands for as long as the stream says that nothing has changed.
        for (const [id, known] of this.known) {
          if (known.fresh) {
            known.at = told.seen_at * 1000;
            this.#tell(id);
          }
        }
      },
      () => {
        isAway = true; // what has happened meanwhile is read when the connection is back
        if (this.#stamp === "") read();
        else this.#outdate();
      },
    );
  }

  /** @param {LayerView} layer */
  async read(layer) {
    const before = this.known.get(layer.id) ?? { features: null, at: null, fresh: false, pending: true };
    this.#reading += 1;
    try {
      const now = await serverClock.ask();
      const response = await fetch(`${layer.items}?${holdingAt(now + WITHIN_MS, layer)}`, {
        headers: { accept: "application/geo+json" },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      // Answered from a cache while the database is away (RFC 9111, 5.5).
      const isLate = response.headers.get("warning")?.startsWith("111") ?? false;
      if (!response.ok || isLate) throw new Error(`HTTP ${response.status}`);
      const found = /** @type {FeatureCollection} */ (await response.json());
      const features = found.features.map((each) => ({ ...each, properties: { ...each.properties, id: each.id } }));
      this.known.set(layer.id, { features: { type: "FeatureCollection", features }, at: now, fresh: true, pending: false });
    } catch (error) {
      console.info(error); // said in the list
      this.known.set(layer.id, { ...before, fresh: false, pending: false });
    } finally {
      this.#reading -= 1;
    }
    this.#tell(layer.id);
  }

  #outdate() {
    for (const [id, known] of this.known) {
      known.fresh = known.pending = false;
      this.#tell(id);
    }
  }

  /** @param {string} id */
  #tell(id) {
    this.dispatchEvent(new CustomEvent("change", { detail: id }));
  }
}

/**
 * The layers of a page, followed from now on, with what the list says of each.
 *
 * @param {View} view
 * @param {LayerList} list
 * @returns {LiveLayers}
 */
export function followed(view, list) {
  const live = new LiveLayers(view);
  live.addEventListener("change", (event) => {
    const id = /** @type {CustomEvent} */ (event).detail;
    const known = live.known.get(id);
    if (known) list.tellNow(id, known, minute(known.at, view));
  });
  live.start("/changes");
  return live;
}

/**
 * The query for what holds at a moment.
 *
 * @param {number} at milliseconds since 1970
 * @param {LayerView} layer
 * @returns {URLSearchParams}
 */
function holdingAt(at, { holds }) {
  const [from, until] = /** @type {[string, string]} */ (holds);
  const now = `TIMESTAMP('${new Date(at).toISOString()}')`;
  const filter = `"${from}" <= ${now} AND ("${until}" IS NULL OR "${until}" > ${now})`;
  return new URLSearchParams({ f: "json", limit: String(MOST), "filter-lang": "cql2-text", filter });
}

/**
 * Hours and minutes by the clock of the city; nothing where the moment is not known.
 *
 * @param {number | null} at milliseconds since 1970
 * @param {View} view
 */
function minute(at, view) {
  if (at === null) return "";
  const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: view.city.time_zone };
  return new Intl.DateTimeFormat(view.language, /** @type {Intl.DateTimeFormatOptions} */ (style)).format(at);
}
