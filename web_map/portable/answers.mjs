/**
 * What is at a place, and what the map shows now as a list: by pointer, by keyboard and for who hears the page.
 */

import { farFrom } from "../static/geodesy.mjs";
import { say } from "./words.mjs";

/** @typedef {import("./portable.mjs").Drawn} Drawn */
/** @typedef {import("./portable.mjs").Shown} Shown */
/** @typedef {import("./words.mjs").Words} Words */

const MOST_HERE = 20;
const MOST_LISTED = 50;
const PAUSE_MS = 250;

/**
 * @param {any} L Leaflet
 * @param {any} map
 * @param {Drawn[]} every the topmost first
 * @param {Words} words
 * @returns {() => void} to be told when a layer is switched
 */
export function offerAnswers(L, map, every, words) {
  const tell = (/** @type {any} */ place, /** @type {Node[]} */ nodes) => {
    const box = document.createElement("div");
    box.className = "answer";
    box.tabIndex = -1;
    box.append(...nodes);
    const { x: width, y: height } = map.getSize();
    const widest = Math.min(300, width - 64);
    L.popup({ maxWidth: widest, maxHeight: Math.max(160, height - 120), closeButton: false })
      .setLatLng(place)
      .setContent(box)
      .openOn(map);
    const close = box.appendChild(document.createElement("button"));
    close.type = "button";
    close.textContent = say(words, "page.close");
    close.addEventListener("click", () => map.closePopup());
    box.focus({ preventScroll: true });
  };
  const ask = (/** @type {any} */ place) => tell(place, here(map, every, place, words));

  const container = /** @type {HTMLElement} */ (map.getContainer());
  map.on("click", (/** @type {any} */ event) => ask(event.latlng));
  container.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === container) ask(map.getCenter());
    if (event.key === "Escape") map.closePopup();
  });
  /** @type {HTMLElement} */
  let from = container;
  map.on("popupclose", (/** @type {any} */ event) => {
    const active = document.activeElement ?? document.body; // the body where the answer with the focus has just gone
    if (active === document.body || event.popup.getElement()?.contains(active)) from.focus({ preventScroll: true });
    from = container;
  });

  const list = document.getElementById("seen-list");
  const panel = /** @type {HTMLDetailsElement | null} */ (document.getElementById("seen"));
  const said = document.getElementById("seen-said");
  if (!list || !panel || !said) throw new Error("The page has no list.");
  const show = (/** @type {Drawn} */ drawn, /** @type {Shown} */ shown, /** @type {HTMLElement} */ button) => {
    const [lon, lat] = shown.m[0] ?? [0, 0];
    from = container;
    map.closePopup();
    tell([lat, lon], described(drawn, shown, words));
    from = button;
  };
  const write = () => {
    const shown = every.filter(({ isShown }) => isShown);
    const parts = shown.map((drawn) => ({ drawn, found: within(map, drawn) }));
    list.replaceChildren(...parts.flatMap(({ drawn, found }) => listed(drawn, found, words, show)));
    const count = parts.reduce((sum, { found }) => sum + found.length, 0);
    said.textContent = say(words, "client.seen_count", { count, layers: shown.length });
  };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const later = () => {
    clearTimeout(timer);
    if (panel.open) timer = setTimeout(write, PAUSE_MS);
  };
  map.on("moveend resize", later);
  panel.addEventListener("toggle", () => panel.open && write());
  addEventListener("beforeprint", () => panel.open && write());
  return later;
}

/**
 * Everything that is drawn at a place, and which hazards are not.
 *
 * @param {any} map
 * @param {Drawn[]} every
 * @param {any} place
 * @param {Words} words
 * @returns {HTMLElement[]}
 */
function here(map, every, place, words) {
  const point = map.latLngToLayerPoint(place);
  const shown = every.filter(({ isShown }) => isShown);
  const hits = shown.flatMap((drawn) => paths(drawn).flatMap(({ path, shown: each }) => (path._containsPoint(point) ? [{ drawn, each }] : [])));
  const without = shown.filter((drawn) => drawn.entry.hazard && !hits.some((hit) => hit.drawn === drawn));
  const names = (/** @type {Drawn[]} */ found) =>
    found.map(({ entry }) => entry.title).join(say(words, "client.list_separator"));
  const [unknown, bare] = [without.filter(isEmpty), without.filter((drawn) => !isEmpty(drawn))];
  return [
    node("p", hits.length > 0 ? say(words, "client.found", { count: hits.length }) : say(words, "client.nothing_here")),
    ...(unknown.length > 0 ? [node("p", say(words, "client.hazard_unknown", { layers: names(unknown) }), "caution")] : []),
    ...(bare.length > 0 ? [node("p", say(words, "client.hazard_without_colour", { layers: names(bare) }), "caution")] : []),
    ...hits.slice(0, MOST_HERE).flatMap(({ drawn, each }) => described(drawn, each, words)),
    ...(hits.length > MOST_HERE ? [node("p", say(words, "client.more", { count: hits.length - MOST_HERE }))] : []),
  ];
}

