/** What the map of the surroundings says: its legend, and the list of what it shows. */

import { said } from "../view.mjs";

/** @import { Around, Hazard, LegendEntry, Route } from "./source.mjs" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {Around} around
 * @returns {(key: string, values?: Record<string, string | number>) => string}
 */
export function words(around) {
  return (key, values) => said(around, key, values);
}

/**
 * Puts the classes of a hazard in the place of those before it; what follows them stays.
 *
 * @param {HTMLElement} list
 * @param {LegendEntry[]} entries
 */
export function showLegend(list, entries) {
  const rest = [...list.children].filter((each) => each.className.startsWith("mark-"));
  const items = entries.map((entry) => {
    const item = document.createElement("li");
    item.append(swatch(entry), ` ${entry.title}`);
    return item;
  });
  list.replaceChildren(...items, ...rest);
}

/** @param {LegendEntry} entry */
function swatch({ color, hatch }) {
  const made = element("svg", { class: "swatch", viewBox: "0 0 28 18", width: "28", height: "18", "aria-hidden": "true" });
  made.append(element("rect", { width: "28", height: "18", fill: color, "fill-opacity": ".6" }));
  if (hatch) {
    const ink = { stroke: "#282828", "stroke-opacity": ".45", "stroke-width": "1.5", "stroke-linecap": "round" };
    made.append(element("path", { d: hatch, ...ink }));
  }
  made.append(element("path", { d: "M.5.5h27v17H.5z", fill: "none", stroke: "#56606b" }));
  return made;
}

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 */
function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/**
 * What is seen, in words: the place, the sites with their ways, and each class of the hazard.
 *
 * @param {import("maplibre-gl").Map} map
 * @param {Around} around
 * @param {Hazard} hazard
 * @param {string} title of the hazard
 * @param {Route[]} routes
 * @param {{ lon: number, lat: number }} place
 * @param {boolean} isSure false where the hazard could not be loaded
 * @returns {string[]}
 */
export function listed(map, around, hazard, title, routes, place, isSure) {
  const say = words(around);
  const bounds = map.getBounds();
  const seen = [];
  if (bounds.contains([place.lon, place.lat])) seen.push(say("around.here"));
  routes.forEach(({ site, travel_time_s }, number) => {
    if (!bounds.contains(site.position)) return;
    const minutes = say("card.walk_minutes", { minutes: Math.ceil(travel_time_s / 60) });
    seen.push(`${number + 1}. ${say("around.site")}: ${site.name} (${minutes})`);
  });
  if (!hazard.known) return [...seen, say("around.unknown", { hazard: title })];
  if (!isSure) return [...seen, say("client.tiles_failed", { layers: title })];
  const classes = classesIn(map, hazard);
  if (classes.length === 0) return [...seen, say("around.nothing", { hazard: title })];
  return [...seen, ...classes.map(([entry, count]) => say("around.areas", { class: entry.title, count }))];
}

/**
 * @param {import("maplibre-gl").Map} map
 * @param {Hazard} hazard
 * @returns {[LegendEntry, number][]} classes in sight and how many areas of them, in the order of the legend
 */
function classesIn(map, hazard) {
  if (!map.getLayer(hazard.id)) return [];
  /** @type {Map<string | null, Set<unknown>>} */
  const found = new Map();
  const known = new Set(hazard.legend.map(({ value }) => value));
  for (const { properties } of map.queryRenderedFeatures({ layers: [hazard.id] })) {
    const given = hazard.by === null ? null : String(properties[hazard.by]);
    const value = known.has(given) ? given : null;
    found.set(value, (found.get(value) ?? new Set()).add(properties["id"]));
  }
  return hazard.legend.flatMap((entry) => {
    const ids = found.get(entry.value);
    return ids ? [/** @type {[LegendEntry, number]} */ ([entry, ids.size])] : [];
  });
}
