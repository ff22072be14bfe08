/**
 * The answer page drawn on the device, by the server's own template (`web_map/pages.py`, `web_map/card.py`).
 */

import { round } from "./footways.mjs";
import { draw, withRuby, withoutRuby } from "./template.mjs";
import { fill } from "./words.mjs";

/** @import { City } from "./city.mjs" */
/** @import { Trees } from "./template.mjs" */

/**
 * What the address asks for.
 *
 * @typedef {object} Asked
 * @property {string} query
 * @property {number | null} lon
 * @property {number | null} lat
 */

const STATES = ["inside", "unknown", "outside"];

/**
 * @param {City} city its texts in the language are read
 * @param {Trees} trees
 * @param {any} answer of `City.answer`; null where there is none
 * @param {Asked} asked
 * @param {string} language
 * @param {string[]} [problem] what is said in its place
 * @returns {string} a whole page; its addresses are relative
 */
export function cardPage(city, trees, answer, asked, language, problem = []) {
  const texts = /** @type {any} */ (city.texts.get(language));
  const say = (/** @type {string} */ key, /** @type {Record<string, unknown>} */ values = {}) => {
    const text = texts["page"][key];
    if (text === undefined) throw new Error(`There is no text ${key}.`);
    return fill(text, values);
  };
  return draw(trees, "card.html", {
    asked,
    languages: city.languages,
    asked_in: address(asked, ""),
    card: answer === null ? null : view(answer),
    orders: answer === null ? null : answer["orders"],
    urls: { base: "", page: "", map: "#map", layers: "", ogc: "#sources-heading", static: "." },
    city: texts["city"],
    contact_name: city.core["contact_name"],
    contact_url: city.core["contact_url"],
    fictitious: city.core["fictitious"] || (answer !== null && answer["fictitious"]),
    problem,
    answered_at: answer === null ? null : clock(answer["answered_at"], city.core["time_zone"]),
    language,
    offline: null,
    live: null,
    clock: (/** @type {string} */ moment) => clock(moment, city.core["time_zone"]),
    around: null,
    neighbours: { named: null, every: [] },
    sheet: null,
    plain: withoutRuby,
    kept: drawn,
    kept_of: drawn,
    t: (/** @type {string} */ key, /** @type {any} */ values) => withRuby(say(key, values)),
    p: (/** @type {string} */ key, /** @type {any} */ values) => withoutRuby(say(key, values)),
    figure: (/** @type {number} */ value) => String(Number(value.toPrecision(6))),
    metres: (/** @type {number} */ value) => Math.max(10, 10 * round(value / 10)).toLocaleString("en"),
  });
}

/**
 * What the server keeps for the next page is drawn here each time.
 *
 * @param {(...values: any[]) => any} macro
 * @param {any[]} values
 */
function drawn(macro, ...values) {
  return macro(...values);
}

/**
 * The address that asks the same in a language, which stands at its end.
 *
 * @param {Asked} asked
 * @param {string} language
 */
export function address(asked, language) {
  const query = new URLSearchParams();
  if (asked.query) query.set("q", asked.query);
  if (asked.lon !== null && asked.lat !== null) {
    query.set("lon", asked.lon.toFixed(6));
    query.set("lat", asked.lat.toFixed(6));
  }
  query.set("lang", language);
  return `?${query}`;
}

/**
 * Year to minute in a time zone.
 *
 * @param {string} moment
 * @param {string} timeZone
 */
export function clock(moment, timeZone) {
  const options = /** @type {const} */ ({ timeZone, dateStyle: "short", timeStyle: "short" });
  return new Intl.DateTimeFormat("sv-SE", options).format(new Date(moment));
}

/**
 * The parts of the card, as `web_map.card.card_view` has them.
 *
 * @param {any} answer
 */
function view(answer) {
  return {
    ...answer,
    more: Math.max(0, answer["total"] - answer["choices"].length),
    map: "#map",
    groups: groups(answer["hazards"]),
    sites: Object.fromEntries(answer["hazards"].map((/** @type {any} */ each) => [each["id"], each["sites"]])),
  };
}

/**
 * The hazards by state, with the advice that all of a group share.
 *
 * @param {any[]} hazards
 */
function groups(hazards) {
  const same = (/** @type {any} */ one, /** @type {any} */ other) => JSON.stringify(one) === JSON.stringify(other);
  const has = (/** @type {any[]} */ several, /** @type {any} */ one) => several.some((each) => same(each, one));
  return STATES.flatMap((state) => {
    const members = hazards.filter((each) => each["state"] === state);
    if (!members.length) return [];
    const advised = members.map((each) => each["what_to_do"]).filter((each) => each.length);
    const [first = [], ...others] = advised;
    const advice = first.filter((/** @type {any} */ one) => others.every((each) => has(each, one)));
    const own = members.map((each) => ({
      ...each,
      advice: each["what_to_do"].filter((/** @type {any} */ one) => !has(advice, one)),
    }));
    const apart = own.map((each, place) => {
      const same_as = own.slice(0, place).find((other) => each.advice.length && same(other.advice, each.advice)) ?? null;
      return { ...each, same_as };
    });
    return [{ state, advice, hazards: apart }];
  });
}
