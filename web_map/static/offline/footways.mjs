/**
 * The roads as who walks finds them, packed by `services/offline/walking.py`: places put on them, and ways searched.
 */

import { at, firsts, unpack } from "./bytes.mjs";
import { Heap } from "./heap.mjs";
import { Plane } from "./plane.mjs";
import { StretchGrid } from "./stretch_grid.mjs";

/** @import { Snap } from "./stretch_grid.mjs" */

/**
 * Where one may not go: onto what touches the zones of a hazard, and onto what may.
 *
 * @typedef {object} Rules
 * @property {"through" | "never" | "leaving"} zones `leaving`: who is in one may go on in it until out
 * @property {"through" | "leaving"} unknown
 */

/**
 * Where a goal may be reached.
 *
 * @typedef {object} Goal
 * @property {number} owner of several goals of one the best counts
 * @property {Snap} snap
 */

/**
 * @typedef {object} Way
 * @property {Goal} goal
 * @property {Int32Array} edges in their order, both ends included: a stretch twice, plus one against its way
 * @property {Float64Array} weights milliseconds of each, of the first and last one those of the part that is used
 * @property {number} origin share of the first edge that lies behind who sets out
 * @property {number} destination share of the last edge that lies behind who arrives
 */

const NEVER = 0xffffffff;
const MM = 1000;

/** Which stretches touch zones of a hazard (1), and of which it is not known whether they do (2). */
/** @typedef {Uint8Array} Kinds */

