/**
 * What the server put into a page of the staff, and its figures and times as a person reads them.
 */

import { serverClock } from "../server_clock.mjs";

/**
 * @typedef {object} Key
 * @property {string} value
 * @property {string} title
 * @property {string} color
 * @property {string} field of a dispatch: the time of this key
 *
 * @typedef {import("../view.mjs").View & {duties: Record<string, string>, keys: Key[], account: string, worker: string,
 *   urls: {public: string}, order_actions: Record<string, string>, editable: string[]}} StaffView
 * @typedef {import("../view.mjs").LayerView} LayerView
 */

/**
 * The layer with a duty.
 *
 * @param {StaffView} view
 * @param {"incidents" | "vehicles" | "dispatches" | "closures" | "building-notes" | "evacuation-orders"} duty
 * @returns {LayerView}
 */
export function layerFor(view, duty) {
  const found = view.layers.find((layer) => layer.id === view.duties[duty]);
  if (found === undefined) throw new Error(`No layer is that of ${duty}.`);
  return found;
}

/**
 * Whether a vehicle with this status is on an order: it has pressed a key of one, and not the last.
 *
 * @param {StaffView} view
 * @param {unknown} status
 */
export function isUnderWay(view, status) {
  return view.keys.slice(0, -1).some((key) => key.value === status);
}

/**
 * What a code of a field is called.
 *
 * @param {LayerView} layer
 * @param {string} field
 * @param {unknown} code
 * @returns {string | null} null: not stated
 */
export function called(layer, field, code) {
  if (code === null || code === undefined) return null;
  return layer.fields.find((each) => each.name === field)?.codes?.[String(code)] ?? String(code);
}

/**
 * @param {StaffView} view
 * @param {number | string | null} at
 * @returns {string} hours and minutes by the clock of the city; the date too where it is not known to be of this half day
 */
export function clock(view, at) {
  if (at === null) return "–";
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  const now = serverClock.heard;
  const isNear = now !== null && Math.abs(now - date.getTime()) < 12 * 3_600_000;
  /** @type {Intl.DateTimeFormatOptions} */
  const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: view.city.time_zone };
  return new Intl.DateTimeFormat(view.language, isNear ? style : { ...style, month: "numeric", day: "numeric" }).format(
    date,
  );
}

/** @param {number} metres */
export function metres(metres) {
  return metres < 1_000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1_000).toFixed(1)} km`;
}

/** @param {number} seconds @returns {string} minutes and seconds, as on a stop watch */
export function minutes(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/**
 * An element with a text; data is only ever text, never markup.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} name
 * @param {string} className
 * @param {...(string | Node)} content
 * @returns {HTMLElementTagNameMap[T]}
 */
export function node(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/**
 * Replaces what an element holds, where it is something else by now: a screen reader is not told the same twice, and the
 * focus stays.
 *
 * @param {HTMLElement} element
 * @param {...(string | Node)} content
 */
export function fill(element, ...content) {
  const made = document.createElement("div");
  made.append(...content);
  if (made.innerHTML !== element.innerHTML) element.replaceChildren(...made.childNodes);
}
