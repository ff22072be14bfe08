/**
 * The city as a device has it with the network off: what the answer page is drawn from, for any place.
 *
 * The answer of a hazard at a place is one that the server made beforehand; here it is looked up.  Ways on foot are
 * searched here (`flight.mjs`).
 */

import { ageOf } from "./bundle.mjs";
import { Faces } from "./faces.mjs";
import { Walk } from "./flight.mjs";
import { Footways } from "./footways.mjs";
import { Plane } from "./plane.mjs";
import { Roads } from "./steps.mjs";
import { Telling, minutes } from "./words.mjs";

/** @import { Bundle } from "./bundle.mjs" */
/** @import { Flight, Opening, Site } from "./flight.mjs" */
/** @import { Snap } from "./stretch_grid.mjs" */
/** @import { Texts } from "./words.mjs" */

const MOST = 3;

/**
 * A hazard at a place.
 *
 * @typedef {object} At
 * @property {any} document the server's answer
 * @property {boolean} inside whether the place lies in a zone of any scenario
 */

export class City {
  /**
   * @param {Bundle} bundle
   * @param {any} core the part `core`: what is in no language
   * @param {{ nodes: any[], hazards: number }} answers all answers for hazards, each part of them once
   * @param {Map<string, Faces>} faces by hazard layer, and of the city as `city`
   * @param {Footways | null} footways null where no roads are known
   */
  constructor(bundle, core, answers, faces, footways) {
    this.bundle = bundle;
    this.core = core;
    this.answers = answers;
    this.faces = faces;
    this.footways = footways;
    this.roads = footways === null ? null : new Roads(footways);
    this.plane = new Plane(core["plane"]);
    /** @type {Map<string, Texts>} */
    this.texts = new Map();
  }

  /**
   * All parts but the texts.
   *
   * @param {Bundle} bundle
   * @returns {Promise<City>}
   */
  static async open(bundle) {
    const core = await bundle.json("core");
    const ids = /** @type {string[]} */ (core["faces"]);
    const faces = await Promise.all(ids.map(async (id) => new Faces(await bundle.bytes(`faces-${id}`))));
    const footways = core["has_roads"] ? new Footways(await bundle.bytes("footways")) : null;
    const answers = await bundle.json("answers");
    return new City(bundle, core, answers, new Map(ids.map((id, place) => [id, /** @type {Faces} */ (faces[place])])), footways);
  }

  /** Tags of the languages with their names. */
  get languages() {
    return /** @type {[string, string][]} */ (this.core["languages"]);
  }

  /**
   * @param {string} language
   * @returns {Promise<Texts>}
   */
  async speaking(language) {
    const known = this.texts.get(language);
    if (known !== undefined) return known;
    const found = await this.bundle.json(`texts-${language}`);
    this.texts.set(language, found);
    return found;
  }

  /**
   * Whether a place is within what was taken along.
   *
   * @param {number} lon
   * @param {number} lat
   */
  reaches(lon, lat) {
    const [west, south, east, north] = this.core["reach"];
    return lon >= west && lon < east && lat >= south && lat < north;
  }

  /**
   * Whether a place is in the city; null where its boundary is not known.
   *
   * @param {number} lon
   * @param {number} lat
   * @returns {boolean | null}
   */
  holds(lon, lat) {
    const faces = this.faces.get("city");
    return faces === undefined ? null : faces.at(lon, lat) === 1;
  }

  /**
   * The answer for a place as the process `answer-card` gives it; null beyond what was taken along.
   *
   * @param {number} lon
   * @param {number} lat
   * @param {string} language
   * @param {{ query?: string, now?: Date }} [options]
   * @returns {Promise<any>}
   */
  async answer(lon, lat, language, options = {}) {
    if (!this.reaches(lon, lat)) return null;
    const now = options.now ?? new Date();
    const texts = await this.speaking(language);
    const inCity = this.holds(lon, lat);
    const hazards = [];
    for (const listed of this.listed(texts)) {
      const found = this.#at(listed, lon, lat, texts);
      const designated = listed["designated"] && inCity !== false;
      const sites = designated ? this.#sites(listed["type"], found, lon, lat, texts, now) : null;
      hazards.push({ ...found.document, name: listed["name"], sites });
    }
    const fictitious = hazards.some((each) => each["fictitious"]) || texts["fictitious"];
    return {
      query: options.query ?? null,
      outcome: "found",
      text: texts["found"],
      choices: [],
      total: 1,
      place: { ...texts["place"], title: options.query || texts["place"]["title"], lon, lat, in_city: inCity },
      ...inForce(texts, now),
      hazards,
      sources: texts["sources"],
      fictitious,
      notes: notes(texts, hazards, inCity, fictitious),
      answered_at: moment(now),
    };
  }