export class Footways {
  /**
   * Where the edges that leave each node begin in `leaving`.
   *
   * @type {Int32Array}
   */
  firstEdge = new Int32Array(0);
  /** @type {Int32Array} */
  leaving = new Int32Array(0);
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    const pack = unpack(bytes);
    this.pack = pack;
    this.reachM = /** @type {number} */ (pack.head["reach_m"]);
    this.pace = /** @type {number} */ (pack.head["usual_pace_mps"]);
    this.preferredFactor = /** @type {number} */ (pack.head["preferred_factor"]);
    this.startDelayS = /** @type {number} */ (pack.head["start_delay_s"]);
    this.plane = new Plane(pack.head["plane"]);
    this.from = Int32Array.from(pack.column("from"));
    this.to = Int32Array.from(pack.column("to"));
    const [along, against] = [pack.column("along_ms"), pack.column("against_ms")];
    this.stretches = this.from.length;
    /** Of each edge the milliseconds it takes, `NEVER` where one may not go. */
    this.weight = new Uint32Array(2 * this.stretches);
    for (let stretch = 0; stretch < this.stretches; stretch += 1) {
      this.weight[2 * stretch] = at(along, stretch) ? at(along, stretch) - 1 : NEVER;
      this.weight[2 * stretch + 1] = at(against, stretch) ? at(against, stretch) - 1 : NEVER;
    }
    this.firstPoint = firsts(pack.column("points"));
    this.x = pack.column("x").map((value) => value / MM);
    this.y = pack.column("y").map((value) => value / MM);
    this.before = this.#lengths();
    this.length = Float64Array.from({ length: this.stretches }, (_, stretch) =>
      at(this.before, at(this.firstPoint, stretch + 1) - 1),
    );
    this.onward = pack.column("onward");
    this.nodes = this.onward.length;
    this.#joinNodes();
    this.grid = new StretchGrid(this.x, this.y, this.firstPoint, this.before);
    /** @type {Map<string, Kinds>} */
    this.kinds = new Map();
    this.cost = new Float64Array(3 * this.nodes).fill(Infinity);
    this.isSought = new Uint8Array(2 * this.stretches);
    this.cameBy = new Int32Array(3 * this.nodes);
    this.cameFrom = new Int32Array(3 * this.nodes);
  }

  /** Metres of each point from the beginning of its stretch. */
  #lengths() {
    const before = new Float64Array(this.x.length);
    for (let stretch = 0; stretch < this.stretches; stretch += 1) {
      for (let point = at(this.firstPoint, stretch) + 1; point < at(this.firstPoint, stretch + 1); point += 1) {
        const step = Math.hypot(at(this.x, point) - at(this.x, point - 1), at(this.y, point) - at(this.y, point - 1));
        before[point] = at(before, point - 1) + step;
      }
    }
    return before;
  }

  #joinNodes() {
    const counts = new Int32Array(this.nodes);
    for (let edge = 0; edge < this.weight.length; edge += 1) {
      if (at(this.weight, edge) !== NEVER) counts[this.tail(edge)] = at(counts, this.tail(edge)) + 1;
    }
    this.firstEdge = firsts(counts);
    this.leaving = new Int32Array(at(this.firstEdge, this.nodes));
    const next = this.firstEdge.slice();
    for (let edge = 0; edge < this.weight.length; edge += 1) {
      if (at(this.weight, edge) === NEVER) continue;
      const tail = this.tail(edge);
      this.leaving[at(next, tail)] = edge;
      next[tail] = at(next, tail) + 1;
    }
  }

  /** @param {number} edge */
  tail(edge) {
    return at(edge & 1 ? this.to : this.from, edge >> 1);
  }

  /** @param {number} edge */
  head(edge) {
    return at(edge & 1 ? this.from : this.to, edge >> 1);
  }

  /**
   * @param {string} hazard
   * @returns {Kinds}
   */
  kindsFor(hazard) {
    const known = this.kinds.get(hazard);
    if (known !== undefined) return known;
    const [touched, unknown] = [this.pack.column(`touched ${hazard}`), this.pack.column(`unknown ${hazard}`)];
    const found = Uint8Array.from(touched, (value, stretch) => (value ? 1 : at(unknown, stretch) ? 2 : 0));
    this.kinds.set(hazard, found);
    return found;
  }

  /**
   * Up to `most` places on stretches that are wanted, the nearest first; of equally near ones the lower number.
   *
   * @param {number} x metres
   * @param {number} y metres
   * @param {number} most
   * @param {(stretch: number) => boolean} wanted
   * @returns {Snap[]}
   */
  near(x, y, most, wanted) {
    return this.grid.near(x, y, most, this.reachM, wanted);
  }

  /**
   * The edges on which one stands at a place, and the share of each that lies behind.
   *
   * @param {Snap} snap
   * @returns {[number, number][]}
   */
  stands(snap) {
    /** @type {[number, number][]} */
    const both = [
      [2 * snap.stretch, snap.share],
      [2 * snap.stretch + 1, 1 - snap.share],
    ];
    return both.filter(([edge]) => at(this.weight, edge) !== NEVER);
  }

  /**
   * The goals of the `most` owners that are reached first, what lies between the road and them counted, the first first.
   *
   * Dijkstra's algorithm over junctions; one is known thrice, by the kind of the stretch one came along, because who
   * comes from a zone may go where others may not.
   *
   * @param {Snap} start
   * @param {Goal[]} goals
   * @param {number} most
   * @param {Kinds} kinds
   * @param {Rules} rules
   * @returns {Way[]}
   */
  nearest(start, goals, most, kinds, rules) {
    const { cost, cameBy, cameFrom, weight } = this;
    const usual = 1000 / this.pace;
    /** @type {Map<number, { goal: number, share: number, extra: number }[]>} */
    const sought = new Map();
    goals.forEach((goal, number) => {
      for (const [edge, share] of this.stands(goal.snap)) {
        const unused = at(weight, edge) - round(at(weight, edge) * share);
        const here = sought.get(edge) ?? [];
        here.push({ goal: number, share, extra: round(goal.snap.distance * usual) - unused });
        sought.set(edge, here);
      }
    });
    /** @type {Map<number, { total: number, goal: number, state: number, edge: number, share: number }>} */
    const best = new Map();
    let limit = Infinity;
    /** @type {(total: number, goal: number, state: number, edge: number, share: number) => void} */
    const reach = (total, goal, state, edge, share) => {
      const { owner } = /** @type {Goal} */ (goals[goal]);
      const known = best.get(owner);
      if (known !== undefined && (known.total < total || (known.total === total && known.goal <= goal))) return;
      best.set(owner, { total, goal, state, edge, share });
      if (best.size >= most) limit = at([...best.values()].map((each) => each.total).sort((a, b) => a - b), most - 1);
    };

    const heap = new Heap();
    /** @type {number[]} */
    const reached = [];
    /** @type {(state: number, by: number, from: number, total: number) => void} */
    const relax = (state, by, from, total) => {
      if (total >= at(cost, state)) return;
      if (at(cost, state) === Infinity) reached.push(state);
      cost[state] = total;
      cameBy[state] = by;
      cameFrom[state] = from;
      heap.push(total, state);
    };
    const origins = this.stands(start);
    for (const [edge, share] of origins) {
      const passed = round(at(weight, edge) * share);
      for (const each of sought.get(edge) ?? []) {
        if (share > each.share) continue;
        const used = round(at(weight, edge) * each.share) - passed;
        const behind = each.extra + at(weight, edge) - round(at(weight, edge) * each.share);
        reach(used + behind, each.goal, -1, edge, each.share);
      }
      relax(3 * this.head(edge) + at(kinds, edge >> 1), edge, -1, at(weight, edge) - passed);
    }
    const { firstEdge, leaving, isSought } = this;
    for (const edge of sought.keys()) isSought[edge] = 1;
    const keepsOut = rules.zones === "never";
    const staysOut = rules.zones === "leaving";
    const keepsKnown = rules.unknown === "leaving";
    while (heap.pop() && heap.key <= limit) {
      const { key, value: state } = heap;
      if (key > at(cost, state)) continue;
      const node = Math.floor(state / 3);
      const kind = state % 3;
      for (let place = at(firstEdge, node); place < at(firstEdge, node + 1); place += 1) {
        const edge = at(leaving, place);
        const next = at(kinds, edge >> 1);
        if (next === 1 && (keepsOut || (staysOut && kind !== 1))) continue;
        if (next === 2 && keepsKnown && kind !== 2) continue;
        const total = key + at(weight, edge);
        if (at(isSought, edge)) {
          for (const each of sought.get(edge) ?? []) reach(total + each.extra, each.goal, state, edge, each.share);
        }
        relax(3 * this.head(edge) + next, edge, state, total);
      }
    }
    const shares = new Map(origins);
    const found = [...best.values()]
      .sort((one, two) => one.total - two.total || one.goal - two.goal)
      .slice(0, most)
      .map((each) => this.#way(/** @type {Goal} */ (goals[each.goal]), each.state, each.edge, each.share, shares));
    for (const state of reached) cost[state] = Infinity;
    for (const edge of sought.keys()) isSought[edge] = 0;
    return found;
  }

  /**
   * @param {Goal} goal
   * @param {number} state
   * @param {number} last
   * @param {number} share
   * @param {Map<number, number>} origins
   * @returns {Way}
   */
  #way(goal, state, last, share, origins) {
    const edges = [last];
    for (let here = state; here >= 0; here = at(this.cameFrom, here)) edges.push(at(this.cameBy, here));
    edges.reverse();
    const first = at(edges, 0);
    const origin = /** @type {number} */ (origins.get(first));
    const weights = Float64Array.from(edges, (edge) => at(this.weight, edge));
    const passed = round(at(weights, 0) * origin);
    const used = round(at(weights, weights.length - 1) * share);
    if (edges.length === 1) {
      weights[0] = used - passed;
    } else {
      weights[0] = at(weights, 0) - passed;
      weights[weights.length - 1] = used;
    }
    return { goal, edges: Int32Array.from(edges), weights, origin, destination: share };
  }

  /**
   * Metres of each edge of a way that it uses.
   *
   * @param {Way} way
   * @returns {Float64Array}
   */
  lengthsOf(way) {
    const last = way.edges.length - 1;
    return Float64Array.from(way.edges, (edge, place) => {
      const used = (place === last ? way.destination : 1) - (place === 0 ? way.origin : 0);
      return at(this.length, edge >> 1) * used;
    });
  }

  /**
   * Places along a way in metres, from where it sets out to where it arrives.
   *
   * @param {Way} way
   * @returns {[number, number][]}
   */
  shapeOf(way) {
    /** @type {[number, number][]} */
    const found = [];
    const last = way.edges.length - 1;
    way.edges.forEach((edge, place) => {
      const stretch = edge >> 1;
      const [first, behind] = [at(this.firstPoint, stretch), at(this.firstPoint, stretch + 1)];
      const length = at(this.length, stretch);
      let low = (place === 0 ? way.origin : 0) * length;
      let high = (place === last ? way.destination : 1) * length;
      if (edge & 1) [low, high] = [length - high, length - low];
      const inner = [];
      for (let point = first; point < behind; point += 1) {
        if (at(this.before, point) > low && at(this.before, point) < high) inner.push(point);
      }
      /** @type {[number, number][]} */
      const piece = [
        this.#along(stretch, low),
        ...inner.map((point) => /** @type {[number, number]} */ ([at(this.x, point), at(this.y, point)])),
        this.#along(stretch, high),
      ];
      found.push(...(edge & 1 ? piece.reverse() : piece));
    });
    return found;
  }

  /**
   * Where a place on the roads is, in metres.
   *
   * @param {Snap} snap
   * @returns {[number, number]}
   */
  placeOf(snap) {
    return this.#along(snap.stretch, snap.share * at(this.length, snap.stretch));
  }

  /**
   * @param {number} stretch
   * @param {number} metres
   * @returns {[number, number]}
   */
  #along(stretch, metres) {
    const behind = at(this.firstPoint, stretch + 1);
    let point = at(this.firstPoint, stretch);
    while (point + 2 < behind && at(this.before, point + 1) < metres) point += 1;
    const [from, to] = [at(this.before, point), at(this.before, point + 1)];
    const share = to > from ? (metres - from) / (to - from) : 0;
    return [
      at(this.x, point) + share * (at(this.x, point + 1) - at(this.x, point)),
      at(this.y, point) + share * (at(this.y, point + 1) - at(this.y, point)),
    ];
  }
}

/**
 * To the nearest whole number, halves to the even one, as the server rounds.
 *
 * @param {number} value
 */
export function round(value) {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}
