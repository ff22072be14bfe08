/**
 * Status keys on their way to the server: kept before they are sent, sent in their order, forgotten when they are taken.
 *
 * Each has an id, by which the server knows it when it is sent again, and a time later than that of the key before it, so
 * that a clock set back in between does not turn their order round.  The time of a key that was pressed while the server's
 * time was not known is by the device's clocks, of which one may be years off and the other may have stood still: it is
 * put right when the server is heard, and where they disagree it is said from when to when it may have been.
 */

import { agree, reading } from "../server_clock.mjs";
import { AwayError, RefusedError } from "./server.mjs";

/** So much two readings of the server's clock may differ. */
const INEXACT_MS = 2_000;

/** @typedef {import("./server.mjs").Server} Server */
/** @typedef {import("./store.mjs").Store} Store */

/**
 * @typedef {object} Report as the server takes it
 * @property {string} report_id
 * @property {string} call_sign
 * @property {string} status
 * @property {string} time
 * @property {string} [not_before] where the key may have been pressed earlier
 * @property {number} [lon]
 * @property {number} [lat]
 * @property {number} [accuracy_m]
 *
 * @typedef {object} Unsure of a time that is by the device
 * @property {number} pressed by the clock on its wall
 * @property {number} [ticks] of the page then
 * @property {number} [page] when that page was opened: with those of another, ticks are not comparable
 * @property {number} after the time by the server before which it was not pressed
 *
 * @typedef {Report & {unsure?: Unsure}} Waiting
 */

const MOST_AT_ONCE = 50;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;
const LAST_TIME = "last-report-time";

/**
 * Tells `change` when what waits has changed, `sent` with reports as the server has them, `refused` with what it did not
 * believe.
 */
export class ReportQueue extends EventTarget {
  /** @type {Waiting[]} */
  waiting = [];
  /** Why sending stopped though the server answers: it refuses whoever is signed in. */
  hindrance = "";
  #pause = FIRST_PAUSE_MS;
  /** The time of the last key by the server's clock, where the device could not keep it. */
  #last = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<void>} */
  #adding = Promise.resolve();

  /**
   * @param {Server} server
   * @param {Store} store
   * @param {string} path below the OGC API, of the page that takes reports
   */
  constructor(server, store, path) {
    super();
    this.server = server;
    this.store = store;
    this.path = path;
    addEventListener("online", () => void this.flush());
    server.addEventListener("reached", () => {
      if (server.reached && this.waiting.length > 0) void this.flush();
    });
  }

  /** What waited when the page was closed. */
  async restore() {
    await this.#look();
    await this.flush();
  }