  /**
   * The places to choose from, or that there are none, as the process `answer-card` has it.
   *
   * @param {Texts} texts
   * @param {ReturnType<import("./places.mjs").Places["find"]>} sought
   * @param {(each: import("./places.mjs").Found) => string} address
   */
  choice(texts, { found, total, isCityAlone }, address) {
    const outcome = found.length > 0 ? "choose" : isCityAlone ? "city-alone" : "not-found";
    const choices = found.map((each) => ({ ...each, kind: "", address: address(each) }));
    const text = texts["said"][`search.${outcome}`];
    const now = new Date();
    const nothing = { place: null, hazards: [], sources: [], notes: [], ...inForce(texts, now) };
    return { ...nothing, outcome, text, choices, total, fictitious: texts["fictitious"], answered_at: moment(now) };
  }

  /**
   * @param {any} listed
   * @param {number} lon
   * @param {number} lat
   * @param {Texts} texts
   * @returns {At}
   */
  #at(listed, lon, lat, texts) {
    if (listed["cases"] === null) return { document: listed["document"], inside: false };
    const faces = /** @type {Faces} */ (this.faces.get(listed["id"]));
    const { inside, ...document } = this.#resolved(listed["cases"][faces.at(lon, lat) ?? 0], texts);
    return { document, inside };
  }

  /**
   * The hazards of the card in their order; their answers are not read yet.
   *
   * @param {Texts} texts
   * @returns {{ id: string, type: string, name: string, designated: boolean, cases: number[] | null, document: any }[]}
   */
  listed(texts) {
    const every = /** @type {number[]} */ (this.answers.nodes[this.answers.hazards]);
    return every.map((place) => {
      const { cases, ...members } = /** @type {Record<string, number>} */ (this.answers.nodes[place]);
      const known = this.answers.nodes[/** @type {number} */ (cases)];
      return { ...this.#members(members, texts), cases: Array.isArray(known) ? known : null };
    });
  }

  /**
   * The answers of a hazard, by their numbers.
   *
   * @param {number[]} cases of `listed`
   * @param {Texts} texts
   * @returns {any[]}
   */
  cases(cases, texts) {
    return cases.map((place) => this.#resolved(place, texts));
  }

  /**
   * @param {number} place
   * @param {Texts} texts
   * @returns {any}
   */
  #resolved(place, texts) {
    const node = this.answers.nodes[place];
    if (typeof node === "number") return texts["strings"][node];
    if (Array.isArray(node)) return node.map((each) => this.#resolved(each, texts));
    return "" in node ? node[""] : this.#members(node, texts);
  }

  /**
   * @param {Record<string, number>} members
   * @param {Texts} texts
   * @returns {any}
   */
  #members(members, texts) {
    return Object.fromEntries(Object.entries(members).map(([name, each]) => [name, this.#resolved(each, texts)]));
  }

  /**
   * What is known of the opening of a site: what was last said holds for a time, and is told for longer.  By a clock that
   * cannot be right nothing holds any more.
   *
   * @param {number} site
   * @param {Date} now
   * @returns {Opening & { text: number }}
   */
  opening(site, now) {
    const known = this.core["openings"][site];
    const isOver = known["old_at"] !== null && now.getTime() / 1000 > known["old_at"];
    return isOver || ageOf(this.bundle.manifest, now) === "future" ? known["then"] : known["now"];
  }

  /**
   * Who walks from a place because of a hazard; null where no ways are known.
   *
   * @param {string} hazard
   * @param {number} lon
   * @param {number} lat
   * @param {boolean} inside
   * @param {Date} now
   * @returns {Walk | null}
   */
  walker(hazard, lon, lat, inside, now) {
    const { footways } = this;
    if (footways === null) return null;
    const [x, y] = this.plane.metres(lon, lat);
    const zoned = /** @type {string | undefined} */ (this.core["zoned"][hazard]);
    const insides = zoned === undefined ? null : new Set(this.core["insides"][zoned]);
    const faces = zoned === undefined ? undefined : this.faces.get(zoned);
    const isCutOff = (/** @type {Snap} */ snap) => {
      if (faces === undefined || insides === null) return false;
      const [toLon, toLat] = this.plane.degrees(...footways.placeOf(snap));
      return faces.meets(lon, lat, toLon, toLat, (number) => insides.has(number));
    };
    return new Walk(footways, footways.kindsFor(hazard), { x, y }, inside, isCutOff, (site) => this.opening(site.site, now));
  }

  /**
   * The sites for a hazard that are reached first.
   *
   * @param {string} hazard
   * @param {At} found
   * @param {number} lon
   * @param {number} lat
   * @param {Texts} texts
   * @param {Date} now
   */
  #sites(hazard, found, lon, lat, texts, now) {
    const known = this.core["sites"]["by_hazard"]?.[hazard];
    const said = (/** @type {string} */ key) => texts["said"][key];
    const nothing = { designated: 0, unknown: 0, closed: [], nearest: [], refusal: null, closures: [], notes: [] };
    if (known === undefined) return { ...nothing, refusal: said("card.no_sites") };
    const designated = /** @type {Site[]} */ (known["sites"]);
    const [x, y] = this.plane.metres(lon, lat);
    const straight = (/** @type {Site} */ site) => {
      const [, , east, north] = this.core["sites"]["places"][site.site];
      return Math.hypot(east - x, north - y);
    };
    const isClosed = (/** @type {Site} */ site) => this.opening(site.site, now).closed;
    const document = {
      ...nothing,
      designated: designated.length,
      unknown: known["unknown"],
      closed: designated.filter(isClosed).map((site) => ({
        name: texts["sites"][site.site]["name"],
        text: texts["openings"][this.opening(site.site, now).text]["text"],
      })),
    };
    const entry = (/** @type {Site} */ site, /** @type {any} */ walk) => ({
      site: {
        ...texts["sites"][site.site],
        from_floor: site.from_floor,
        roof: site.roof,
        in_zone: site.in_zone,
        opening: texts["openings"][this.opening(site.site, now).text],
      },
      straight_m: Math.round(10 * straight(site)) / 10,
      walk,
    });
    const walk = this.walker(hazard, lon, lat, found.inside, now);
    if (walk === null) {
      const near = designated.filter((site) => !isClosed(site)).sort((one, two) => straight(one) - straight(two));
      const nearest = near.slice(0, MOST).map((site) => entry(site, null));
      return { ...document, nearest, notes: nearest.length ? [said("card.no_way_known")] : [] };
    }
    const answer = walk.answer(designated, MOST);
    return {
      ...document,
      nearest: answer.flights.map((flight) => entry(flight.site, this.#told(flight, hazard, texts, now))),
      refusal: answer.refusal === null ? null : texts["refusals"][hazard][answer.refusal],
      notes: answer.through ? [said("card.through")] : [],
    };
  }

  /**
   * @param {Flight} flight
   * @param {string} hazard
   * @param {Texts} texts
   * @param {Date} now
   */
  #told(flight, hazard, texts, now) {
    const footways = /** @type {Footways} */ (this.footways);
    const telling = new Telling(texts, /** @type {Roads} */ (this.roads));
    const length = Math.round(10 * footways.lengthsOf(flight.way).reduce((sum, each) => sum + each, 0)) / 10;
    const name = texts["sites"][flight.site.site]["name"];
    const opening = texts["openings"][this.opening(flight.site.site, now).text]["text"];
    return {
      minutes: minutes(flight.seconds),
      travel_time_s: Math.round(10 * flight.seconds) / 10,
      length_m: length,
      in_zone_m: Math.round(10 * flight.inZoneM) / 10,
      unknown_m: Math.round(10 * flight.unknownM) / 10,
      before: telling.before(flight, name, length),
      steps: telling.steps(flight),
      behind: telling.behind(flight, name, opening, hazard, footways.startDelayS),
      shape: footways.shapeOf(flight.way),
    };
  }
}

/** @param {Date} now */
function moment(now) {
  return `${now.toISOString().slice(0, 19)}+00:00`;
}

/**
 * Of what holds now a device without a network knows nothing, whatever was in force when it was saved.
 *
 * @param {Texts} texts
 * @param {Date} now
 */
function inForce(texts, now) {
  const unknown = (/** @type {string} */ key) => ({
    known: false,
    as_of: moment(now),
    text: texts["page"][`offline.${key}`],
  });
  return {
    orders: { ...unknown("orders"), here: [], elsewhere: 0 },
    closures: { ...unknown("closures"), near: [], others: 0 },
  };
}

/**
 * @param {Texts} texts
 * @param {any[]} hazards
 * @param {boolean | null} inCity
 * @param {boolean} fictitious
 * @returns {string[]}
 */
function notes(texts, hazards, inCity, fictitious) {
  const said = (/** @type {string} */ key) => texts["said"][key];
  return [
    ...(inCity === false ? [said("card.elsewhere")] : []),
    ...(inCity === null ? [said("card.no_boundary")] : []),
    ...(hazards.some((each) => each["sites"]?.["nearest"].length) ? [said("card.walking")] : []),
    said("card.first"),
    ...(fictitious ? [said("card.fictitious")] : []),
  ];
}
