/**
 * Tiles fetched by the page itself, so that every failure is known.
 *
 * MapLibre draws a tile answered with 404 as an empty one.  On this map emptiness must never stand for "not
 * found": here only 200 and 204 are answers, all else is an error that the list and the status line report.
 */

const SCHEME = "ngis";

/**
 * Register the scheme with MapLibre; call once.
 *
 * @param {typeof import("maplibre-gl")} maplibre
 */
export function registerTiles(maplibre) {
  maplibre.addProtocol(SCHEME, async (request, abort) => {
    const address = new URL(request.url.slice(`${SCHEME}://`.length), document.baseURI);
    const response = await fetch(address, { signal: abort.signal });
    if (response.status === 204) return { data: new ArrayBuffer(0) };
    if (response.status !== 200) throw new Error(`HTTP ${response.status} ${address.pathname}`);
    return {
      data: await response.arrayBuffer(),
      cacheControl: response.headers.get("cache-control"),
      expires: response.headers.get("expires"),
    };
  });
}

/**
 * A tile template of the view as one that MapLibre fetches through {@link registerTiles}.
 *
 * @param {string} template path
 * @returns {string}
 */
export function tileAddress(template) {
  return `${SCHEME}://${template}`;
}

/**
 * The same template for another state of the layer.
 *
 * @param {string} template
 * @param {number} revision
 */
export function atRevision(template, revision) {
  return template.replace(/([?&]revision=)\d+/, `$1${revision}`);
}

/** @typedef {{z: number, x: number, y: number}} TileId */

/**
 * Which layers are not on the map as they are, told to `changed` whenever that changes: sources that miss tiles, which
 * are asked for again after a pause, and what others note.
 */
export class TileWatch {
  /** @type {Set<string>} */
  #failed = new Set();
  /** @type {Set<string>} */
  #unread = new Set();
  /**
   * The tiles that failed since they were last asked for, by source.
   *
   * @type {Map<string, TileId[]>}
   */
  #missing = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #pause;

  /**
   * @param {import("maplibre-gl").Map} map
   * @param {(failed: ReadonlySet<string>) => void} changed
   * @param {{first_pause_ms?: number, longest_pause_ms?: number}} [options]
   */
  constructor(map, changed, { first_pause_ms = 5_000, longest_pause_ms = 60_000 } = {}) {
    this.map = map;
    this.changed = changed;
    this.first_pause_ms = first_pause_ms;
    this.longest_pause_ms = longest_pause_ms;
    this.#pause = first_pause_ms;
  }

  /** @returns {ReadonlySet<string>} */
  get failed() {
    return new Set([...this.#failed, ...this.#unread]);
  }

  /**
   * A layer that is read as a whole, and by others.
   *
   * @param {string} layer its id
   * @param {boolean} isRead as it is now
   */
  note(layer, isRead) {
    if (isRead ? this.#unread.delete(layer) : !this.#unread.has(layer) && this.#unread.add(layer)) {
      this.changed(this.failed);
    }
  }

  /**
   * @param {string} source id of the source, which is the id of its layer
   * @param {TileId | null} tile null where the failure is not of one tile
   */
  report(source, tile) {
    if (tile) this.#missing.set(source, [...(this.#missing.get(source) ?? []), tile]);
    if (!this.#failed.has(source)) {
      this.#failed.add(source);
      this.changed(this.failed);
    }
    this.#timer ??= setTimeout(() => this.#again(), this.#pause);
  }

  /** Ask again for the tiles of every failed source; those that fail once more report themselves. */
  #again() {
    this.#timer = undefined;
    this.#pause = Math.min(this.#pause * 2, this.longest_pause_ms);
    const waiting = this.#missing;
    this.#missing = new Map();
    for (const [source, tiles] of waiting) {
      // By name: asked for a whole source, MapLibre 6.17 never finishes loading the tiles that failed once.
      if (this.map.getSource(source)) this.map.refreshTiles(source, tiles);
    }
    this.map.once("idle", () => {
      // A report since then has set the timer: something still fails, so nothing is called sound yet.
      if (this.#timer !== undefined) return;
      this.#failed.clear();
      this.#pause = this.first_pause_ms;
      this.changed(this.failed);
    });
    this.map.triggerRepaint(); // an idle map that has nothing to fetch would not say so again
  }
}
