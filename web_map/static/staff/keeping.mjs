/**
 * Whose what the device keeps is: of one account, gone with its sign-out, and gone before another sees the page.
 *
 * Status keys that wait to be sent are the vehicle's and stay: nobody sees them, and a report that is lost is one that
 * the desk waits for.
 */

/** @typedef {import("./store.mjs").Store} Store */

const OWNER = "owner";
/** Keeps the order of reports, whoever is signed in. */
const STAYS = "last-report-time";
const PAGE_CACHE = "ngis-staff-page";
const TILE_CACHE = "ngis-staff-tiles";
const TILE = /\/ogc\/collections\/[^/]+\/(?:map\/)?tiles\/.*[?&]revision=/;

/**
 * From now on what is kept is this account's; what another left is removed first.
 *
 * @param {Store} store
 * @param {string} account
 */
export async function own(store, account) {
  const before = await store.kept(OWNER).catch(() => null);
  if (before?.value === account) return;
  await clear(store);
  await store.keep(OWNER, account, Date.now()).catch(() => undefined);
}

/**
 * Everything of the account is removed, and nothing more is kept.
 *
 * @param {Store} store
 */
export async function forget(store) {
  const { keep } = store;
  store.keep = async () => undefined; // what is still on its way is not kept after all
  await clear({ ...store, keep });
  await removeCache(PAGE_CACHE);
}

/** @param {Store} store */
async function clear(store) {
  const last = await store.kept(STAYS).catch(() => null);
  await store.clear().catch(() => undefined);
  if (last !== null) await store.keep(STAYS, last.value, last.at).catch(() => undefined);
  await removeCache(TILE_CACHE);
}

/** @param {string} name */
async function removeCache(name) {
  try {
    await caches.delete(name);
  } catch {
    // Without TLS there is none; where storage is refused even its name throws.
  }
}

/**
 * A form of signing out that leaves nothing behind on the device.
 *
 * @param {HTMLFormElement} form
 * @param {Store} store
 * @param {() => boolean} agreed whether to go on
 */
export function bindLeaving(form, store, agreed = () => true) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!agreed()) return;
    await forget(store);
    form.submit();
  });
}

/**
 * The service worker, and in its caches what this visit has read before there was one: the next may be in a tunnel.
 *
 * @param {string} script
 */
export async function keepForTunnel(script) {
  if (!("serviceWorker" in navigator)) return; // it needs TLS, or this machine: the page tells of the connection anyhow
  try {
    await navigator.serviceWorker.register(script);
    await navigator.serviceWorker.ready;
    const pages = await caches.open(PAGE_CACHE);
    if ((await pages.keys()).length === 0) {
      const response = await fetch(location.href, { redirect: "error" });
      if (response.ok) await pages.put(location.href, response);
    }
    const tiles = await caches.open(TILE_CACHE);
    const read = performance.getEntriesByType("resource").map((entry) => entry.name);
    for (const address of new Set(read.filter((name) => TILE.test(name)))) {
      if ((await tiles.match(address)) !== undefined) continue;
      const response = await fetch(address);
      if (response.status === 200) await tiles.put(address, response);
    }
  } catch (error) {
    console.info(error); // refused by the browser or its owner: with a network the page works all the same
  }
}
