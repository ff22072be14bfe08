/** Whole numbers by keys, of which the least is taken first; no object is made for what is taken. */

import { at } from "./bytes.mjs";

export class Heap {
  constructor() {
    this.size = 0;
    /** What was taken last. */
    this.key = 0;
    this.value = 0;
    this.keys = new Float64Array(1024);
    this.values = new Int32Array(1024);
  }

  /**
   * @param {number} key
   * @param {number} value
   */
  push(key, value) {
    if (this.size === this.keys.length) {
      const [keys, values] = [new Float64Array(2 * this.size), new Int32Array(2 * this.size)];
      keys.set(this.keys);
      values.set(this.values);
      this.keys = keys;
      this.values = values;
    }
    let place = this.size;
    this.size += 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (at(this.keys, above) <= key) break;
      this.#move(above, place);
      place = above;
    }
    this.keys[place] = key;
    this.values[place] = value;
  }

  /**
   * Takes the least into `key` and `value`.
   *
   * @returns {boolean} whether there was any
   */
  pop() {
    if (this.size === 0) return false;
    this.key = at(this.keys, 0);
    this.value = at(this.values, 0);
    this.size -= 1;
    const [key, value] = [at(this.keys, this.size), at(this.values, this.size)];
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= this.size) break;
      if (below + 1 < this.size && at(this.keys, below + 1) < at(this.keys, below)) below += 1;
      if (at(this.keys, below) >= key) break;
      this.#move(below, place);
      place = below;
    }
    this.keys[place] = key;
    this.values[place] = value;
    return true;
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #move(from, to) {
    this.keys[to] = at(this.keys, from);
    this.values[to] = at(this.values, from);
  }
}
