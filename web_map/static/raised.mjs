/**
 * Heights in the encoding that MapLibre raises the ground from.
 */

import { heightsOf } from "./heights.mjs";

/**
 * To Mapbox Terrain-RGB.
 *
 * @param {Uint8ClampedArray} pixels changed in place
 * @param {number} width
 */
export function recoded(pixels, width) {
  const heights = heightsOf(pixels);
  continued(heights, width);
  for (let at = 0; at < heights.length; at++) {
    const level = Math.round(((heights[at] ?? 0) + 10_000) * 10);
    pixels.set([level >> 16, (level >> 8) & 255, level & 255, 255], at * 4);
  }
}

/**
 * What is not known as high as the nearest of its row, else as the row before or after; a tile of which nothing is
 * known is flat.
 *
 * @param {Float32Array} heights NaN: not known
 * @param {number} width
 */
function continued(heights, width) {
  const rows = Array.from({ length: heights.length / width }, (_, row) => heights.subarray(row * width, (row + 1) * width));
  for (const row of rows) spread(row);
  const known = rows.map((row) => !Number.isNaN(row[0]));
  if (!known.includes(true)) {
    heights.fill(0);
    return;
  }
  for (const [place, row] of rows.entries()) {
    if (known[place]) continue;
    for (let far = 1; far < rows.length; far++) {
      const other = [place - far, place + far].find((each) => known[each]);
      if (other === undefined) continue;
      row.set(/** @type {Float32Array} */ (rows[other]));
      break;
    }
  }
}

/** @param {Float32Array} row */
function spread(row) {
  /** @type {number | null} */
  let last = null;
  for (let at = 0; at < row.length; at++) {
    if (Number.isNaN(row[at])) continue;
    const from = last === null ? 0 : Math.ceil((last + at) / 2);
    if (last !== null) row.fill(row[last] ?? 0, last + 1, from);
    row.fill(row[at] ?? 0, from, at);
    last = at;
  }
  if (last !== null) row.fill(row[last] ?? 0, last + 1);
}
