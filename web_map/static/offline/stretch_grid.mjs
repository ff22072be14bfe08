/** Pieces of stretches by square cells, so that those near a place are found at once. */

import { at, firsts } from "./bytes.mjs";

/**
 * A place on the roads.
 *
 * @typedef {object} Snap
 * @property {number} stretch
 * @property {number} share of its length that lies before the place, along its way
 * @property {number} distance metres from the place that was asked for
 * @property {boolean} left whether that lies on the left of the stretch, seen along its way
 */

const CELL_M = 100;

export class StretchGrid {
  /**
   * The stretch of each point.
   *
   * @type {Int32Array}
   */
  owner = new Int32Array(0);
  /**
   * Where the pieces of each cell begin in `pieces`, which are known by their first points.
   *
   * @type {Int32Array}
   */
  firstPiece = new Int32Array(0);
  /** @type {Int32Array} */
  pieces = new Int32Array(0);
  west = 0;
  south = 0;
  columns = 1;
  rows = 1;

  /**
   * @param {ArrayLike<number>} x
   * @param {ArrayLike<number>} y
   * @param {Int32Array} firstPoint
   * @param {Float64Array} before metres of each point from the beginning of its stretch
   */
  constructor(x, y, firstPoint, before) {
    this.x = x;
    this.y = y;
    this.firstPoint = firstPoint;
    this.before = before;
    this.stretches = firstPoint.length - 1;
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let point = 0; point < this.x.length; point += 1) {
      west = Math.min(west, at(this.x, point));
      east = Math.max(east, at(this.x, point));
      south = Math.min(south, at(this.y, point));
      north = Math.max(north, at(this.y, point));
    }
    this.west = west;
    this.south = south;
    this.columns = Math.max(1, Math.floor((east - west) / CELL_M) + 1);
    this.rows = Math.max(1, Math.floor((north - south) / CELL_M) + 1);
    const owner = new Int32Array(this.x.length);
    for (let stretch = 0; stretch < this.stretches; stretch += 1) {
      owner.fill(stretch, at(this.firstPoint, stretch), at(this.firstPoint, stretch + 1));
    }
    this.owner = owner;
    const counts = new Int32Array(this.columns * this.rows);
    this.#eachPiece((cell) => (counts[cell] = at(counts, cell) + 1));
    this.firstPiece = firsts(counts);
    this.pieces = new Int32Array(at(this.firstPiece, counts.length));
    const next = this.firstPiece.slice();
    const pieces = this.pieces;
    this.#eachPiece((cell, point) => {
      pieces[at(next, cell)] = point;
      next[cell] = at(next, cell) + 1;
    });
  }

  /** @param {(cell: number, point: number) => void} tell */
  #eachPiece(tell) {
    for (let point = 0; point + 1 < this.x.length; point += 1) {
      if (at(this.owner, point) !== at(this.owner, point + 1)) continue;
      const [west, south] = this.#cellOf(
        Math.min(at(this.x, point), at(this.x, point + 1)),
        Math.min(at(this.y, point), at(this.y, point + 1)),
      );
      const [east, north] = this.#cellOf(
        Math.max(at(this.x, point), at(this.x, point + 1)),
        Math.max(at(this.y, point), at(this.y, point + 1)),
      );
      for (let row = south; row <= north; row += 1) {
        for (let column = west; column <= east; column += 1) tell(row * this.columns + column, point);
      }
    }
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]} column and row, which may be beyond the last
   */
  #cellOf(x, y) {
    return [Math.floor((x - this.west) / CELL_M), Math.floor((y - this.south) / CELL_M)];
  }

  /**
   * Up to `most` places on stretches that are wanted, the nearest first; of equally near ones the lower number.
   *
   * @param {number} x metres
   * @param {number} y metres
   * @param {number} most
   * @param {number} reachM how far off they may be, inclusive
   * @param {(stretch: number) => boolean} wanted
   * @returns {Snap[]}
   */
  near(x, y, most, reachM, wanted) {
    for (const radius of [CELL_M / 2, CELL_M, 2 * CELL_M, reachM]) {
      const found = this.#within(x, y, Math.min(radius, reachM), wanted);
      if (found.length >= most || radius >= reachM) return found.slice(0, most);
    }
    return [];
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   * @param {(stretch: number) => boolean} wanted
   * @returns {Snap[]}
   */
  #within(x, y, radius, wanted) {
    /** @type {Map<number, Snap>} */
    const best = new Map();
    const [west, south] = this.#cellOf(x - radius, y - radius);
    const [east, north] = this.#cellOf(x + radius, y + radius);
    for (let row = Math.max(south, 0); row <= Math.min(north, this.rows - 1); row += 1) {
      for (let column = Math.max(west, 0); column <= Math.min(east, this.columns - 1); column += 1) {
        const cell = row * this.columns + column;
        for (let place = at(this.firstPiece, cell); place < at(this.firstPiece, cell + 1); place += 1) {
          const point = at(this.pieces, place);
          const stretch = at(this.owner, point);
          if (!wanted(stretch)) continue;
          const snap = this.#onPiece(x, y, point);
          if (snap.distance <= radius && !(snap.distance >= (best.get(stretch)?.distance ?? Infinity))) {
            best.set(stretch, snap);
          }
        }
      }
    }
    return [...best.values()].sort((one, two) => one.distance - two.distance || one.stretch - two.stretch);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} point
   * @returns {Snap}
   */
  #onPiece(x, y, point) {
    const stretch = at(this.owner, point);
    const [alongX, alongY] = [at(this.x, point + 1) - at(this.x, point), at(this.y, point + 1) - at(this.y, point)];
    const [offX, offY] = [x - at(this.x, point), y - at(this.y, point)];
    const square = alongX * alongX + alongY * alongY;
    const share = square ? Math.min(Math.max((offX * alongX + offY * alongY) / square, 0), 1) : 0;
    const [before, behind] = [at(this.before, point), at(this.before, point + 1)];
    const length = at(this.before, at(this.firstPoint, stretch + 1) - 1);
    return {
      stretch,
      share: length ? (before + share * (behind - before)) / length : 0,
      distance: Math.hypot(offX - share * alongX, offY - share * alongY),
      left: alongX * offY - alongY * offX > 0,
    };
  }
}
