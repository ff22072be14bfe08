/**
 * The steps of a way, where one turns and onto which road, and what it climbs (`geo/travel/steps.py`, `inclines.py`).
 */

import { at } from "./bytes.mjs";

/** @import { Footways, Way } from "./footways.mjs" */

/**
 * From one turn to the next.
 *
 * @typedef {object} Step
 * @property {string} maneuver
 * @property {number} way row of the road's names
 * @property {number} lengthM
 * @property {number} bearingDeg in which one sets out, clockwise from north
 * @property {number | null} exit of a roundabout
 */

/**
 * @typedef {object} Climb
 * @property {number} climbM
 * @property {number} descentM
 * @property {number | null} steepest rise over length at the steepest place, negative where that is a descent
 * @property {number} unknownM
 * @property {number} unknown
 */

const [STRAIGHT, SLIGHT, SHARP, BACK] = [25, 55, 125, 165];
const MM = 1000;
const SLOPES = 10_000_000;

/** Names and slopes of the roads. */
export class Roads {
  /** @param {Footways} footways */
  constructor(footways) {
    const { pack } = footways;
    this.footways = footways;
    this.way = pack.column("way");
    this.highway = pack.column("highway");
    this.roundabout = pack.column("roundabout");
    this.words = /** @type {Record<"name" | "name_english" | "ref", string[]>} */ (pack.head["words"]);
    this.codes = {
      name: pack.column("name"),
      name_english: pack.column("name_english"),
      ref: pack.column("ref"),
    };
    this.climb = pack.column("climb");
    this.descent = pack.column("descent");
    this.rises = pack.column("rises");
    this.falls = pack.column("falls");
  }

  /**
   * @param {"name" | "name_english" | "ref"} kind
   * @param {number} way
   * @returns {string | null}
   */
  word(kind, way) {
    return this.words[kind][at(this.codes[kind], way) - 1] ?? null;
  }

  /**
   * The steps of a way but for the arrival.
   *
   * @param {Way} way
   * @returns {Step[]}
   */
  steps(way) {
    const { footways } = this;
    const lengths = footways.lengthsOf(way);
    /** @type {(Step & { first: number })[]} */
    const found = [];
    let before = -1;
    way.edges.forEach((edge, place) => {
      const here = at(this.way, edge >> 1);
      let angle = 0;
      let begins = place === 0;
      const isRound = at(this.roundabout, here) === 1;
      const wasRound = before >= 0 && at(this.roundabout, before) === 1;
      if (place > 0) {
        const last = at(way.edges, place - 1);
        const turned = this.#bearing(edge, true) - this.#bearing(last, false);
        angle = Number.isNaN(turned) ? 0 : modulo(turned + 180, 360) - 180;
        if (isRound) {
          begins = !wasRound;
        } else {
          const choices = at(footways.onward, footways.head(last)) - 1;
          const renamed =
            at(this.codes.name, here) !== at(this.codes.name, before) ||
            at(this.codes.ref, here) !== at(this.codes.ref, before);
          begins = wasRound || renamed || (Math.abs(angle) >= STRAIGHT && choices > 1);
        }
      }
      if (begins) {
        const leaving = this.#bearing(edge, true);
        found.push({
          maneuver: maneuverOf(angle, place === 0, place > 0 && isRound),
          way: here,
          lengthM: 0,
          bearingDeg: Number.isNaN(leaving) ? 90 : modulo(90 - leaving, 360),
          exit: isRound ? 0 : null,
          first: place,
        });
      }
      const step = /** @type {Step} */ (found[found.length - 1]);
      step.lengthM += at(lengths, place);
      if (step.exit !== null) step.exit += this.#isExit(edge) ? 1 : 0;
      before = here;
    });
    return found;
  }

  /**
   * Whether a way leads out of a roundabout at the end of an edge.
   *
   * @param {number} edge
   */
  #isExit(edge) {
    const { footways } = this;
    const node = footways.head(edge);
    for (let place = at(footways.firstEdge, node); place < at(footways.firstEdge, node + 1); place += 1) {
      if (!at(this.roundabout, at(this.way, at(footways.leaving, place) >> 1))) return true;
    }
    return false;
  }

  /**
   * Degrees counterclockwise from east at the start of an edge, or at its end; NaN where it has no length.
   *
   * @param {number} edge
   * @param {boolean} start
   */
  #bearing(edge, start) {
    const { footways } = this;
    const stretch = edge >> 1;
    const [first, last] = [at(footways.firstPoint, stretch), at(footways.firstPoint, stretch + 1) - 1];
    const isFirst = start === ((edge & 1) === 0);
    const step = isFirst ? 1 : -1;
    let point = isFirst ? first : last - 1;
    while (point >= first && point < last) {
      const east = at(footways.x, point + 1) - at(footways.x, point);
      const north = at(footways.y, point + 1) - at(footways.y, point);
      if (east !== 0 || north !== 0) {
        const [lon, lat] = footways.plane.degrees(at(footways.x, point), at(footways.y, point));
        const along = (Math.atan2(north, east) * 180) / Math.PI - footways.plane.convergence(lon, lat);
        return edge & 1 ? along + 180 : along;
      }
      point += step;
    }
    return NaN;
  }

  /**
   * @param {Way} way
   * @returns {Climb}
   */
  climbOf(way) {
    const lengths = this.footways.lengthsOf(way);
    /** @type {Climb} */
    const found = { climbM: 0, descentM: 0, steepest: null, unknownM: 0, unknown: 0 };
    way.edges.forEach((edge, place) => {
      const stretch = edge >> 1;
      const whole = at(this.footways.length, stretch);
      const length = at(lengths, place);
      if (!(length > 0)) return;
      const against = (edge & 1) === 1;
      const up = at(against ? this.descent : this.climb, stretch) - 1;
      const down = at(against ? this.climb : this.descent, stretch) - 1;
      if (up < 0) {
        found.unknownM += length;
        found.unknown += 1;
        return;
      }
      found.climbM += ((up / MM) * length) / whole;
      found.descentM += ((down / MM) * length) / whole;
      const rise = (at(against ? this.falls : this.rises, stretch) - 1) / SLOPES;
      const fall = (at(against ? this.rises : this.falls, stretch) - 1) / SLOPES;
      const slope = rise >= fall ? rise : -fall;
      if (found.steepest === null || Math.abs(slope) > Math.abs(found.steepest)) found.steepest = slope;
    });
    return found;
  }
}

/**
 * @param {number} turned degrees, left positive
 * @param {boolean} isFirst
 * @param {boolean} isRound
 */
function maneuverOf(turned, isFirst, isRound) {
  if (isFirst) return "depart";
  if (isRound) return "roundabout";
  const size = Math.abs(turned);
  const side = turned > 0 ? "left" : "right";
  if (size < STRAIGHT) return "continue";
  if (size >= BACK) return "u-turn";
  if (size >= SHARP) return `sharp-${side}`;
  return size >= SLIGHT ? side : `slight-${side}`;
}

/**
 * @param {number} value
 * @param {number} of
 */
function modulo(value, of) {
  return ((value % of) + of) % of;
}
