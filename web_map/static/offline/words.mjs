/**
 * What is said of a way in the language of the page; the sentences are the server's own, from the bundle.
 */

import { round } from "./footways.mjs";

/** @import { Flight } from "./flight.mjs" */
/** @import { Climb, Roads, Step } from "./steps.mjs" */

/**
 * The part of the bundle that is in one language, as `services/offline/words.py` makes it.
 *
 * @typedef {Record<string, any>} Texts
 */

const MINUTE_S = 60;
const NEAR_M = 20;

/**
 * `{name}` and `{name:.0f}` in a text replaced by values.
 *
 * @param {string} text
 * @param {Record<string, unknown>} values
 * @returns {string}
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)(:\.0f)?\}/g, (whole, name, isWhole) => {
    if (!(name in values)) return whole;
    return String(isWhole ? round(Number(values[name])) : values[name]);
  });
}

/**
 * Whole minutes, rounded up: nobody is promised less.
 *
 * @param {number} seconds
 */
export function minutes(seconds) {
  return Math.ceil(seconds / MINUTE_S);
}

export class Telling {
  /**
   * @param {Texts} texts
   * @param {Roads} roads
   */
  constructor(texts, roads) {
    this.texts = texts;
    this.roads = roads;
  }

  /**
   * @param {string} key
   * @param {Record<string, unknown>} [values]
   * @returns {string}
   */
  say(key, values = {}) {
    const text = this.texts["said"][key];
    if (text === undefined) throw new Error(`There is no text ${key}.`);
    return fill(text, values);
  }

  /**
   * Metres in words: to ten of them below a kilometre, else to a hundred.
   *
   * @param {number} metres
   */
  distance(metres) {
    if (metres < 1000) return this.say("route.metres", { metres: Math.max(10, 10 * round(metres / 10)) });
    return this.say("route.kilometres", { kilometres: (metres / 1000).toFixed(1) });
  }

  /**
   * @param {Flight} flight
   * @returns {string[]}
   */
  steps(flight) {
    const { way, end } = flight;
    const left = at0(way.edges) & 1 ? !end.left : end.left;
    return [
      ...this.roads.steps(way).map((step) => this.#instruction(step)),
      this.say(left ? "route.arrived-left" : "route.arrived-right"),
    ];
  }

  /** @param {Step} step */
  #instruction(step) {
    if (step.maneuver === "roundabout") return this.say("route.roundabout", { exit: step.exit });
    const values = { road: this.#road(step), far: this.distance(step.lengthM) };
    if (step.maneuver !== "depart") return this.say(`route.${step.maneuver}`, values);
    const towards = this.say(`route.compass-${round(step.bearingDeg / 45) % 8}`);
    return this.say("route.depart", { ...values, towards });
  }

  /** @param {Step} step */
  #road(step) {
    const name = this.roads.word("name", step.way);
    const shown = this.texts["kanji"] ? name : (this.roads.word("name_english", step.way) ?? name);
    if (shown) return shown;
    const ref = this.roads.word("ref", step.way);
    return ref ? this.say("route.numbered", { ref }) : this.texts["roads"][this.roads.highway[step.way] ?? 0];
  }

  /**
   * What is said before the steps.
   *
   * @param {Flight} flight
   * @param {string} name of the site
   * @param {number} lengthM
   * @returns {string[]}
   */
  before(flight, name, lengthM) {
    const off = flight.start.distance;
    const far = this.distance(lengthM + off + flight.end.distance);
    let head = this.say("walk.head", { name, far, minutes: minutes(flight.seconds) });
    if (flight.unknownM > 0) {
      head += this.texts["gap"] + this.say("walk.unknown", { far: this.distance(flight.unknownM) });
    }
    return [head, ...(off >= NEAR_M ? [this.say("walk.from", { far: this.distance(off) })] : [])];
  }

  /**
   * What is said behind the steps.
   *
   * @param {Flight} flight
   * @param {string} name
   * @param {string} opening
   * @param {string} hazard
   * @param {number} startDelayS
   * @returns {string[]}
   */
  behind(flight, name, opening, hazard, startDelayS) {
    const to = flight.end.distance;
    const { site } = flight;
    const slope = this.slope(this.roads.climbOf(flight.way));
    return [
      ...(to >= NEAR_M ? [this.say("walk.to", { far: this.distance(to), name })] : []),
      ...(slope ? [slope] : []),
      ...(flight.inZoneM > 0 ? [this.say("walk.in_zone", { far: this.distance(flight.inZoneM) })] : []),
      ...(site.in_zone ? [this.say("walk.behind")] : []),
      ...this.#floor(site),
      opening,
      ...(hazard === "tsunami" ? [this.#arrival(flight.seconds, startDelayS)] : []),
    ];
  }

  /** @param {import("./flight.mjs").Site} site */
  #floor(site) {
    if (site.roof) return [this.say("site.roof")];
    if (site.from_floor !== null) return [this.say("site.floor", { floor: site.from_floor })];
    return site.in_zone ? [this.say("site.no_floor")] : [];
  }

  /**
   * @param {number} seconds
   * @param {number} startDelayS
   */
  #arrival(seconds, startDelayS) {
    const water = this.texts["tsunami"];
    if (water === null) return this.say("walk.not_known");
    const arrives = startDelayS + seconds;
    const left = water.seconds - arrives;
    return this.say(left > 0 ? "walk.left" : "walk.too_late", {
      arrives: minutes(arrives),
      water: Math.floor(water.seconds / MINUTE_S),
      left: Math.floor(left / MINUTE_S),
      scenario: water.scenario,
    });
  }

  /**
   * @param {Climb} climb
   * @returns {string}
   */
  slope(climb) {
    const said = [];
    if (climb.steepest !== null) {
      said.push(this.say("slope.climb", { up: climb.climbM, down: climb.descentM }));
      const percent = 100 * Math.abs(climb.steepest);
      if (round(percent) > 0) {
        said.push(this.say("slope.steepest", { percent, way: this.say(climb.steepest > 0 ? "slope.up" : "slope.down") }));
      }
    }
    if (climb.unknown) said.push(this.say("slope.unknown", { far: this.distance(climb.unknownM) }));
    return said.join(this.texts["gap"]);
  }
}

/** @param {Int32Array} edges */
function at0(edges) {
  return /** @type {number} */ (edges[edges.length - 1]);
}
