const PATIENCE_MS = 20_000;
/** So much the two clocks of a device differ in running; more, and one of them stood still or was set. */
const DRIFT_MS = 3_000;

/**
 * Both clocks of the device at one moment.  The ticks of the page are set by nobody, but stand still while many devices
 * sleep; the clock on the wall goes on, but is set.
 *
 * @typedef {object} Reading
 * @property {number} ticks milliseconds, comparable within one page
 * @property {number} wall milliseconds since 1970
 */

/** @returns {Reading} */
export function reading() {
  return { ticks: performance.now(), wall: Date.now() };
}

/**
 * Whether as much time has passed between two readings by either clock.  Where not, the device slept or its clock was set:
 * which of the two, and so how much, a page cannot know.
 *
 * @param {Reading} before
 * @param {Reading} after
 */
export function agree(before, after) {
  return Math.abs(after.wall - before.wall - (after.ticks - before.ticks)) <= DRIFT_MS;
}

/**
 * The server's time, whatever the device's clock says: by the header `Date`, and from there by the ticks of the page, as
 * long as the other clock of the device has gone on with them.
 */
class ServerClock {
  /** @type {number | null} milliseconds to be added to the ticks */
  #ahead = null;
  /** When the server was heard of last. */
  #last = reading();

  /**
   * The header has whole seconds, and was written between the request and now: what is known already within that stands.
   *
   * @param {string | null} date of an answer that has just come
   * @param {Reading} sent when it was asked for
   */
  hear(date, sent) {
    const told = date === null ? NaN : Date.parse(date);
    const now = reading();
    // Who slept in between does not know how long the answer lay there.
    if (Number.isNaN(told) || !agree(sent, now)) return;
    const [least, most] = [told - now.ticks, told + 1_000 - sent.ticks];
    const stands = this.#ahead !== null && agree(this.#last, now);
    this.#ahead = stands ? Math.min(Math.max(/** @type {number} */ (this.#ahead), least), most) : (least + most) / 2;
    this.#last = now;
  }

  /**
   * The same asked now.  Throws where nothing is heard.
   *
   * @returns {Promise<number>} milliseconds since 1970
   */
  async ask() {
    const sent = reading();
    const response = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    this.hear(response.headers.get("date"), sent);
    const { heard } = this;
    if (heard === null) throw new Error("The server does not say what time it is.");
    return heard;
  }

  /**
   * Milliseconds since 1970; null where the server was not heard of since the page was opened, the device woke, or its
   * clock was set: by what it is then nothing may be left out.
   */
  get heard() {
    const now = reading();
    return this.#ahead === null || !agree(this.#last, now) ? null : now.ticks + this.#ahead;
  }

  /** Milliseconds since 1970 by the server when it was heard of last, before which it is not now; -Infinity: never yet. */
  get least() {
    return this.#ahead === null ? -Infinity : this.#last.ticks + this.#ahead;
  }

  /** @returns {number} milliseconds since 1970; by the device where it is not known */
  now() {
    return this.heard ?? Date.now();
  }
}

/** That of a page: there is one server. */
export const serverClock = new ServerClock();
