const PATIENCE_MS = 20_000;

/**
 * The server's time, whatever the device's clock says: by the header `Date`, and from there by a clock that nobody sets.
 */
class ServerClock {
  /** @type {number | null} milliseconds to be added to the monotonic clock */
  #ahead = null;

  /**
   * The header has whole seconds, and was written between the request and now: what is known already within that stands.
   *
   * @param {string | null} date of an answer that has just come
   * @param {number} sent when it was asked for, by `performance.now()`
   */
  hear(date, sent) {
    const told = date === null ? NaN : Date.parse(date);
    if (Number.isNaN(told)) return;
    const [least, most] = [told - performance.now(), told + 1_000 - sent];
    this.#ahead = this.#ahead === null ? (least + most) / 2 : Math.min(Math.max(this.#ahead, least), most);
  }

  /**
   * The same asked now: what a page counts stands still while the device sleeps.  Throws where nothing is heard.
   *
   * @returns {Promise<number>} milliseconds since 1970
   */
  async ask() {
    const sent = performance.now();
    const response = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    const date = response.headers.get("date");
    this.hear(date, sent);
    if (date === null || this.heard === null) throw new Error("The server does not say what time it is.");
    return this.heard;
  }

  /** Milliseconds since 1970; null where the server was not heard of yet: by what it is then nothing may be left out. */
  get heard() {
    return this.#ahead === null ? null : performance.now() + this.#ahead;
  }

  /** Milliseconds since 1970 by the device's clock as it was when the page was opened: set meanwhile, it goes on. */
  get device() {
    return performance.timeOrigin + performance.now();
  }

  /** @returns {number} milliseconds since 1970; by the device where the server was not heard of yet */
  now() {
    return this.heard ?? this.device;
  }
}

/** That of a page: there is one server. */
export const serverClock = new ServerClock();