  /**
   * A key is pressed.  It is kept when this is settled, and on its way.
   *
   * @param {string} call_sign
   * @param {string} status
   * @param {{lon: number, lat: number, accuracy_m: number} | null} place
   * @returns {Promise<Report>}
   */
  press(call_sign, status, place) {
    const { heard, least } = this.server.clock;
    const { wall, ticks } = reading();
    const pressed = heard ?? wall;
    const kept = this.#adding.then(async () => {
      const before = await this.#before();
      // Far ahead of now it was taken by a clock that has been set right since.
      const time = pressed <= before && before - pressed < 3_600_000 ? before + 1 : pressed;
      if (heard !== null) await this.#remember(time);
      /** @type {Waiting} */
      const report = {
        report_id: newId(),
        call_sign,
        status,
        time: new Date(time).toISOString(),
        ...(place ?? {}),
        ...(heard === null
          ? { unsure: { pressed, ticks, page: performance.timeOrigin, after: Math.max(before, least) } }
          : {}),
      };
      await this.store.add(report);
      await this.#look();
      return report;
    });
    this.#adding = kept.then(
      () => undefined,
      () => undefined,
    );
    void this.#adding.then(() => this.flush());
    return kept;
  }

  async #before() {
    return Math.max(this.#last, (await this.store.kept(LAST_TIME))?.value ?? 0);
  }

  /** @param {number} time by the server's clock */
  async #remember(time) {
    this.#last = time;
    await this.store.keep(LAST_TIME, time, time).catch(() => undefined); // a full device sends all the same
  }

  /** Sends what waits, by one page at a time.  Tries again by itself where the server is away. */
  async flush() {
    clearTimeout(this.#timer);
    const send = () => this.#send();
    await ("locks" in navigator ? navigator.locks.request("ngis-reports", send) : send());
  }

  async #send() {
    for (;;) {
      const batch = (await this.store.waiting()).slice(0, MOST_AT_ONCE);
      if (batch.length === 0) break;
      try {
        const reports = await this.#timed(batch.map(([, report]) => report));
        const refused = await this.#sent(reports);
        this.dispatchEvent(new CustomEvent("sent", { detail: reports }));
        await this.store.remove(batch.map(([number]) => number));
        this.#pause = FIRST_PAUSE_MS;
        this.hindrance = "";
        if (refused.length > 0) this.dispatchEvent(new CustomEvent("refused", { detail: refused }));
      } catch (error) {
        this.hindrance = error instanceof AwayError ? "" : String(error instanceof Error ? error.message : error);
        this.#timer = setTimeout(() => void this.flush(), this.#pause);
        this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
        break;
      }
    }
    await this.#look();
  }

  /**
   * Reports by the server's clock, each later than the one before it, and none later than now.
   *
   * @param {Waiting[]} waiting
   * @returns {Promise<Report[]>}
   */
  async #timed(waiting) {
    if (waiting.every(({ unsure }) => unsure === undefined)) return waiting;
    const now = await this.server.time();
    const at = reading();
    let last = 0;
    const reports = waiting.map(({ unsure, ...report }) => {
      const { time, notBefore } = unsure ? spanOf(unsure, now, at) : { time: Date.parse(report.time), notBefore: null };
      last = Math.max(time, last + 1);
      return {
        ...report,
        time: new Date(last).toISOString(),
        ...(notBefore === null ? {} : { not_before: new Date(notBefore).toISOString() }),
      };
    });
    if (last > (await this.#before())) await this.#remember(last);
    return reports;
  }

  /**
   * @param {Report[]} reports
   * @returns {Promise<{report: Report, reason: string}[]>} those that the server does not believe, ever
   */
  async #sent(reports) {
    try {
      /** @type {{results: {outcome: string, reason?: string}[]}} */
      const { results } = await this.server.change("POST", this.path, reports);
      return results.flatMap(({ outcome, reason }, index) => {
        const report = reports[index];
        return outcome === "refused" && report ? [{ report, reason: reason ?? "" }] : [];
      });
    } catch (error) {
      // None of them: the reasons are those of the content.  Anything else is of who asks, or of a moment.
      if (!(error instanceof RefusedError) || error.status !== 422) throw error;
      return reports.map((report, index) => {
        const own = error.flaws.filter((flaw) => flaw.pointer.split("/")[1] === String(index));
        return { report, reason: own.map((flaw) => flaw.detail).join(" ") || error.message };
      });
    }
  }

  async #look() {
    this.waiting = (await this.store.waiting()).map(([, report]) => report);
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * When a key was pressed by the server's clock.  Ticks stand still but never run ahead, so it was not later than by them.
 * If more time has passed on the wall, the device slept or that clock was set: it was between the two.
 *
 * @param {Unsure} unsure
 * @param {number} now by the server
 * @param {import("../server_clock.mjs").Reading} at the same by the device
 * @returns {{time: number, notBefore: number | null}} the latest it can have been; the earliest where that is another
 */
export function spanOf({ pressed, ticks, page, after }, now, at) {
  // Headers have whole seconds: by them it may be a little earlier now than it was at the key before, and is not.
  const least = after - now < INEXACT_MS ? after + 1 : 0;
  const within = (/** @type {number} */ time) => Math.max(Math.min(Math.max(time, after + 1), now), least);
  const byWall = now - (at.wall - pressed);
  if (ticks === undefined || page !== performance.timeOrigin) return { time: within(byWall), notBefore: null };
  const byTicks = now - (at.ticks - ticks);
  const [time, earliest] = [within(byTicks), within(byWall)];
  const isSure = agree({ ticks, wall: pressed }, at) || earliest >= time;
  return { time, notBefore: isSure ? null : earliest };
}

/** @returns {string} 128 random bits; `randomUUID` exists over TLS alone */
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