/** @param {Drawn} drawn */
function isEmpty({ entry }) {
  return entry.features.length === 0;
}

/**
 * The paths of a group with their features, those on top first.
 *
 * @param {Drawn} drawn
 * @returns {{ path: any, shown: Shown }[]}
 */
function paths({ group }) {
  /** @type {{ path: any, shown: Shown }[]} */
  const found = [];
  const collect = (/** @type {any} */ layer, /** @type {Shown | undefined} */ shown) => {
    const own = layer.feature?.properties ?? shown;
    if (layer.eachLayer) layer.eachLayer((/** @type {any} */ each) => collect(each, own));
    else found.push({ path: layer, shown: own });
  };
  collect(group, undefined);
  return found.reverse();
}

/**
 * Features of a drawn layer in the view, the nearest to its middle first.
 *
 * @param {any} map
 * @param {Drawn} drawn
 * @returns {{ shown: Shown, far: number }[]}
 */
function within(map, drawn) {
  const { lng, lat } = map.getCenter();
  const [corner, size] = [map.containerPointToLayerPoint([0, 0]), map.getSize()];
  const [right, bottom] = [corner.x + size.x, corner.y + size.y];
  const found = new Set(
    paths(drawn)
      .filter(({ path }) => {
        const box = path._pxBounds;
        return box && box.max.x >= corner.x && box.max.y >= corner.y && box.min.x <= right && box.min.y <= bottom;
      })
      .map(({ shown }) => shown),
  );
  return [...found].map((shown) => ({ shown, far: farFrom([lng, lat], shown.g) })).sort((a, b) => a.far - b.far);
}

/**
 * @param {Drawn} drawn
 * @param {{ shown: Shown, far: number }[]} found
 * @param {Words} words
 * @param {(drawn: Drawn, shown: Shown, button: HTMLElement) => void} show
 * @returns {HTMLElement[]}
 */
function listed(drawn, found, words, show) {
  const heading = node("h3", `${drawn.entry.title}${found.length > 0 ? ` (${found.length})` : ""}`);
  if (found.length === 0) return [heading, node("p", say(words, isEmpty(drawn) ? "client.no_data" : "client.seen_nothing"))];
  const items = document.createElement("ul");
  for (const { shown, far } of found.slice(0, MOST_LISTED)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = [shown.t ?? drawn.entry.title, classOf(drawn, shown, words)].filter((each) => each !== "").join(" ");
    button.addEventListener("click", () => show(drawn, shown, button));
    const away = say(words, far < 1 ? "client.seen_here" : far < 1000 ? "client.seen_metres" : "client.seen_kilometres", {
      metres: Math.round(far),
      kilometres: (far / 1000).toFixed(1),
    });
    const item = items.appendChild(document.createElement("li"));
    item.append(button, " ", node("span", away, "far"));
  }
  const more = found.length - MOST_LISTED;
  return [heading, items, ...(more > 0 ? [node("p", say(words, "client.seen_more", { count: more }))] : [])];
}

/**
 * @param {Drawn} drawn
 * @param {Shown} shown
 * @param {Words} words
 */
function classOf({ entry }, shown, words) {
  const { classes } = entry.style;
  if (classes.length === 1) return "";
  const own = classes[shown.c];
  return `${own?.mark ?? ""} ${own?.title ?? say(words, "page.other_values")}`.trim();
}

/**
 * @param {Drawn} drawn
 * @param {Shown} shown
 * @param {Words} words
 * @returns {HTMLElement[]}
 */
function described(drawn, shown, words) {
  const { entry } = drawn;
  const kind = classOf(drawn, shown, words);
  const list = document.createElement("dl");
  /** @type {string[]} */
  const missing = [];
  for (const [place, name] of entry.columns.entries()) {
    const value = shown.p[place] ?? null;
    if (value === null) missing.push(name);
    else list.append(node("dt", name), node("dd", value));
  }
  const nodes = [
    node("h2", shown.t ?? entry.title),
    ...(shown.t === null ? [] : [node("p", entry.title)]),
    ...(kind === "" ? [] : [node("p", kind, "kind")]),
    ...(list.childElementCount > 0 ? [list] : []),
  ];
  if (missing.length > 0) {
    const more = document.createElement("details");
    more.append(
      node("summary", `${say(words, "client.not_stated")} (${missing.length})`),
      node("p", missing.join(say(words, "client.list_separator"))),
    );
    nodes.push(more);
  }
  return nodes;
}

/**
 * @param {string} name
 * @param {string} text
 * @param {string} [kind] class
 */
function node(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind !== "") made.className = kind;
  return made;
}
