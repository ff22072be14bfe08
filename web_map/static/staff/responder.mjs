/**
 * The responder's screen: incidents first, one touch for the way there, status keys that arrive through any tunnel.
 */

import { words } from "../view.mjs";
import { element, readView } from "../view.mjs";
import { Board } from "./board.mjs";
import { bindPalette, keepAwake, recalled, remember, Whereabouts } from "./device.mjs";
import { bindLeaving, keepForTunnel, own } from "./keeping.mjs";
import { ReportQueue } from "./queue.mjs";
import { Readings } from "./readings.mjs";
import { Server } from "./server.mjs";
import { Sheet } from "./sheet.mjs";
import { openStore } from "./store.mjs";
import { called, clock, fill, layerFor, node } from "./texts.mjs";

/** @typedef {import("./texts.mjs").StaffView} StaffView */
/** @typedef {import("./board.mjs").Item} Item */

const VEHICLE = "ngis-vehicle";

const view = /** @type {StaffView} */ (readView(document));
const say = words(view);
const parts = {
  vehicle: element(document, "vehicle", HTMLSelectElement),
  connection: element(document, "connection", HTMLElement),
  pending: element(document, "pending", HTMLElement),
  alerts: element(document, "alerts", HTMLElement),
  overview: element(document, "overview", HTMLElement),
  asOf: element(document, "incidents-as-of", HTMLElement),
  incidents: element(document, "incidents", HTMLElement),
  leave: element(document, "leave", HTMLFormElement),
};
const vehicles = layerFor(view, "vehicles");
const incidents = layerFor(view, "incidents");

const server = new Server(view.urls.ogc, view.language);
const store = await openStore();
await own(store, view.account);
const readings = new Readings(server, store);
const board = new Board(view, readings, ["incidents", "vehicles", "dispatches", "closures"]);
const whereabouts = new Whereabouts();
const queue = new ReportQueue(server, store, `/collections/${vehicles.id}/positions`);

let chosen = recalled(VEHICLE) ?? "";
/** @type {Record<string, {status: string, time: number, report_id?: string}>} the key pressed last on this device, by vehicle */
const pressed = (await store.kept("pressed"))?.value ?? {};

const vehicle = () => board.all("vehicles").find((item) => item.properties["call_sign"] === chosen) ?? null;
const sheet = new Sheet({ view, server, readings, board, whereabouts, vehicle, alert });

// --- what is seen ------------------------------------------------------------------------------------------------

function showVehicles() {
  const names = board.all("vehicles").map(({ properties }) => String(properties["call_sign"]));
  if (chosen && !names.includes(chosen)) names.unshift(chosen);
  const shown = [...parts.vehicle.options].slice(1).map((option) => option.value);
  if (names.join("\n") !== shown.join("\n")) {
    const first = parts.vehicle.options[0];
    parts.vehicle.replaceChildren(...(first ? [first] : []), ...names.map((name) => new Option(name, name)));
  }
  parts.vehicle.value = chosen;
}

function showIncidents() {
  const read = board.read.incidents;
  parts.asOf.textContent =
    read.value === null ? "" : say(read.fresh ? "as_of_now" : "as_of_kept", { time: clock(view, read.at) });
  parts.asOf.classList.toggle("old", !read.fresh);
  if (read.value === null) return fill(parts.incidents, node("li", "nothing", say("staff_unknown")));
  const found = board.incidents(chosen);
  if (found.length === 0) return fill(parts.incidents, node("li", "nothing", say("no_incidents")));
  fill(parts.incidents, ...found.map(({ item, isOwn }) => incidentCard(item, isOwn)));
}

/**
 * @param {Item} item
 * @param {boolean} isOwn
 */
function incidentCard({ id, properties }, isOwn) {
  const kind = called(incidents, "kind", properties["kind"]) ?? "";
  const facts = [
    called(incidents, "strike_level", properties["strike_level"]),
    called(incidents, "status", properties["status"]),
    say("reported_at", { time: clock(view, properties["reported_at"]) }),
  ];
  const units = board.dispatchesTo(properties["incident_id"]).map((each) => each.properties["call_sign"]);
  const heading = node("h2", "", `${kind} `, node("span", "address", properties["address"] ?? say("no_address")));
  const route = node("button", "strong", say("go_route"));
  route.type = "button";
  route.dataset["go"] = String(id);
  route.setAttribute("aria-label", `${say("go_route")}: ${kind} ${properties["address"] ?? ""}`);
  const card = node("li", isOwn ? "card own" : "card");
  card.append(
    ...(isOwn ? [node("p", "tag", say("own_dispatch"))] : []),
    heading,
    node("p", "facts", facts.filter((fact) => fact !== null).join("　")),
    ...(units.length > 0 ? [node("p", "facts", say("units_sent", { units: units.join(say("list_separator")) }))] : []),
    route,
  );
  return card;
}

