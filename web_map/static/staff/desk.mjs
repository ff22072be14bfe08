/**
 * The desk: incidents, units, closures, evacuation orders and dispatch on one screen.  Whatever the map does is done in the lists too.
 */

import { element, readView, words } from "../view.mjs";
import { Board, EVERY_PART } from "./board.mjs";
import { bindPalette } from "./device.mjs";
import { bindDispatch } from "./dispatch.mjs";
import { bindClosureForm, bindClosureList, bindIncidentForm } from "./forms.mjs";
import { bindLeaving, own } from "./keeping.mjs";
import { bindOrders } from "./orders.mjs";
import { Readings } from "./readings.mjs";
import { Server } from "./server.mjs";
import { openStore } from "./store.mjs";
import { called, clock, fill, isUnderWay, layerFor, node } from "./texts.mjs";

/** @typedef {import("./board.mjs").Item} Item */
/** @typedef {import("./staff_map.mjs").StaffMap} StaffMap */
/** @typedef {import("./texts.mjs").StaffView} StaffView */

/**
 * @typedef {object} Around what the parts of the desk share
 * @property {StaffView} view
 * @property {import("../view.mjs").Say} say
 * @property {Server} server
 * @property {Board} board
 * @property {import("./store.mjs").Store} store
 * @property {(at: number | string | null) => string} clock
 * @property {(geometries: import("geojson").Geometry[]) => void} draft shows on the map what is being drawn
 * @property {() => [number, number] | null} centre of the map; null without one
 */

const view = /** @type {StaffView} */ (readView(document));
const say = words(view);
const incidents = layerFor(view, "incidents");
const vehicles = layerFor(view, "vehicles");
const server = new Server(view.urls.ogc, view.language);
const store = await openStore();
await own(store, view.account);
const board = new Board(view, new Readings(server, store), EVERY_PART);
/** @type {StaffMap | null} */
let map = null;
/** @type {import("geojson").Feature[]} what is being drawn, also before there is a map */
let drafted = [];
/** @type {string | null} */
let chosen = null;

/** @type {Around} */
const around = {
  view,
  say,
  server,
  board,
  store,
  clock: (at) => clock(view, at),
  draft: (geometries) => {
    drafted = geometries.map((geometry) => ({ type: "Feature", properties: {}, geometry }));
    map?.draw("draft", drafted);
  },
  centre: () => map?.centre() ?? null,
};

const connection = element(document, "connection", HTMLElement);
const incidentList = element(document, "incidents", HTMLElement);
const unitTable = element(document, "units", HTMLTableElement);
const leave = element(document, "leave", HTMLFormElement);
const incidentBox = element(document, "incident-form-box", HTMLDetailsElement);
const closureBox = element(document, "closure-form-box", HTMLDetailsElement);
const orderBox = element(document, "order-form-box", HTMLDetailsElement);
const dispatch = bindDispatch(
  {
    heading: element(document, "dispatch-for", HTMLElement),
    plan: element(document, "plan", HTMLButtonElement),
    form: element(document, "dispatch-form", HTMLFormElement),
    proposal: element(document, "proposal", HTMLElement),
    order: element(document, "order", HTMLButtonElement),
    line: element(document, "dispatch-said", HTMLElement),
    sent: element(document, "sent", HTMLElement),
  },
  around,
);
const incidentForm = bindIncidentForm(element(document, "incident-form", HTMLFormElement), around);
const closureForm = bindClosureForm(element(document, "closure-form", HTMLFormElement), around);
const closuresSaid = element(document, "closures-said", HTMLElement);
const showClosures = bindClosureList(element(document, "closures", HTMLElement), closuresSaid, around);
const orders = bindOrders(
  {
    form: element(document, "order-form", HTMLFormElement),
    dialog: element(document, "confirm", HTMLDialogElement),
    list: element(document, "orders", HTMLElement),
    line: element(document, "orders-said", HTMLElement),
  },
  around,
);

