/**
 * Ways on foot to the sites for a hazard, in the order in which the server gives them
 * (`services/ogc/processes/_evacuation/ways.py` and `answering.py`, which say why).
 */

import { at } from "./bytes.mjs";

/** @import { Footways, Goal, Kinds, Rules, Way } from "./footways.mjs" */
/** @import { Snap } from "./stretch_grid.mjs" */

/**
 * A site for a hazard, as the bundle has it.
 *
 * @typedef {object} Site
 * @property {number} site its number among all sites
 * @property {number | null} from_floor
 * @property {boolean} roof
 * @property {boolean} in_zone
 * @property {Record<"through" | "outside" | "inside", [number, number, number, number][]> | null} ends
 */

/**
 * Whether a site is open, by what was last said.
 *
 * @typedef {object} Opening
 * @property {boolean} said whether anything ever was
 * @property {boolean} open
 * @property {boolean} closed
 * @property {boolean} poor
 */

/**
 * A way to a site.
 *
 * @typedef {object} Flight
 * @property {Site} site
 * @property {Way} way
 * @property {Snap} start
 * @property {Snap} end
 * @property {number} seconds in all
 * @property {number} inZoneM metres on stretches that touch a zone
 * @property {number} unknownM metres on stretches of which that is not known
 */

/**
 * @typedef {object} Found
 * @property {Flight[]} flights
 * @property {string | null} refusal why there are none
 * @property {boolean} through whether the ways go back into zones
 */

const NEAR = 6;

export class Walk {
  /**
   * @param {Footways} footways
   * @param {Kinds} kinds
   * @param {{ x: number, y: number }} here metres
   * @param {boolean} inside whether the place lies in a zone
   * @param {(snap: Snap) => boolean} isCutOff whether a zone lies on the straight line from the place to the road
   * @param {(site: Site) => Opening} opening
   */
  constructor(footways, kinds, here, inside, isCutOff, opening) {
    this.footways = footways;
    this.kinds = kinds;
    this.here = here;
    this.inside = inside;
    this.isCutOff = isCutOff;
    this.opening = opening;
  }

  /**
   * The ways to the `most` of some sites that are reached first, or why there are none.
   *
   * @param {Site[]} designated
   * @param {number} most
   * @returns {Found}
   */
  answer(designated, most) {
    const offered = designated.filter((site) => !this.opening(site).closed);
    const flights = this.to(offered, most, false);
    if (flights.length) return { flights, refusal: null, through: false };
    const through = this.to(offered, most, true);
    if (through.length && this.inside) return { flights: through, refusal: null, through: true };
    let refusal = "no-way";
    if (!offered.length) refusal = designated.length ? "all-closed" : "no-designated-site";
    else if (through.length) refusal = "only-through-zones";
    else if (this.start(true) === null) refusal = "off-the-network";
    return { flights: [], refusal, through: false };
  }

  /**
   * @param {boolean} through
   * @returns {Snap | null}
   */
  start(through) {
    const { x, y } = this.here;
    if (this.inside || through) return this.footways.near(x, y, 1, () => true)[0] ?? null;
    const dry = this.footways.near(x, y, NEAR, (stretch) => at(this.kinds, stretch) !== 1);
    return dry.find((snap) => !this.isCutOff(snap)) ?? null;
  }

  /**
   * @param {Site[]} sites
   * @param {number} most
   * @param {boolean} through
   * @returns {Flight[]}
   */
  to(sites, most, through) {
    const start = this.start(through);
    if (start === null || !sites.length) return [];
    /** @type {Rules} */
    const rules = { zones: through ? "through" : this.inside ? "leaving" : "never", unknown: "through" };
    let among = sites;
    const ways = (/** @type {Site[]} */ wanted, /** @type {Rules} */ by) => this.#ways(start, wanted, most, through, by);
    let found = ways(among, rules);
    if (!found.length) return [];
    if (sites.some((site) => this.opening(site).poor)) {
      among = sites.filter((site) => !this.opening(site).poor);
      found = joined(ways(among, rules), found, most);
    }
    const first = /** @type {Flight} */ (found[0]);
    const latest = this.footways.preferredFactor * first.seconds;
    const until = (/** @type {Flight[]} */ flights) => flights.filter((each) => each.seconds <= latest);
    if (!this.opening(first.site).open && sites.some((site) => this.opening(site).said)) {
      const open = among.filter((site) => this.opening(site).open);
      found = joined(until(ways(open, rules)), found, most);
    }
    const now = /** @type {Flight} */ (found[0]);
    if (now.unknownM > 0 && !through && this.kinds.some((kind) => kind !== 2)) {
      const kept = until(ways(among, { ...rules, unknown: "leaving" }));
      found = joined(
        kept.filter((each) => at(this.kinds, each.end.stretch) !== 2),
        found,
        most,
      );
    }
    return found;
  }

  /**
   * @param {Snap} start
   * @param {Site[]} sites
   * @param {number} most
   * @param {boolean} through
   * @param {Rules} rules
   * @returns {Flight[]}
   */
  #ways(start, sites, most, through, rules) {
    /** @type {Goal[]} */
    const goals = sites.flatMap((site, owner) =>
      (site.ends?.[through ? "through" : this.inside ? "inside" : "outside"] ?? []).map(
        ([stretch, share, distance, left]) => ({ owner, snap: { stretch, share, distance, left: left === 1 } }),
      ),
    );
    return this.footways
      .nearest(start, goals, most, this.kinds, rules)
      .map((way) => this.#flight(start, /** @type {Site} */ (sites[way.goal.owner]), way))
      .sort((one, two) => one.seconds - two.seconds);
  }

  /**
   * @param {Snap} start
   * @param {Site} site
   * @param {Way} way
   * @returns {Flight}
   */
  #flight(start, site, way) {
    const end = way.goal.snap;
    const taken = way.weights.reduce((sum, weight) => sum + weight, 0);
    const lengths = this.footways.lengthsOf(way);
    const on = (/** @type {number} */ kind) =>
      lengths.reduce((sum, length, place) => (at(this.kinds, at(way.edges, place) >> 1) === kind ? sum + length : sum), 0);
    return {
      site,
      way,
      start,
      end,
      seconds: taken / 1000 + (start.distance + end.distance) / this.footways.pace,
      inZoneM: on(1),
      unknownM: on(2),
    };
  }
}

/**
 * Both lists in their order, each site once.
 *
 * @param {Flight[]} first
 * @param {Flight[]} then
 * @param {number} most
 * @returns {Flight[]}
 */
function joined(first, then, most) {
  /** @type {Map<number, Flight>} */
  const sites = new Map();
  for (const each of [...first, ...then]) if (!sites.has(each.site.site)) sites.set(each.site.site, each);
  return [...sites.values()].slice(0, most);
}