function showKeys() {
  const known = vehicle();
  const told = Date.parse(known?.properties["status_at"] ?? "");
  const own = pressed[chosen];
  const isOwn = own !== undefined && !(told > own.time);
  const status = isOwn ? own.status : known?.properties["status"];
  const at = isOwn ? own.time : told;
  const waits = new Set(queue.waiting.filter((each) => each.call_sign === chosen).map((each) => each.status));
  for (const button of document.querySelectorAll("button[data-key]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    const key = button.dataset["key"] ?? "";
    button.disabled = chosen === "";
    button.setAttribute("aria-pressed", String(key === status));
    const line = button.querySelector(".key-time");
    if (line) {
      line.textContent = waits.has(key) ? say("waits") : key === status && !Number.isNaN(at) ? clock(view, at) : "";
    }
  }
  const count = queue.waiting.length;
  const words = [
    count > 0 ? say("pending", { count }) : "",
    count > 0 && queue.hindrance ? queue.hindrance : "",
    store.isLasting ? "" : say("not_lasting"),
  ];
  parts.pending.textContent = words.filter(Boolean).join(" ");
}

function showConnection() {
  const at = board.read.incidents.at;
  const reached = server.reached && board.read.incidents.fresh;
  const unsure = server.clock.heard === null ? ` ${say("clock_unknown")}` : "";
  const text = !reached
    ? say("not_connected", { time: clock(view, at) }) + unsure
    : say(board.current ? "connected" : "connected_without_events", { time: clock(view, at) });
  parts.connection.classList.toggle("old", !reached || !board.current);
  if (parts.connection.textContent !== text) parts.connection.textContent = text;
}

/**
 * What has to be seen now; it stays until somebody has seen it.
 *
 * @param {string} text
 * @param {string} [name] of what it is about: a newer one takes the place of an older
 */
function alert(text, name = text) {
  const dismiss = node("button", "", say("seen"));
  dismiss.type = "button";
  const box = node("div", "alert", node("p", "", text), dismiss);
  box.dataset["about"] = name;
  dismiss.addEventListener("click", () => box.remove());
  for (const before of parts.alerts.children) {
    if (before instanceof HTMLElement && before.dataset["about"] === name) before.remove();
  }
  parts.alerts.prepend(box);
}

// --- what is done ------------------------------------------------------------------------------------------------

parts.vehicle.addEventListener("change", () => {
  chosen = parts.vehicle.value;
  remember(VEHICLE, chosen);
  showIncidents();
  showKeys();
  sheet.boardChanged();
});
parts.incidents.addEventListener("click", (event) => {
  const id = event.target instanceof HTMLElement ? event.target.dataset["go"] : undefined;
  const item = board.all("incidents").find((each) => String(each.id) === id);
  if (item) void sheet.go(item);
});
for (const button of document.querySelectorAll("button[data-key]")) {
  button.addEventListener("click", async () => {
    const key = button.getAttribute("data-key") ?? "";
    const fix = whereabouts.now;
    const place = fix && { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m };
    try {
      const report = await queue.press(chosen, key, place);
      await keepPressed(report);
    } catch (error) {
      alert(say("key_failed", { reason: error instanceof Error ? error.message : String(error) }));
    }
    showKeys();
  });
}
/** @param {import("./queue.mjs").Report} report */
async function keepPressed({ call_sign, status, time, report_id }) {
  const at = Date.parse(time);
  pressed[call_sign] = { status, time: at, report_id };
  await store.keep("pressed", pressed, at).catch(() => undefined);
}
bindLeaving(
  parts.leave,
  store,
  () => queue.waiting.length === 0 || confirm(say("leave_waiting", { count: queue.waiting.length })),
);
queue.addEventListener("change", showKeys);
queue.addEventListener("sent", (event) => {
  for (const report of /** @type {CustomEvent} */ (event).detail) {
    if (pressed[report.call_sign]?.report_id === report.report_id) void keepPressed(report);
    if (report.not_before === undefined) continue;
    const key = view.keys.find((each) => each.value === report.status)?.title ?? report.status;
    alert(say("key_unsure", { key, from: clock(view, report.not_before), until: clock(view, report.time) }));
  }
});
queue.addEventListener("refused", (event) => {
  for (const { report, reason } of /** @type {CustomEvent} */ (event).detail) {
    const key = view.keys.find((each) => each.value === report.status)?.title ?? report.status;
    alert(say("key_refused", { key, time: clock(view, report.time), reason }));
  }
});
server.addEventListener("reached", showConnection);
server.addEventListener("session", () => {
  const field = parts.leave.elements.namedItem("csrf");
  if (field instanceof HTMLInputElement) field.value = server.session?.csrf ?? "";
  if (server.session === null) alert(say("signed_out"), "session");
  else if (server.session.account !== view.account) location.reload(); // another has signed in beside this page
  else void queue.flush();
});
board.addEventListener("current", showConnection);
board.addEventListener("change", () => {
  showVehicles();
  showIncidents();
  showKeys();
  showConnection();
  sheet.boardChanged();
});
board.addEventListener("told", (event) => {
  const { kind, content } = /** @type {CustomEvent} */ (event).detail;
  if (content.call_sign === chosen) sheet.told(kind, content);
});

bindPalette(element(document, "palette", HTMLButtonElement));
keepAwake();
whereabouts.start();
await Promise.all([board.start(), server.signIn().catch(() => null), queue.restore(), sheet.restore()]);
await sheet.openMap();
await keepForTunnel(view.worker);
