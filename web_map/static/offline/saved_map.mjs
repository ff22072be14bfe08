/**
 * A simple map of what was saved, on a canvas: roads, waters, one hazard with its classes, sites, the place, a way.
 *
 * It is drawn in the city's plane.  Classes are told apart by hatching as well as by colour, and the list beneath names
 * them with the same hatching.
 */

import { at, firsts, unpack } from "./bytes.mjs";
import { hatched, shadesOf } from "./shades.mjs";
import { withRuby, withoutRuby } from "./template.mjs";
import { View } from "./view.mjs";

/** @import { Asked } from "./card_page.mjs" */
/** @import { City } from "./city.mjs" */
/** @import { Faces } from "./faces.mjs" */
/** @import { Shade } from "./shades.mjs" */

const DM = 10;
const MOST_ROADS = 10; // classes up to "unclassified" are seen from afar
const [NEAREST, FARTHEST] = [0.25, 60]; // metres of a pixel

export class SavedMap {
  /**
   * @param {City} city
   * @param {any} texts
   * @param {Uint8Array} ground
   * @param {Asked} place
   * @param {(lon: number, lat: number) => void} ask
   */
  constructor(city, texts, ground, place, ask) {
    this.city = city;
    this.texts = texts;
    this.ask = ask;
    const pack = unpack(ground);
    this.towns = /** @type {[string, number, number][]} */ (pack.head["towns"]);
    this.lines = ["city", "water"].map((name) => ({
      first: firsts(pack.column(`${name} points`)),
      x: pack.column(`${name} x`),
      y: pack.column(`${name} y`),
    }));
    const [west, south, east, north] = city.core["bbox"];
    const isAsked = place.lon !== null && place.lat !== null;
    this.here = isAsked ? city.plane.metres(Number(place.lon), Number(place.lat)) : null;
    const [x, y] = this.here ?? city.plane.metres((west + east) / 2, (south + north) / 2);
    /** The middle of what is seen, in metres, and how many of them a pixel is. */
    this.x = x;
    this.y = y;
    this.scale = isAsked ? 2.5 : 30;
    this.hazard = this.#hazards()[0]?.id ?? "";
    /** @type {[number, number][]} */
    this.way = [];
    this.waiting = false;
  }

  /** @param {string} key */
  said(key) {
    return /** @type {string} */ (this.texts["page"][key]);
  }

