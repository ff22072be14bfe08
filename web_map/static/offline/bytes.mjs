/**
 * Packs as `geo/offline/packing.py` writes them: an object, and columns of whole numbers.
 */

/**
 * The value at a place that is there.
 *
 * @param {ArrayLike<number>} values
 * @param {number} place
 * @returns {number}
 */
export function at(values, place) {
  return /** @type {number} */ (values[place]);
}

/**
 * @typedef {object} Pack
 * @property {Record<string, any>} head what stands in front of the columns
 * @property {(name: string) => Float64Array} column by its name; one that is not there is a mistake of who asks
 */

/**
 * @param {Uint8Array} bytes
 * @returns {Pack}
 */
export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let behind = 4 + view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, behind)));
  /** @type {Map<string, { kind: string, count: number, bytes: Uint8Array }>} */
  const columns = new Map();
  for (const [name, column] of Object.entries(head.columns)) {
    const { kind, count, bytes: size } = column;
    columns.set(name, { kind, count, bytes: bytes.subarray(behind, behind + size) });
    behind += size;
  }
  return {
    head,
    column(name) {
      const found = columns.get(name);
      if (found === undefined) throw new Error(`There is no column ${name}.`);
      return read(found.kind, found.count, found.bytes);
    },
  };
}

/**
 * @param {string} kind
 * @param {number} count
 * @param {Uint8Array} bytes
 * @returns {Float64Array}
 */
function read(kind, count, bytes) {
  const found = new Float64Array(count);
  if (kind === "bits") {
    for (let place = 0; place < count; place += 1) found[place] = (at(bytes, place >> 3) >> (place & 7)) & 1;
    return found;
  }
  let here = 0;
  let sum = 0;
  for (let place = 0; place < count; place += 1) {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = at(bytes, here);
      here += 1;
      value += (byte & 0x7f) * scale; // shifting ends at 32 bits
      if (byte < 0x80) break;
      scale *= 128;
    }
    if (kind === "deltas") {
      sum += value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      found[place] = sum;
    } else {
      found[place] = value;
    }
  }
  return found;
}

/**
 * Where each of some groups begins, with their number behind the last.
 *
 * @param {ArrayLike<number>} counts
 * @returns {Int32Array}
 */
export function firsts(counts) {
  const found = new Int32Array(counts.length + 1);
  for (let place = 0; place < counts.length; place += 1) found[place + 1] = at(found, place) + at(counts, place);
  return found;
}
