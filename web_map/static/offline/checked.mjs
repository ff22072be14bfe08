/**
 * A file of a bundle before it is trusted: what it holds, and whether that is whole.  All that saving needs of bundles.
 */

/** What is wrong with a bundle: `missing`, `broken` or `format`; it is the last part of the key of a text. */
export class BundleError extends Error {
  /**
   * @param {"missing" | "broken" | "format"} reason
   * @param {string} message
   */
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

/**
 * What stands between the quotes of a file that calls a function with texts, the last one of them.
 *
 * @param {string} script
 * @returns {string}
 */
export function given(script) {
  const found = /"([A-Za-z0-9+/=]*)"\);\s*$/.exec(script);
  if (found === null) throw new BundleError("broken", "A file of the bundle ends too soon.");
  return /** @type {string} */ (found[1]);
}

/**
 * CRC-32 (IEEE 802.3, as of zip files), by which a file that lost or changed something is known.
 *
 * @param {Uint8Array} bytes
 * @returns {number}
 */
export function crc32(bytes) {
  let crc = -1;
  for (let place = 0; place < bytes.length; place += 1) crc = (crc >>> 8) ^ (CRC[(crc ^ (bytes[place] ?? 0)) & 0xff] ?? 0);
  return (crc ^ -1) >>> 0;
}

const CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
