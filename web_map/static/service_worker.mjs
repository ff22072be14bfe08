/**
 * Answers with the network off: pages from the network first, files that never change from what was kept first.
 *
 * It touches only what is named here.  What is asked with a sign-in, and what the server forbids to keep, is not kept;
 * the internal face has no such worker.  `self.NGIS` is put in front by the server (`services/http/offline.py`).
 */

/** @type {any} */
const worker = self;
/** @type {{ static: string, unsaved: Record<string, string> }} */
const { static: FILES, unsaved: UNSAVED } = worker.NGIS;

const SHELL = `ngis-shell-${FILES}`;
const ANSWERS = "ngis-answers";
const TILES = "ngis-tiles";
const OFFLINE = "/offline/";
const [MOST_ANSWERS, MOST_TILES] = [20, 2_000];
const PATIENCE_MS = 12_000;
const TILE = /^\/ogc\/collections\/[^/]+\/(?:map\/)?tiles\//;

worker.addEventListener("install", (/** @type {any} */ event) => {
  const first = ["card.css", "orders.css", "card.mjs", "live.mjs", "changes.mjs", "icon.svg"].map((file) => `${FILES}/${file}`);
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(first)).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(forget().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const request = /** @type {Request} */ (event.request);
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || request.headers.has("Authorization")) return;
  if (url.pathname === "/" || url.pathname === "/map") {
    if (request.mode === "navigate") event.respondWith(page(request, url));
  } else if (url.pathname.startsWith(OFFLINE)) {
    event.respondWith(ofBundle(request, url));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(keptFirst(request, SHELL, Infinity));
  } else if (TILE.test(url.pathname) && url.searchParams.has("revision")) {
    event.respondWith(keptFirst(request, TILES, MOST_TILES));
  }
});

/** Shells of other versions go, with all that belonged to them. */
async function forget() {
  for (const name of await caches.keys()) {
    if (name.startsWith("ngis-shell-") && name !== SHELL) await caches.delete(name);
  }
}

/**
 * A page from the network; else the same page as it was shown before, which says so; else what was saved of the city.
 *
 * @param {Request} request
 * @param {URL} url
 * @returns {Promise<Response>}
 */
async function page(request, url) {
  let refused;
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.status < 500) {
      if (mayBeKept(response)) await keep(request, response.clone(), ANSWERS, MOST_ANSWERS);
      return response;
    }
    refused = response; // the server answers, and says that it cannot
  } catch {
    refused = null;
  }
  const known = await caches.match(request, { cacheName: ANSWERS }).catch(() => undefined);
  if (known !== undefined) return asShownBefore(known);
  if ((await caches.match(`${OFFLINE}manifest.js`).catch(() => undefined)) !== undefined) {
    return Response.redirect(`${OFFLINE}${url.search}`);
  }
  return refused ?? unsaved();
}

/**
 * @param {Response} response
 * @returns {Promise<Response>} the page with its sentence that it is an old one
 */
async function asShownBefore(response) {
  const text = (await response.text()).replace('id="kept" hidden', 'id="kept"').replaceAll("data-kept hidden", "data-kept");
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return new Response(text, { status: 200, headers });
}

/** Nothing was saved: said in every language, since nothing says which. */
function unsaved() {
  const lines = Object.entries(UNSAVED).map(([language, text]) => `<p lang="${language}">${text}</p>`);
  const head = '<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width">';
  return new Response(`${head}<title>オフライン / Offline</title><main>${lines.join("")}</main></html>`, {
    status: 503,
    headers: { "Content-Type": "text/html; charset=utf-8" },
  });
}

/**
 * A file of the bundle as it was saved, whatever stands behind its `?`; where nothing was, from the network.
 *
 * @param {Request} request
 * @param {URL} url
 * @returns {Promise<Response>}
 */
async function ofBundle(request, url) {
  if (request.headers.has("X-Ngis-Save")) return fetch(request); // or it would never see anything new
  const file = url.pathname === OFFLINE ? `${OFFLINE}index.html` : url.pathname;
  const known = await caches.match(file).catch(() => undefined);
  return known ?? fetch(request);
}

/**
 * @param {Request} request
 * @param {string} name of the cache
 * @param {number} most
 * @returns {Promise<Response>}
 */
async function keptFirst(request, name, most) {
  const known = await caches.match(request).catch(() => undefined);
  if (known !== undefined) return known;
  const response = await fetch(request);
  if (mayBeKept(response)) await keep(request, response.clone(), name, most);
  return response;
}

/** @param {Response} response */
function mayBeKept(response) {
  return response.status === 200 && !/no-store|private/.test(response.headers.get("Cache-Control") ?? "");
}

/**
 * Keeps an answer, and lets the oldest go; where storage is refused nothing is kept, and the answer is given all the same.
 *
 * @param {Request} request
 * @param {Response} response
 * @param {string} name
 * @param {number} most
 */
async function keep(request, response, name, most) {
  try {
    const cache = await caches.open(name);
    await cache.delete(request); // so that it comes last
    await cache.put(request, response);
    const keys = most === Infinity ? [] : await cache.keys();
    for (const old of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(old);
  } catch (error) {
    console.info(error);
  }
}
