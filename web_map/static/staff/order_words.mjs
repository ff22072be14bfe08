/**
 * An evacuation order as citizens read it (the boxes of the answer page), and what is to be said of it at the desk.
 */

import { areaOf } from "../geodesy.mjs";
import { called, layerFor, node } from "./texts.mjs";
import { toLocal } from "./zoned.mjs";

/** @typedef {import("./desk.mjs").Around} Around */
/** @typedef {import("./board.mjs").Item["properties"]} Properties */

/**
 * @param {Around} around
 * @param {Properties} properties
 */
export function orderBox({ view, say }, properties) {
  const layer = layerFor(view, "evacuation-orders");
  /** @type {[name: string, value: string | null][]} */
  const facts = [
    ["area_name", properties["area_name"]],
    ["hazard", called(layer, "hazard", properties["hazard"])],
    ["reason", properties["reason"]],
    ["from", dated(view, properties["from"])],
    ["until", properties["until"] ? dated(view, properties["until"]) : say("desk_order_no_end")],
    ["issued_by", properties["issued_by"]],
  ];
  const rows = facts.flatMap(([name, value]) => {
    const title = layer.fields.find((each) => each.name === name)?.title ?? name;
    return value ? [node("div", "", node("dt", "", title), node("dd", "", value))] : [];
  });
  return node(
    "div",
    `order order-${properties["level"]}`,
    node("p", "order-name", levelOf({ view }, properties)),
    node(
      "div",
      "order-words",
      ...(properties["exercise"] ? [node("p", "order-exercise", say("desk_order_exercise"))] : []),
      node("p", "order-action", view.order_actions[String(properties["level"])] ?? ""),
      node("dl", "", ...rows),
    ),
  );
}

/**
 * @param {Pick<Around, "view">} around
 * @param {Properties} properties
 * @returns {string} the level's number and name
 */
export function levelOf({ view }, properties) {
  return called(layerFor(view, "evacuation-orders"), "level", properties["level"]) ?? "";
}

/**
 * Who sees an order, and from when on.
 *
 * @param {Around} around
 * @param {Properties} properties
 */
export function audienceOf({ view, say, server }, { public: isPublic, from }) {
  if (!isPublic) return say("desk_order_internal");
  const isLater = server.clock.heard === null || Date.parse(from) > server.clock.heard;
  return isLater ? say("desk_order_later", { time: dated(view, from) }) : say("desk_order_public");
}

/**
 * @param {Around["view"]} view
 * @param {string} at
 * @returns {string} year to minute by the clock of the city, as the public pages have it
 */
function dated(view, at) {
  return toLocal(Date.parse(at), view.city.time_zone).replace("T", " ");
}

/**
 * @param {Around} around
 * @param {import("geojson").Geometry | null} geometry
 */
export function extentOf({ say }, geometry) {
  let parts = geometry?.type === "MultiPolygon" ? geometry.coordinates : [];
  if (geometry?.type === "Polygon") parts = [geometry.coordinates];
  const areas = parts.flatMap(([outer = [], ...holes]) => [
    areaOf(/** @type {[number, number][]} */ (outer)),
    ...holes.map((hole) => -areaOf(/** @type {[number, number][]} */ (hole))),
  ]);
  const square_m = areas.reduce((sum, area) => sum + area, 0);
  return say("desk_order_extent", { size: (square_m / 1e6).toPrecision(2) });
}

/**
 * Asks in words before something is done.
 *
 * @param {HTMLDialogElement} dialog
 * @param {{title: string, act: string, content: Node[]}} words
 * @returns {Promise<boolean>}
 */
export function confirmed(dialog, { title, act, content }) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (dialog.querySelector(`[data-${name}]`));
  part("title").textContent = title;
  part("act").textContent = act;
  part("words").replaceChildren(...content);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