// --- what is seen ------------------------------------------------------------------------------------------------

/**
 * @param {string} id
 * @param {import("./readings.mjs").Reading<unknown>} read
 */
function showAsOf(id, read) {
  const line = element(document, id, HTMLElement);
  line.textContent = read.value === null ? "" : say(read.fresh ? "as_of_now" : "as_of_kept", { time: clock(view, read.at) });
  line.classList.toggle("old", !read.fresh);
}

function showIncidents() {
  showAsOf("incidents-as-of", board.read.incidents);
  if (board.read.incidents.value === null) return fill(incidentList, node("p", "unknown", say("staff_unknown")));
  const found = board.incidents();
  if (found.length === 0) return fill(incidentList, node("p", "", say("no_incidents")));
  const focused = document.activeElement instanceof HTMLInputElement ? document.activeElement.value : null;
  const cards = found.map(({ item: { id, properties } }) => {
    const input = node("input", "");
    Object.assign(input, { type: "radio", name: "incident", value: String(id) });
    input.defaultChecked = String(id) === chosen;
    const facts = [
      called(incidents, "strike_level", properties["strike_level"]),
      called(incidents, "status", properties["status"]),
      say("reported_at", { time: clock(view, properties["reported_at"]) }),
    ];
    const title = `${called(incidents, "kind", properties["kind"])} ${properties["address"] ?? say("no_address")}`;
    return node(
      "label",
      "incident",
      input,
      node("strong", "", title),
      node("span", "facts", facts.filter((fact) => fact !== null).join("　")),
    );
  });
  const had = incidentList.contains(document.activeElement);
  fill(incidentList, ...cards);
  if (had && !incidentList.contains(document.activeElement)) {
    for (const each of incidentList.querySelectorAll("input")) if (each.value === focused) each.focus();
  }
}

function showUnits() {
  showAsOf("units-as-of", board.read.vehicles);
  const missions = new Map(
    board
      .all("dispatches")
      .map(({ properties }) => [
        properties["call_sign"],
        [properties["incident_id"], properties["remarks"]].filter(Boolean).join(" "),
      ]),
  );
  const rank = (/** @type {Item} */ item) => (isUnderWay(view, item.properties["status"]) ? 0 : 1);
  const found = [...board.all("vehicles")].sort(
    (a, b) => rank(a) - rank(b) || String(a.properties["call_sign"]).localeCompare(String(b.properties["call_sign"])),
  );
  const head = node("tr", "");
  for (const key of ["desk_call_sign", "desk_status", "desk_place", "desk_mission"]) {
    const cell = node("th", "", say(key));
    cell.scope = "col";
    head.append(cell);
  }
  const rows = found.map(({ properties }) => {
    const name = node("th", "", properties["call_sign"]);
    name.scope = "row";
    const status = called(vehicles, "status", properties["status"]) ?? say("staff_unknown");
    const since = say("desk_since", { time: clock(view, properties["status_at"]) });
    const place = say("desk_road", {
      road: properties["road_name"] ?? called(vehicles, "position_source", properties["position_source"]) ?? "",
      time: clock(view, properties["position_at"]),
    });
    const mission = node("td", "", missions.get(properties["call_sign"]) ?? "");
    return node("tr", "", name, node("td", "", `${status} ${since}`), node("td", "", place), mission);
  });
  fill(unitTable, node("thead", "", head), node("tbody", "", ...rows));
}

function showConnection() {
  const { at, fresh } = board.read.vehicles;
  const reached = server.reached && fresh;
  const key = !reached ? "not_connected" : board.current ? "connected" : "connected_without_events";
  const text = say(key, { time: clock(view, at) }) + (server.clock.heard === null ? ` ${say("clock_unknown")}` : "");
  connection.classList.toggle("old", key !== "connected");
  if (connection.textContent !== text) connection.textContent = text;
}

