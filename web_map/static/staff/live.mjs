/**
 * The stream of events (`/events`), and whether its silence means that nothing happens.
 */

const KINDS = [
  "positions",
  "status",
  "closure-set",
  "closure-changed",
  "closure-ended",
  "route-cut",
  "route-changed",
  "route-restored",
  "route-ended",
  "gap",
];
/** The server says something at least every ten seconds; a browser does not tell of its comments. */
const AGAIN_MS = 5_000;

/**
 * @param {(kind: string, content: any) => void} heard
 * @param {(current: boolean) => void} told whether events are heard of now
 */
export function listen(heard, told) {
  let source = new EventSource("/events");
  /** @type {string | null} */
  let last = null;
  const bind = () => {
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        last = /** @type {MessageEvent} */ (event).lastEventId || last;
        heard(kind, JSON.parse(/** @type {MessageEvent} */ (event).data));
      });
    }
    source.addEventListener("state", (event) => told(JSON.parse(/** @type {MessageEvent} */ (event).data).current));
    source.onerror = () => {
      told(false);
      // A browser gives up where the answer is no stream, as while the database is away.
      if (source.readyState === EventSource.CLOSED) {
        setTimeout(() => {
          source = new EventSource(last === null ? "/events" : `/events?after=${last}`);
          bind();
        }, AGAIN_MS);
      }
    };
  };
  bind();
}
