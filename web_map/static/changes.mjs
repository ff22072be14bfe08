/**
 * The stream `/changes`: of which state the data is, and whether that is known.
 *
 * The server says something at least every ten seconds.  Silence for longer means that the connection is gone, whatever
 * the browser thinks of it.
 */

/**
 * @typedef {object} Told
 * @property {boolean} current the server reaches its database
 * @property {number} seen_at when it last did, Unix time in seconds
 * @property {string} stamp of the state of the data
 * @property {Record<string, number>} revisions of the layers it is about, by id
 * @property {number} spread_s over how long those who are told ask anew
 */

const SILENT_MS = 25_000;
const AGAIN_MS = 5_000;

/**
 * Listens while the page is seen.
 *
 * @param {string} address
 * @param {(told: Told) => void} tell
 * @param {() => void} lose called when nothing is heard any more
 */
export function listen(address, tell, lose) {
  /** @type {EventSource | null} */
  let source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let silence;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let again;

  const close = () => {
    clearTimeout(silence);
    clearTimeout(again);
    source?.close();
    source = null;
  };
  const lost = () => {
    close();
    lose();
    again = setTimeout(open, AGAIN_MS * (1 + Math.random()));
  };
  const watch = () => {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENT_MS);
  };
  const open = () => {
    close();
    source = new EventSource(address);
    source.addEventListener("state", (event) => {
      watch();
      tell(JSON.parse(/** @type {MessageEvent} */ (event).data));
    });
    source.onerror = lost;
    watch();
  };

  // A page that nobody sees holds no connection; what has changed meanwhile it is told by the state's stamp.
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? open() : close()));
  addEventListener("pagehide", close);
  addEventListener("online", () => source === null && document.visibilityState === "visible" && open());
  addEventListener("offline", () => source !== null && lost());
  if (document.visibilityState === "visible") open();
}
