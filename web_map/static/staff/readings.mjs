/**
 * What was read, with the time it is of: from the server, else what the device has kept of before.
 */

import { AwayError, RefusedError } from "./server.mjs";

/** @typedef {import("./server.mjs").Server} Server */
/** @typedef {import("./store.mjs").Store} Store */

/**
 * @template T
 * @typedef {object} Reading
 * @property {T | null} value null: nothing is known
 * @property {number | null} at the time it is of
 * @property {boolean} fresh read just now
 * @property {string} refusal what the server said where it refuses
 */

export class Readings {
  /**
   * @param {Server} server
   * @param {Store} store
   */
  constructor(server, store) {
    this.server = server;
    this.store = store;
  }

  /**
   * @template T
   * @param {string} key under which it is kept
   * @param {() => Promise<T>} read
   * @returns {Promise<Reading<T>>}
   */
  async of(key, read) {
    let refusal = "";
    try {
      const value = await read();
      const at = this.server.clock.now();
      await this.keep(key, value, at);
      return { value, at, fresh: true, refusal };
    } catch (error) {
      if (error instanceof RefusedError) refusal = error.message;
      else if (!(error instanceof AwayError)) throw error;
    }
    return { ...(await this.before(key)), refusal };
  }

  /**
   * What is kept, and nothing newer.
   *
   * @param {string} key
   * @returns {Promise<Reading<any>>}
   */
  async before(key) {
    const kept = await this.store.kept(key).catch(() => null);
    return { value: kept?.value ?? null, at: kept?.at ?? null, fresh: false, refusal: "" };
  }

  /**
   * @param {string} key
   * @param {unknown} value
   * @param {number} at
   */
  async keep(key, value, at) {
    // A device that is full reads on without keeping.
    await this.store.keep(key, value, at).catch(() => undefined);
  }
}
