/**
 * A bundle: its manifest, and its parts, each checked before it is used.
 */

import { BundleError, crc32, given } from "./checked.mjs";

/**
 * @typedef {object} Part
 * @property {string} file address relative to the manifest
 * @property {number} bytes
 * @property {number} crc32
 */

/**
 * @typedef {object} Manifest
 * @property {number} format
 * @property {string} revision
 * @property {string} made_at
 * @property {string} valid_until
 * @property {string[]} languages
 * @property {Record<string, Part>} parts
 */

/** The form of bundles that is read here. */
export const FORMAT = 1;

/**
 * How old a bundle is for who asks now: `future` where the clock or the bundle is wrong.
 *
 * @param {Manifest} manifest
 * @param {Date} now
 * @returns {"current" | "expired" | "future"}
 */
export function ageOf(manifest, now) {
  const slack = 60 * 60 * 1000;
  if (now.getTime() < Date.parse(manifest.made_at) - slack) return "future";
  return now.getTime() > Date.parse(manifest.valid_until) ? "expired" : "current";
}

export class Bundle {
  /**
   * @param {Manifest} manifest
   * @param {(part: Part) => Promise<string>} fetchText the base64 text of a part
   */
  constructor(manifest, fetchText) {
    if (manifest.format !== FORMAT) throw new BundleError("format", `A bundle of format ${manifest.format}.`);
    this.manifest = manifest;
    this.fetchText = fetchText;
  }

  /**
   * @param {string} name
   * @returns {Promise<Uint8Array>}
   */
  async bytes(name) {
    const part = this.manifest.parts[name];
    if (part === undefined) throw new BundleError("missing", `There is no part ${name}.`);
    const text = await this.fetchText(part);
    let found;
    try {
      found = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    } catch {
      throw new BundleError("broken", `${part.file} is no base64.`);
    }
    if (found.length !== part.bytes || crc32(found) !== part.crc32) {
      throw new BundleError("broken", `${part.file} is not as it was made.`);
    }
    return found;
  }

  /**
   * @param {string} name
   * @returns {Promise<any>}
   */
  async json(name) {
    return JSON.parse(new TextDecoder().decode(await this.bytes(name)));
  }
}

/**
 * A bundle read by `fetch`, for modules of a page that is served.
 *
 * @param {string} base address of the bundle's folder, with a final slash
 * @returns {Promise<Bundle>}
 */
export async function fetchBundle(base) {
  const text = async (/** @type {string} */ file) => {
    const response = await fetch(base + file);
    if (!response.ok) throw new BundleError("missing", `${file}: ${response.status}.`);
    return response.text();
  };
  const bytes = Uint8Array.from(atob(given(await text("manifest.js"))), (letter) => letter.charCodeAt(0));
  return new Bundle(JSON.parse(new TextDecoder().decode(bytes)), async (part) => given(await text(part.file)));
}

/**
 * A bundle read by script elements, which also works from a folder without a server.
 *
 * Each file calls `ngisPart(name, base64)`.
 *
 * @returns {Promise<Bundle>}
 */
export async function scriptBundle() {
  /** @type {Map<string, string>} */
  const heard = new Map();
  Object.assign(globalThis, {
    ngisPart: (/** @type {string} */ name, /** @type {string} */ text) => heard.set(name, text),
  });
  const load = (/** @type {string} */ file) =>
    new Promise((/** @type {(text: string) => void} */ resolve, reject) => {
      const script = document.createElement("script");
      script.src = file;
      script.addEventListener("load", () => {
        const name = file.split("/").pop() ?? "";
        const text = heard.get(name);
        heard.delete(name);
        script.remove();
        if (text === undefined) reject(new BundleError("broken", `${file} ends too soon.`));
        else resolve(text);
      });
      script.addEventListener("error", () => reject(new BundleError("missing", `${file} cannot be read.`)));
      document.head.append(script);
    });
  const bytes = (/** @type {string} */ text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  let manifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes(await load("manifest.js"))));
  } catch (error) {
    throw error instanceof BundleError ? error : new BundleError("broken", "The manifest cannot be read.");
  }
  return new Bundle(manifest, (part) => load(part.file));
}