  /** Hazards whose areas were saved. */
  #hazards() {
    return this.city.listed(this.texts).filter((each) => each.cases !== null);
  }

  /** @returns {HTMLElement} */
  drawn() {
    const box = document.createElement("section");
    box.className = "saved-map";
    box.setAttribute("aria-labelledby", "map");
    const options = this.#hazards().map((each) => `<option value="${each.id}">${escaped(each.name)}</option>`);
    box.innerHTML = `
      <h2 id="map">${withRuby(this.said("offline.map_heading"))}</h2>
      <p class="map-choice"><label for="map-hazard">${withRuby(this.said("offline.map_layer"))}</label>
        <select id="map-hazard">${options.join("")}<option value="">${escaped(this.said("offline.map_none"))}</option></select>
        <button type="button" data-zoom="0.5">${sign("＋", this.said("offline.map_zoom_in"))}</button>
        <button type="button" data-zoom="2">${sign("－", this.said("offline.map_zoom_out"))}</button></p>
      <canvas tabindex="0" role="application" aria-label="${escaped(this.said("offline.map_heading"))}" aria-describedby="map-hint"></canvas>
      <p id="map-hint" class="hint">${withRuby(this.said("offline.map_hint"))}</p>
      <ul class="map-legend"></ul>
      <p class="caution">${withRuby(this.said("page.no_colour_is_not_safe"))}</p>`;
    this.box = box;
    return box;
  }

  /** Begins to draw; the map stands in the page. */
  start() {
    this.canvas = /** @type {HTMLCanvasElement} */ (this.box?.querySelector("canvas"));
    const context = this.canvas.getContext("2d");
    if (context === null) return; // the list of sites and the ways in words remain
    this.context = context;
    const select = /** @type {HTMLSelectElement} */ (this.box?.querySelector("select"));
    select.value = this.hazard;
    select.addEventListener("change", () => this.#choose(select.value));
    for (const button of this.box?.querySelectorAll("button") ?? []) {
      button.addEventListener("click", () => this.#zoom(Number(button.dataset["zoom"])));
    }
    this.#listen(this.canvas);
    new ResizeObserver(() => this.#later()).observe(this.canvas);
    this.#choose(this.hazard);
  }

  /**
   * @param {[number, number][]} shape metres
   * @param {string} hazard
   */
  showWay(shape, hazard) {
    this.way = shape;
    const [xs, ys] = [shape.map(([x]) => x), shape.map(([, y]) => y)];
    const [west, east] = [Math.min(...xs), Math.max(...xs)];
    const [south, north] = [Math.min(...ys), Math.max(...ys)];
    [this.x, this.y] = [(west + east) / 2, (south + north) / 2];
    const canvas = /** @type {HTMLCanvasElement} */ (this.canvas);
    this.scale = within(1.3 * Math.max((east - west) / canvas.clientWidth, (north - south) / canvas.clientHeight));
    const select = /** @type {HTMLSelectElement} */ (this.box?.querySelector("select"));
    if (this.#hazards().some((each) => each.id === hazard)) select.value = hazard;
    this.#choose(select.value);
    canvas.scrollIntoView({ block: "center" });
    canvas.focus({ preventScroll: true });
  }

  /** @param {string} hazard */
  #choose(hazard) {
    this.hazard = hazard;
    const listed = this.#hazards().find((each) => each.id === hazard);
    this.shades = listed?.cases ? shadesOf(this.city.cases(listed.cases, this.texts), this.said("card.state.unknown")) : [];
    const legend = /** @type {HTMLElement} */ (this.box?.querySelector(".map-legend"));
    legend.replaceChildren(
      ...this.shades.map((shade) => {
        const [item, swatch] = [document.createElement("li"), document.createElement("canvas")];
        [swatch.width, swatch.height] = [36, 22];
        const context = swatch.getContext("2d");
        if (context !== null) {
          context.fillStyle = hatched(context, shade);
          context.fillRect(0, 0, 36, 22);
          context.strokeRect(0.5, 0.5, 35, 21);
        }
        swatch.setAttribute("aria-hidden", "true");
        item.append(swatch, ` ${withoutRuby(shade.title)}`);
        return item;
      }),
    );
    this.#later();
  }

  /** @param {number} by */
  #zoom(by) {
    this.scale = within(this.scale * by);
    this.#later();
  }

  /** @param {HTMLCanvasElement} canvas */
  #listen(canvas) {
    /** @type {Map<number, { x: number, y: number }>} */
    const fingers = new Map();
    let moved = 0;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
      if (fingers.size === 1) moved = 0;
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (before === undefined) return;
      const now = { x: event.offsetX, y: event.offsetY };
      const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, finger]) => finger);
      moved += Math.hypot(now.x - before.x, now.y - before.y);
      if (other === undefined) {
        this.x -= (now.x - before.x) * this.scale;
        this.y += (now.y - before.y) * this.scale;
      } else {
        const apart = (/** @type {{ x: number, y: number }} */ one) => Math.hypot(one.x - other.x, one.y - other.y);
        this.scale = within((this.scale * apart(before)) / Math.max(apart(now), 1));
      }
      fingers.set(event.pointerId, now);
      this.#later();
    });
    canvas.addEventListener("pointerup", (event) => {
      fingers.delete(event.pointerId);
      if (moved < 8 && fingers.size === 0) this.#ask(event.offsetX, event.offsetY);
    });
    canvas.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== canvas) return; // the page scrolls
      event.preventDefault();
      this.#zoom(event.deltaY > 0 ? 1.25 : 0.8);
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const step = 60 * this.scale;
      const moves = /** @type {Record<string, () => void>} */ ({
        ArrowLeft: () => (this.x -= step),
        ArrowRight: () => (this.x += step),
        ArrowUp: () => (this.y += step),
        ArrowDown: () => (this.y -= step),
        "+": () => (this.scale = within(this.scale / 2)),
        "-": () => (this.scale = within(this.scale * 2)),
        Enter: () => this.#ask(canvas.clientWidth / 2, canvas.clientHeight / 2),
      });
      const move = moves[event.key];
      if (move === undefined) return;
      event.preventDefault();
      move();
      this.#later();
    });
  }

  /**
   * @param {number} x pixels
   * @param {number} y pixels
   */
  #ask(x, y) {
    const canvas = /** @type {HTMLCanvasElement} */ (this.canvas);
    this.ask(
      ...this.city.plane.degrees(
        this.x + (x - canvas.clientWidth / 2) * this.scale,
        this.y - (y - canvas.clientHeight / 2) * this.scale,
      ),
    );
  }

  #later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.#draw();
    });
  }

  #draw() {
    const { canvas, context } = this;
    if (canvas === undefined || context === undefined || !canvas.clientWidth) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = "#fbfbf9";
    context.fillRect(0, 0, width, height);
    const [left, top] = [this.x - (width / 2) * this.scale, this.y + (height / 2) * this.scale];
    const view = new View(context, left, top, this.scale, width, height);
    this.#hazardOn(view);
    this.#linesOn(view);
    this.#roadsOn(view);
    this.#sitesOn(view);
    this.#wayOn(view);
  }

  /** @param {View} view */
  #hazardOn(view) {
    const faces = this.city.faces.get(this.hazard);
    if (faces === undefined) return;
    const [west, south] = this.city.plane.degrees(view.left, view.bottom);
    const [east, north] = this.city.plane.degrees(view.right, view.top);
    const step = faces.side * faces.quantum;
    const cells = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ most) =>
      Math.min(Math.max(Math.floor((value - low) / step), 0), most - 1);
    for (const shade of this.shades ?? []) {
      view.context.beginPath();
      for (let row = cells(south - step, faces.south, faces.rows); row <= cells(north + step, faces.south, faces.rows); row += 1) {
        for (let column = cells(west - step, faces.west, faces.columns); column <= cells(east + step, faces.west, faces.columns); column += 1) {
          this.#cellOn(view, faces, row * faces.columns + column, shade);
        }
      }
      view.context.fillStyle = hatched(view.context, shade);
      view.context.fill("evenodd");
    }
  }

  /**
   * @param {View} view
   * @param {Faces} faces
   * @param {number} cell
   * @param {Shade} shade
   */
  #cellOn(view, faces, cell, shade) {
    const [west, south] = faces.corner(cell);
    const corner = (/** @type {number} */ x, /** @type {number} */ y) =>
      this.city.plane.metres(west + clamped(x, faces.side) * faces.quantum, south + clamped(y, faces.side) * faces.quantum);
    const pure = at(faces.pure, cell);
    if (pure) {
      const { side } = faces;
      if (shade.cases.has(pure - 1)) view.ring([corner(0, 0), corner(side, 0), corner(side, side), corner(0, side)]);
      return;
    }
    for (let face = at(faces.firstFace, cell); face < at(faces.firstFace, cell + 1); face += 1) {
      if (!shade.cases.has(at(faces.case, face))) continue;
      for (let ring = at(faces.firstRing, face); ring < at(faces.firstRing, face + 1); ring += 1) {
        const points = [];
        for (let point = at(faces.firstPoint, ring); point < at(faces.firstPoint, ring + 1); point += 1) {
          points.push(corner(at(faces.x, point), at(faces.y, point)));
        }
        view.ring(points);
      }
    }
  }

  /** @param {View} view */
  #linesOn(view) {
    this.lines.forEach(({ first, x, y }, kind) => {
      view.context.beginPath();
      for (let line = 0; line + 1 < first.length; line += 1) {
        const points = [];
        for (let point = at(first, line); point < at(first, line + 1); point += 1) {
          points.push(/** @type {[number, number]} */ ([at(x, point) / DM, at(y, point) / DM]));
        }
        view.line(points);
      }
      view.stroke(kind ? "#3f7fb5" : "#7a4f9a", kind ? 1.5 : 2, kind ? [] : [6, 4]);
    });
  }

  /** @param {View} view */
  #roadsOn(view) {
    const { footways, roads } = this.city;
    if (footways === null || roads === null) return;
    for (const [isLarge, color, width] of /** @type {const} */ ([[false, "#8f98a1", 0.8], [true, "#56606b", 1.6]])) {
      if (!isLarge && this.scale > 8) continue;
      view.context.beginPath();
      for (let stretch = 0; stretch < footways.stretches; stretch += 1) {
        if (at(roads.highway, at(roads.way, stretch)) <= MOST_ROADS !== isLarge) continue;
        const [first, behind] = [at(footways.firstPoint, stretch), at(footways.firstPoint, stretch + 1)];
        if (!view.sees(at(footways.x, first), at(footways.y, first), at(footways.length, stretch))) continue;
        for (let point = first; point < behind; point += 1) {
          view.to(at(footways.x, point), at(footways.y, point), point === first);
        }
      }
      view.stroke(color, width);
    }
    if (this.scale > 12) return;
    for (const [name, x, y] of this.towns) if (view.sees(x, y, 0)) view.text(name, x, y);
  }

  /** @param {View} view */
  #sitesOn(view) {
    const sites = this.city.core["sites"];
    const hazard = this.city.listed(this.texts).find((each) => each.id === this.hazard);
    const designated = hazard === undefined ? null : sites["by_hazard"]?.[hazard.type]?.["sites"];
    const shown = designated ? designated.map((/** @type {any} */ each) => each["site"]) : sites["places"].keys();
    for (const number of shown) {
      const [, , x, y] = sites["places"][number];
      if (!view.sees(x, y, 0)) continue;
      view.dot(x, y, 6, "#1a7f37");
      if (this.scale <= 6) view.text(this.texts["sites"][number]["name"], x, y - 10 * this.scale, "#0d5122");
    }
  }

  /** @param {View} view */
  #wayOn(view) {
    if (this.way.length) {
      view.context.beginPath();
      view.line(this.way);
      view.stroke("#ffffff", 8);
      view.context.beginPath();
      view.line(this.way);
      view.stroke("#0b57d0", 5);
    }
    if (this.here !== null) view.dot(...this.here, 8, "#a3161f");
  }
}

/** @param {number} scale */
function within(scale) {
  return Math.min(Math.max(scale, NEAREST), FARTHEST);
}

/**
 * @param {number} value
 * @param {number} most
 */
function clamped(value, most) {
  return Math.min(Math.max(value, 0), most);
}

/**
 * A sign for who sees, and its name for who does not.
 *
 * @param {string} shown
 * @param {string} name
 */
function sign(shown, name) {
  return `<span aria-hidden="true">${shown}</span><span class="unseen">${escaped(name)}</span>`;
}

/** @param {string} text */
function escaped(text) {
  return withoutRuby(text).replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
