/**
 * The responder's screen through a tunnel: its files, its page, and the tiles of its map, kept by the device.
 *
 * What the staff read is not kept here but by the page itself (`store.mjs`), with the time that it is of.  Page and tiles
 * are those of one account: `keeping.mjs` clears them at its sign-out, and where another signs in.
 * `self.NGIS` is put in front by the server (`services/http/staff.py`).
 */

/** @type {any} */
const worker = self;
/** @type {{ static: string, shell: string[], page: string, said: Record<string, string[]> }} */
const { static: FILES, shell: FIRST, page: PAGE, said: SAID } = worker.NGIS;

const SHELL = `ngis-staff-shell-${FILES}`;
const PAGES = "ngis-staff-page";
const TILES = "ngis-staff-tiles";
const MOST_TILES = 3_000;
const PATIENCE_MS = 6_000;
const TILE = /^\/ogc\/collections\/[^/]+\/(?:map\/)?tiles\//;

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FIRST)).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(forget().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const request = /** @type {Request} */ (event.request);
  const url = new URL(request.url);
  if (url.origin !== location.origin || request.headers.has("Authorization")) return;
  if (request.mode === "navigate" && request.method === "POST" && url.pathname === "/sign-out") {
    event.respondWith(fetch(request).catch(() => said("worker.not_signed_out")));
  } else if (request.method !== "GET") {
    return;
  } else if (url.pathname === PAGE) {
    if (request.mode === "navigate") event.respondWith(page(request));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(keptFirst(request, SHELL, Infinity));
  } else if (TILE.test(url.pathname) && url.searchParams.has("revision")) {
    event.respondWith(keptFirst(request, TILES, MOST_TILES));
  }
});

/** Files of other versions go. */
async function forget() {
  for (const name of await caches.keys()) {
    if (name.startsWith("ngis-staff-shell-") && name !== SHELL) await caches.delete(name);
  }
}

/**
 * The page from the network; where that or the server is away, as it was last.  Who is not signed in any more is sent
 * to the form, and shown nothing that was kept.
 *
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function page(request) {
  let refused;
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.type === "opaqueredirect" || response.status < 500) {
      if (response.status === 200) await keepPage(request, response.clone());
      return response;
    }
    refused = response;
  } catch {
    refused = null;
  }
  const cache = await caches.open(PAGES);
  return (await cache.match(request)) ?? (await cache.match(PAGE, { ignoreSearch: true })) ?? refused ?? said("worker.unsaved");
}

/**
 * In place of every other one: they may be another account's.
 *
 * @param {Request} request
 * @param {Response} response
 */
async function keepPage(request, response) {
  try {
    await caches.delete(PAGES);
    await (await caches.open(PAGES)).put(request, response);
  } catch (error) {
    console.info(error); // storage is refused or full: the page is shown all the same
  }
}

/**
 * @param {Request} request
 * @param {string} name of the cache
 * @param {number} most
 * @returns {Promise<Response>}
 */
async function keptFirst(request, name, most) {
  const cache = await caches.open(name).catch(() => null);
  const known = await cache?.match(request, { ignoreSearch: name === SHELL });
  if (known !== undefined) return known;
  const response = await fetch(request);
  if (cache !== null && response.status === 200) {
    try {
      await cache.put(request, response.clone());
      const keys = most === Infinity ? [] : await cache.keys();
      for (const old of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(old);
    } catch (error) {
      console.info(error);
    }
  }
  return response;
}

/**
 * A page of one sentence, in the languages of the staff: nothing says which.
 *
 * @param {string} key
 * @returns {Response}
 */
function said(key) {
  const lines = SAID[key] ?? [];
  const head = '<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width">';
  const body = lines.map((line, place) => `<p lang="${place === 0 ? "ja" : "en"}">${line}</p>`).join("");
  const html = `${head}<title>オフライン / Offline</title><main><h1>オフライン / Offline</h1>${body}</main></html>`;
  return new Response(html, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}
