/**
 * Keeps the bundle in the browser, whole or not at all, and says how that went.
 *
 * The service worker gives it back with the network off (`service_worker.mjs`).
 */

import { crc32, given } from "./checked.mjs";

/** @import { Manifest, Part } from "./bundle.mjs" */

/** Caches of bundles begin with this; a revision follows. */
const CACHE = "ngis-offline-";
const MANIFEST = "manifest.js";
const DAY_MS = 86_400_000;

/** @param {string} text of a file of the bundle */
function decoded(text) {
  return Uint8Array.from(atob(given(text)), (letter) => letter.charCodeAt(0));
}

/**
 * @param {string} text
 * @returns {Manifest & { shell: string[] }}
 */
function manifestOf(text) {
  return JSON.parse(new TextDecoder().decode(decoded(text)));
}

/**
 * The manifest of what is kept; null where nothing is.
 *
 * @param {string} base
 */
export async function kept(base) {
  const found = await caches.match(new URL(base + MANIFEST, location.href));
  return found === undefined ? null : manifestOf(await found.text());
}

/**
 * Keeps the bundle that the server has now; what is kept already is not fetched again.
 *
 * Whatever fails is thrown, and what was kept before stays.
 *
 * @param {string} base address of the bundle's folder
 * @returns {Promise<Manifest>}
 */
export async function keep(base) {
  const address = (/** @type {string} */ file) => new URL(base + file, location.href).href;
  const fetched = async (/** @type {string} */ file) => {
    // By this the service worker knows that what is kept already is not meant.
    const response = await fetch(address(file), { cache: "no-cache", headers: { "X-Ngis-Save": "1" } });
    if (!response.ok) throw new Error(`${file}: ${response.status}`);
    return response;
  };
  const listed = await fetched(MANIFEST);
  const manifest = manifestOf(await listed.clone().text());
  const name = CACHE + manifest.revision;
  const isNew = !(await caches.has(name));
  const cache = await caches.open(name);
  try {
    for (const part of Object.values(manifest.parts)) {
      const known = await caches.match(address(part.file));
      if (known !== undefined && isWhole(await known.clone().text(), part)) {
        await cache.put(address(part.file), known);
        continue;
      }
      const response = await fetched(part.file);
      if (!isWhole(await response.clone().text(), part)) throw new Error(`${part.file} did not arrive whole.`);
      await cache.put(address(part.file), response);
    }
    for (const file of manifest.shell) await cache.put(address(file), await fetched(file));
    await cache.put(address(MANIFEST), listed); // the last: without it nothing is kept
  } catch (error) {
    if (isNew) await caches.delete(name);
    throw error;
  }
  for (const other of await caches.keys()) {
    if (other.startsWith(CACHE) && other !== name) await caches.delete(other);
  }
  return manifest;
}

/**
 * @param {string} text
 * @param {Part} part
 */
function isWhole(text, part) {
  try {
    const bytes = decoded(text);
    return bytes.length === part.bytes && crc32(bytes) === part.crc32;
  } catch {
    return false;
  }
}

/**
 * The part of the answer page that offers to keep the city; its sentences stand in its data.
 *
 * @param {HTMLElement} box
 */
export async function offer(box) {
  const said = (/** @type {string} */ key) => box.dataset[key] ?? "";
  const button = /** @type {HTMLButtonElement} */ (box.querySelector("button"));
  const status = /** @type {HTMLElement} */ (box.querySelector("[role=status]"));
  const open = /** @type {HTMLAnchorElement} */ (box.querySelector("a"));
  const base = said("address");
  if (!window.isSecureContext || !("serviceWorker" in navigator) || !("caches" in window)) {
    status.textContent = said(window.isSecureContext ? "unsupported" : "insecure");
    return;
  }
  const tell = (/** @type {Manifest | null} */ manifest) => {
    if (manifest === null) return;
    const form = /** @type {const} */ ({ timeZone: said("zone"), dateStyle: "short", timeStyle: "short" });
    const at = new Intl.DateTimeFormat("sv-SE", form).format(new Date(manifest.made_at));
    status.textContent = said("saved").replace("{at}", at);
    open.hidden = false;
  };
  const save = async () => {
    button.disabled = true;
    status.textContent = said("saving");
    try {
      tell(await keep(base));
      await navigator.storage?.persist?.();
    } catch {
      status.textContent = said("failed");
    }
    button.disabled = false;
  };
  button.addEventListener("click", save);
  try {
    await navigator.serviceWorker.register(said("worker"), { scope: "/" });
    const manifest = await kept(base);
    tell(manifest);
    button.hidden = false;
    // Who keeps the city is kept up to date, but not more often than daily, and not where data are saved.  By a clock
    // that is before the bundle was made nothing would ever be a day old.
    const connection = /** @type {{ saveData?: boolean } | undefined} */ (/** @type {any} */ (navigator).connection);
    const age = manifest === null ? 0 : Date.now() - Date.parse(manifest.made_at);
    if (Math.abs(age) > DAY_MS && !connection?.saveData && navigator.onLine) await keep(base).then(tell, () => undefined);
  } catch {
    status.textContent = said("failed"); // storage, or the worker, is refused
    button.hidden = false;
  }
}
