/**
 * Faces as `geo/offline/faces.py` packs them: at which place which case holds, the gravest where a line is near.
 */

import { at, firsts, unpack } from "./bytes.mjs";

/** Where a hazard's answers hold. */
export class Faces {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    const pack = unpack(bytes);
    const { west, south, columns, rows, side, quantum, tolerance } = pack.head["cells"];
    this.west = west;
    this.south = south;
    this.columns = columns;
    this.rows = rows;
    this.side = side;
    this.quantum = quantum;
    this.tolerance = tolerance;
    this.pure = pack.column("pure");
    this.case = pack.column("case");
    this.x = pack.column("x");
    this.y = pack.column("y");
    this.firstRing = firsts(pack.column("rings"));
    this.firstPoint = firsts(pack.column("points"));
    const counts = pack.column("faces");
    this.firstFace = new Int32Array(this.pure.length + 1);
    let mixed = 0;
    for (let cell = 0; cell < this.pure.length; cell += 1) {
      const count = at(this.pure, cell) ? 0 : at(counts, mixed++);
      this.firstFace[cell + 1] = at(this.firstFace, cell) + count;
    }
  }

  /**
   * The number of the case that holds at a place; null beyond what is known here.
   *
   * @param {number} lon degrees
   * @param {number} lat degrees
   * @returns {number | null}
   */
  at(lon, lat) {
    const cell = this.cell(lon, lat);
    if (cell === null) return null;
    const pure = at(this.pure, cell);
    if (pure) return pure - 1;
    const [x, y] = this.inCell(cell, lon, lat);
    for (let face = at(this.firstFace, cell); face < at(this.firstFace, cell + 1); face += 1) {
      // Cases are in the order of their gravity.
      if (this.holds(face, x, y)) return at(this.case, face);
    }
    return 0; // no place is in no face, but for rounding: the gravest
  }

  /**
   * Whether any place of a straight line between two is in one of these cases.
   *
   * @param {number} lon
   * @param {number} lat
   * @param {number} toLon
   * @param {number} toLat
   * @param {(number: number) => boolean} wanted
   */
  meets(lon, lat, toLon, toLat, wanted) {
    const step = this.side * this.quantum;
    const cells = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ low) => [
      Math.floor((Math.min(a, b) - low) / step),
      Math.floor((Math.max(a, b) - low) / step),
    ];
    const [west, east] = /** @type {[number, number]} */ (cells(lon, toLon, this.west));
    const [south, north] = /** @type {[number, number]} */ (cells(lat, toLat, this.south));
    for (let row = south; row <= north; row += 1) {
      for (let column = west; column <= east; column += 1) {
        if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) continue;
        const cell = row * this.columns + column;
        const pure = at(this.pure, cell);
        if (pure) {
          if (wanted(pure - 1)) return true;
          continue;
        }
        const [x, y] = this.inCell(cell, lon, lat);
        const [toX, toY] = this.inCell(cell, toLon, toLat);
        for (let face = at(this.firstFace, cell); face < at(this.firstFace, cell + 1); face += 1) {
          if (wanted(at(this.case, face)) && (this.holds(face, x, y) || this.crosses(face, x, y, toX, toY))) return true;
        }
      }
    }
    return false;
  }

  /**
   * @param {number} lon
   * @param {number} lat
   * @returns {number | null}
   */
  cell(lon, lat) {
    const step = this.side * this.quantum;
    const [column, row] = [Math.floor((lon - this.west) / step), Math.floor((lat - this.south) / step)];
    const within = column >= 0 && row >= 0 && column < this.columns && row < this.rows;
    return within ? row * this.columns + column : null;
  }

  /**
   * @param {number} cell
   * @param {number} lon
   * @param {number} lat
   * @returns {[number, number]} quanta from the corner of the cell
   */
  inCell(cell, lon, lat) {
    const [west, south] = this.corner(cell);
    return [(lon - west) / this.quantum, (lat - south) / this.quantum];
  }

  /**
   * @param {number} cell
   * @returns {[number, number]} degrees
   */
  corner(cell) {
    const step = this.side * this.quantum;
    return [this.west + (cell % this.columns) * step, this.south + Math.floor(cell / this.columns) * step];
  }

  /**
   * Whether a place is in a face, or so near to its line that rounding may have put it outside.
   *
   * @param {number} face
   * @param {number} x
   * @param {number} y
   */
  holds(face, x, y) {
    let inside = false;
    const near = this.tolerance * this.tolerance;
    for (let ring = at(this.firstRing, face); ring < at(this.firstRing, face + 1); ring += 1) {
      const [first, behind] = [at(this.firstPoint, ring), at(this.firstPoint, ring + 1)];
      let [fromX, fromY] = [at(this.x, behind - 1), at(this.y, behind - 1)];
      for (let point = first; point < behind; point += 1) {
        const [toX, toY] = [at(this.x, point), at(this.y, point)];
        if (squareFrom(x, y, fromX, fromY, toX, toY) <= near) return true;
        if (toY > y !== fromY > y && x < toX + ((y - toY) / (fromY - toY)) * (fromX - toX)) inside = !inside;
        [fromX, fromY] = [toX, toY];
      }
    }
    return inside;
  }

  /**
   * @param {number} face
   * @param {number} x
   * @param {number} y
   * @param {number} toX
   * @param {number} toY
   */
  crosses(face, x, y, toX, toY) {
    for (let ring = at(this.firstRing, face); ring < at(this.firstRing, face + 1); ring += 1) {
      const [first, behind] = [at(this.firstPoint, ring), at(this.firstPoint, ring + 1)];
      let before = behind - 1;
      for (let point = first; point < behind; point += 1) {
        if (cross(x, y, toX, toY, at(this.x, before), at(this.y, before), at(this.x, point), at(this.y, point))) {
          return true;
        }
        before = point;
      }
    }
    return this.holds(face, toX, toY);
  }
}

/**
 * The square of the distance of a place from a piece of a line.
 *
 * @param {number} x
 * @param {number} y
 * @param {number} fromX
 * @param {number} fromY
 * @param {number} toX
 * @param {number} toY
 */
function squareFrom(x, y, fromX, fromY, toX, toY) {
  const [alongX, alongY] = [toX - fromX, toY - fromY];
  const square = alongX * alongX + alongY * alongY;
  const share = square ? Math.min(Math.max(((x - fromX) * alongX + (y - fromY) * alongY) / square, 0), 1) : 0;
  const [offX, offY] = [x - fromX - share * alongX, y - fromY - share * alongY];
  return offX * offX + offY * offY;
}

/**
 * Whether two pieces of lines have a place in common.
 *
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 * @param {number} cx
 * @param {number} cy
 * @param {number} dx
 * @param {number} dy
 */
function cross(ax, ay, bx, by, cx, cy, dx, dy) {
  const side = (/** @type {number} */ px, /** @type {number} */ py, /** @type {number} */ qx, /** @type {number} */ qy, /** @type {number} */ rx, /** @type {number} */ ry) =>
    Math.sign((qx - px) * (ry - py) - (qy - py) * (rx - px));
  const [one, two] = [side(ax, ay, bx, by, cx, cy), side(ax, ay, bx, by, dx, dy)];
  const [three, four] = [side(cx, cy, dx, dy, ax, ay), side(cx, cy, dx, dy, bx, by)];
  return one * two <= 0 && three * four <= 0 && !(one === 0 && two === 0 && three === 0 && four === 0);
}
