/**
 * The server as a page in a moving vehicle sees it: what it answers, what it refuses, and when it was heard of last.
 */

import { reading, serverClock } from "../server_clock.mjs";

/** No answer: no network, too late, or the server or its database is away.  Trying again helps. */
export class AwayError extends Error {}

/** An answer that says no.  `detail` is the server's own sentence. */
export class RefusedError extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   * @param {{pointer: string, detail: string}[]} flaws
   */
  constructor(status, detail, flaws = []) {
    super([detail, ...flaws.map((each) => each.detail)].join(" "));
    this.status = status;
    this.flaws = flaws;
  }
}

/** @typedef {{account: string, display_name: string, roles: string[], csrf: string}} Session */

const PATIENCE_MS = 15_000;
/** Of what is computed: the first question after a change of the roads takes longer. */
const PATIENCE_WITH_PROCESSES_MS = 40_000;
const AWAY = new Set([408, 425, 429, 500, 502, 503, 504]);

export class Server extends EventTarget {
  clock = serverClock;
  /** @type {Session | null} */
  session = null;
  /** The last request was answered. */
  reached = true;

  /**
   * @param {string} ogc where the OGC API is
   * @param {string} language
   */
  constructor(ogc, language) {
    super();
    this.ogc = ogc;
    this.language = language;
  }

  /** Who is signed in; `null` where nobody is.  Throws `AwayError`. */
  async signIn() {
    try {
      this.session = /** @type {Session} */ ((await this.#ask("GET", "/session")).document);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      this.session = null;
    }
    this.dispatchEvent(new Event("session"));
    return this.session;
  }

  /** What time it is there, which is asked where it is not known.  Throws `AwayError`. */
  async time() {
    try {
      return this.clock.heard ?? (await this.clock.ask());
    } catch (error) {
      this.#tell(false);
      throw new AwayError(error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * @param {string} path below the OGC API
   * @returns {Promise<any>}
   */
  async read(path) {
    return (await this.#ask("GET", this.ogc + path)).document;
  }

  /**
   * Something with the tag of its state, for a change that is to be made only while it stands so.
   *
   * @param {string} path below the OGC API
   * @returns {Promise<{document: any, tag: string | null}>}
   */
  readTagged(path) {
    return this.#ask("GET", this.ogc + path);
  }

  /**
   * A process executed.
   *
   * @param {string} id
   * @param {Record<string, unknown>} inputs
   * @returns {Promise<any>} its one output
   */
  async execute(id, inputs) {
    const sent = { body: { inputs: { language: this.language, ...inputs } }, patience_ms: PATIENCE_WITH_PROCESSES_MS };
    return (await this.#ask("POST", `${this.ogc}/processes/${id}/execution`, sent)).document;
  }

  /**
   * Something changed; once more with a new token where that of the page was old.
   *
   * @param {string} method
   * @param {string} path below the OGC API
   * @param {unknown} body
   * @param {string} type media type
   * @param {string | null} tag of the state that is to be changed: the server refuses (412) where it is another by now
   * @returns {Promise<any>}
   */
  async change(method, path, body, type = "application/json", tag = null) {
    if (this.session === null) await this.signIn();
    try {
      return (await this.#ask(method, this.ogc + path, { body, type, tag })).document;
    } catch (error) {
      if (!(error instanceof RefusedError) || error.status !== 403) throw error;
      const before = this.session?.csrf;
      await this.signIn();
      if (this.session?.csrf === before) throw error;
      return (await this.#ask(method, this.ogc + path, { body, type, tag })).document;
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {{body?: unknown, type?: string, tag?: string | null, patience_ms?: number}} [sent]
   * @returns {Promise<{document: any, tag: string | null}>}
   */
  async #ask(method, path, { body, type = "application/json", tag = null, patience_ms = PATIENCE_MS } = {}) {
    /** @type {Record<string, string>} */
    const headers = { accept: "application/geo+json, application/json", "accept-language": this.language };
    if (body !== undefined) headers["content-type"] = type;
    if (tag !== null) headers["if-match"] = tag;
    if (this.session !== null && method !== "GET") headers["x-csrf-token"] = this.session.csrf;
    let response;
    /** @type {any} */
    let document = null;
    const sent = reading();
    try {
      const init = { method, headers, signal: AbortSignal.timeout(patience_ms), redirect: /** @type {const} */ ("error") };
      response = await fetch(path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
      const text = await response.text();
      if (text !== "" && (response.headers.get("content-type") ?? "").includes("json")) document = JSON.parse(text);
    } catch (error) {
      this.#tell(false);
      throw new AwayError(error instanceof Error ? error.message : String(error));
    }
    // What a cache says while the database is away is of its time, not of now.
    const isLate = response.headers.get("warning")?.startsWith("111") ?? false;
    if (!isLate) this.clock.hear(response.headers.get("date"), sent);
    this.#tell(!AWAY.has(response.status) && !isLate);
    if (AWAY.has(response.status)) throw new AwayError(document?.detail ?? `HTTP ${response.status}`);
    if (!response.ok) {
      if (response.status === 401) this.#forgetSession();
      throw new RefusedError(response.status, document?.detail ?? `HTTP ${response.status}`, document?.errors ?? []);
    }
    return { document, tag: response.headers.get("etag") };
  }

  #forgetSession() {
    if (this.session === null) return;
    this.session = null;
    this.dispatchEvent(new Event("session"));
  }

  /** @param {boolean} reached */
  #tell(reached) {
    const changed = this.reached !== reached;
    this.reached = reached;
    if (changed) this.dispatchEvent(new Event("reached"));
  }
}