function draw() {
  if (map === null) return;
  const color = (/** @type {import("../view.mjs").LayerView} */ layer, /** @type {unknown} */ value) =>
    layer.style.classes.find((each) => each.value === value)?.color ?? layer.style.color;
  /** @type {import("./staff_map.mjs").Mark[]} */
  const marks = [];
  const mark = (/** @type {Item} */ item, /** @type {"unit" | "incident"} */ kind, /** @type {string} */ text, /** @type {string} */ colour) => {
    if (item.geometry?.type !== "Point") return;
    const [lon = 0, lat = 0] = item.geometry.coordinates;
    marks.push({ lon, lat, text, color: colour, kind });
  };
  for (const item of board.all("vehicles")) {
    const { call_sign, status } = item.properties;
    // Those that wait at their station stand in the list; on the map they would hide one another.
    if (isUnderWay(view, status)) mark(item, "unit", call_sign, color(vehicles, status));
  }
  for (const item of board.all("incidents")) {
    const { kind } = item.properties;
    mark(item, "incident", called(incidents, "kind", kind) ?? "", color(incidents, kind));
  }
  map.mark(marks);
  const now = server.clock.heard;
  const placed = (/** @type {Item[]} */ items) =>
    items.flatMap((item) => (item.geometry ? [/** @type {import("geojson").Feature} */ (item)] : []));
  map.draw("closures", placed(board.holding("closures", now)));
  map.draw("orders", placed(board.holding("evacuation-orders", now)));
}

// --- what is done ------------------------------------------------------------------------------------------------

incidentList.addEventListener("change", (event) => {
  if (!(event.target instanceof HTMLInputElement)) return;
  chosen = event.target.value;
  const item = board.all("incidents").find((each) => String(each.id) === chosen);
  if (!item) return;
  dispatch.choose(item);
  dispatch.show();
  if (item.geometry?.type === "Point") map?.show([/** @type {[number, number]} */ (item.geometry.coordinates)]);
});
board.addEventListener("change", () => {
  showIncidents();
  showUnits();
  showClosures();
  orders.show();
  showAsOf("orders-as-of", board.read["evacuation-orders"]);
  dispatch.show();
  showConnection();
  draw();
});
board.addEventListener("current", showConnection);
board.addEventListener("told", (event) => {
  const { kind, content } = /** @type {CustomEvent} */ (event).detail;
  if (kind !== "route-cut") return;
  const names = content.closures.map((/** @type {any} */ each) => each.name ?? say("a_closure"));
  closuresSaid.textContent = say("desk_route_cut", {
    time: clock(view, content.event_at),
    unit: content.call_sign,
    closures: names.join(say("list_separator")),
  });
  closuresSaid.classList.add("failed");
});
server.addEventListener("reached", showConnection);
server.addEventListener("session", () => {
  const field = leave.elements.namedItem("csrf");
  if (field instanceof HTMLInputElement) field.value = server.session?.csrf ?? "";
  if (server.session === null) connection.textContent = say("desk_signed_out");
  else if (server.session.account !== view.account) location.reload(); // another has signed in beside this page
});

bindLeaving(leave, store);
bindPalette(element(document, "palette", HTMLButtonElement));
// The last one's box is the one that is open.
for (const form of [incidentForm, closureForm, orders]) await form.restore();
await Promise.all([board.start(), server.signIn().catch(() => null)]);
const mapState = element(document, "map-state", HTMLElement);
try {
  const { openMap } = await import("./staff_map.mjs");
  map = await openMap(view, say("staff_map_title"));
  map.onPress((place) => {
    if (closureBox.open) closureForm.take(place);
    else if (orderBox.open) orders.take(place);
    else if (incidentBox.open) incidentForm.take(place);
  });
  document.body.classList.add("with-map");
  map.draw("draft", drafted);
  draw();
} catch (error) {
  document.body.classList.add("without-map");
  mapState.textContent = say("staff_map_failed", { reason: error instanceof Error ? error.message : String(error) });
}
