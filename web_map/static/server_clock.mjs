/**
 * The server's time, whatever the device's clock says: by the header `Date`, and from there by a clock that nobody sets.
 */
class ServerClock {
  /** @type {number | null} milliseconds to be added to the monotonic clock */
  #ahead = null;

  /** @param {string | null} date of an answer that has just come */
  hear(date) {
    const told = date === null ? NaN : Date.parse(date);
    if (Number.isNaN(told)) return;
    const ahead = told + 500 - performance.now(); // the header has whole seconds
    if (this.#ahead === null || Math.abs(ahead - this.#ahead) > 1_500) this.#ahead = ahead;
  }

  /** Milliseconds since 1970; null where the server was not heard of yet: by what it is then nothing may be left out. */
  get heard() {
    return this.#ahead === null ? null : performance.now() + this.#ahead;
  }

  /** @returns {number} milliseconds since 1970; by the device where the server was not heard of yet */
  now() {
    return this.heard ?? Date.now();
  }
}

/** That of a page: there is one server. */
export const serverClock = new ServerClock();
