/**
 * The parts of the sheet of an incident as they are read: route, water, hazards, notes.  What is not known is said to be.
 */

import { readable } from "../values.mjs";
import { clock, layerFor, metres, minutes, node } from "./texts.mjs";

/** @typedef {import("../view.mjs").Say} Say */
/** @typedef {import("./board.mjs").Item} Item */
/** @typedef {import("./progress.mjs").Route} Route */
/** @typedef {import("./texts.mjs").StaffView} StaffView */

/**
 * @template T
 * @typedef {import("./readings.mjs").Reading<T>} Reading
 */

/**
 * @param {{route: Route | null, refusal: string} | null} way
 * @param {Say} say
 * @returns {Node[]}
 */
export function routeNodes(way, say) {
  const route = way?.route;
  if (!route) return way === null ? [node("p", "hint", say("route_not_asked"))] : [];
  const steps = node("ol", "steps");
  for (const step of route.steps) {
    steps.append(node("li", "", step.text, node("span", "figure", `${metres(step.length_m)} ${minutes(step.travel_time_s)}`)));
  }
  const warnings = [
    ...(route.closures ?? []).map((each) => each.text),
    ...(route.doubts ?? []).map((each) => `${each.text}${each.name ? ` ${each.name}` : ""} ${metres(each.length_m)}`),
    ...(route.limits ?? []).map((each) => each.text),
    ...hazardWarnings(route.hazards, say),
  ];
  const box = node("details", "", node("summary", "", say("all_steps", { count: route.steps.length })), steps);
  return [...(warnings.length > 0 ? [list("warnings", warnings)] : []), box];
}

/**
 * The zones that a way leads through, and of which hazards it is not known; in one line those that are unknown all along.
 *
 * @param {Route["hazards"]} hazards
 * @param {Say} say
 */
function hazardWarnings(hazards, say) {
  const isUnknown = (/** @type {NonNullable<Route["hazards"]>[number]} */ each) => each.state === "unknown" && each.outside_m === 0;
  const unknown = (hazards ?? []).filter(isUnknown);
  if (!hazards || unknown.length === hazards.length) return [say("hazards_unknown")];
  const isWhole = (/** @type {string} */ title) => hazards.every((each) => each.title !== title || isUnknown(each));
  const names = unknown.map(({ title, scenario }) =>
    scenario === null || isWhole(title) ? title : `${title} (${scenario.title})`,
  );
  return [
    ...["inside", "unknown"].flatMap((state) =>
      hazards.filter((each) => each.state === state && !isUnknown(each)).map((each) => each.text),
    ),
    ...(names.length > 0 ? [say("hazards_unknown_of", { hazards: [...new Set(names)].join(say("list_separator")) })] : []),
  ];
}

/**
 * @param {Reading<any>} read
 * @param {boolean} byCapacity
 * @param {Say} say
 * @param {StaffView} view
 * @returns {Node[]}
 */
export function waterNodes(read, byCapacity, say, view) {
  if (read.value === null) return unknown(read, say);
  const features = [...read.value.features];
  if (byCapacity) {
    const volume = (/** @type {any} */ each) => each.properties.capacity_m3 ?? -1;
    features.sort((a, b) => volume(b) - volume(a));
  }
  const order = (/** @type {string} */ name, /** @type {boolean} */ pressed) => {
    const button = node("button", "", say(name === "capacity" ? "by_capacity" : "by_distance"));
    button.type = "button";
    button.dataset["order"] = name;
    button.setAttribute("aria-pressed", String(pressed));
    return button;
  };
  const found = node("ul", "water");
  for (const { properties } of features) {
    const figures = [
      say("hose", { length: metres(properties.length_m), hoses: properties.hoses }),
      properties.capacity_m3 === null ? null : say("capacity", { volume: properties.capacity_m3 }),
      properties.main_diameter_mm === null ? null : say("diameter", { size: properties.main_diameter_mm }),
      properties.capacity_m3 === null && properties.main_diameter_mm === null ? say("capacity_unknown") : null,
      properties.condition === "unknown" ? say("condition_unknown") : null,
      properties.uses_closed_roads ? say("over_closed_roads") : null,
      properties.address,
    ];
    found.append(
      node("li", "", node("strong", "", properties.title), ` ${figures.filter((each) => each !== null).join("　")}`),
    );
  }
  const beside = read.value.not_usable.map(
    (/** @type {any} */ { properties }) => `${properties.title} ${metres(properties.length_m)}`,
  );
  return [
    asOf(read, say, view),
    ...(read.value.refusal ? [node("p", "problem", read.value.refusal.text)] : []),
    node("p", "row", order("distance", !byCapacity), order("capacity", byCapacity)),
    found,
    ...(beside.length > 0 ? [node("p", "facts", say("not_usable", { sources: beside.join(say("list_separator")) }))] : []),
  ];
}

/**
 * @param {Reading<any>} read
 * @param {Say} say
 * @param {StaffView} view
 * @returns {Node[]}
 */
export function hazardNodes(read, say, view) {
  if (read.value === null) return unknown(read, say);
  const order = ["inside", "unknown", "outside"];
  const found = [...read.value.hazards].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const lines = node("ul", "hazards");
  for (const hazard of found) lines.append(node("li", hazard.state, hazard.statement));
  return [asOf(read, say, view), lines];
}

/**
 * @param {Reading<Item[]>} read
 * @param {boolean} known notes are loaded, and the place is one
 * @param {number} reach_m
 * @param {Say} say
 * @param {StaffView} view
 * @returns {Node[]}
 */
export function noteNodes(read, known, reach_m, say, view) {
  if (read.value === null) return unknown(read, say);
  if (!known) return [node("p", "unknown", say("notes_unknown"))];
  if (read.value.length === 0) return [asOf(read, say, view), node("p", "", say("no_notes", { reach: reach_m }))];
  const layer = layerFor(view, "building-notes");
  const found = node("ul", "notes");
  for (const { properties } of read.value) {
    const facts = layer.fields.flatMap((field) => {
      if (field.name === layer.title_field) return [];
      const text = readable(field, properties[field.name], view);
      return text === null ? [] : [`${field.title}: ${text}`];
    });
    found.append(node("li", "", node("strong", "", String(properties[layer.title_field ?? ""] ?? "")), list("", facts)));
  }
  return [asOf(read, say, view), found];
}

/**
 * @param {Reading<any>} read
 * @param {Say} say
 */
function unknown(read, say) {
  return [node("p", "unknown", read.refusal || say("staff_unknown"))];
}

/**
 * @param {Reading<any>} read
 * @param {Say} say
 * @param {StaffView} view
 */
function asOf(read, say, view) {
  const text = say(read.fresh ? "as_of_now" : "as_of_kept", { time: clock(view, read.at) });
  return node("p", read.fresh ? "as-of" : "as-of old", text);
}

/**
 * @param {string} className
 * @param {string[]} texts
 */
function list(className, texts) {
  return node("ul", className, ...texts.map((text) => node("li", "", text)));
}
