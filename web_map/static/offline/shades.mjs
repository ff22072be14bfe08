/** How the answers of a hazard are told apart on a map: by colour, and by lines of their own. */

import { INK } from "./view.mjs";

/** @typedef {{ id: string, title: string, color: string, cases: Set<number>, rank: number }} Shade */

const UNKNOWN = "#9aa3ab";

/**
 * What a map of some answers has to tell apart, the gravest first: classes of the widest scenario that has areas, other
 * areas, and where nothing is known.  What lies outside has no shade.
 *
 * @param {any[]} cases
 * @param {string} unknown what unknown is called
 * @returns {Shade[]}
 */
export function shadesOf(cases, unknown) {
  /** @type {Map<string, Shade>} */
  const found = new Map();
  cases.forEach((each, number) => {
    if (each["state"] === "outside") return;
    const area = each["scenarios"].flatMap((/** @type {any} */ scenario) => scenario["areas"])[0];
    const named = each["inside"] ? (area?.["class"] ?? area?.["zone"]) : null;
    const id = each["inside"] ? (named?.["id"] ?? "inside") : "unknown";
    const shade = found.get(id) ?? {
      id,
      title: each["inside"] ? (named?.["title"] ?? each["type"]) : unknown,
      color: each["inside"] ? (named?.["color"] ?? "#c0392b") : UNKNOWN,
      cases: new Set(),
      rank: found.size,
    };
    shade.cases.add(number);
    found.set(id, shade);
  });
  return [...found.values()];
}

/**
 * A colour with lines of its own: no two neighbours have the same.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Shade} shade
 * @returns {string | CanvasPattern}
 */
export function hatched(context, shade) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 12;
  const draw = tile.getContext("2d");
  if (draw === null) return shade.color;
  draw.globalAlpha = 0.55;
  draw.fillStyle = shade.color;
  draw.fillRect(0, 0, 12, 12);
  draw.globalAlpha = 0.6;
  draw.strokeStyle = shade.id === "unknown" ? INK : "#5b3030";
  draw.beginPath();
  const kind = shade.id === "unknown" ? 4 : shade.rank % 4;
  if (kind === 0 || kind === 2) lines(draw, [[0, 12, 12, 0], [-6, 6, 6, -6], [6, 18, 18, 6]]);
  if (kind === 1 || kind === 2) lines(draw, [[0, 0, 12, 12], [-6, 6, 6, 18], [6, -6, 18, 6]]);
  if (kind === 3) lines(draw, [[0, 6, 12, 6]]);
  if (kind === 4) lines(draw, [[5, 6, 7, 6], [-1, 0, 1, 0], [11, 0, 13, 0], [-1, 12, 1, 12], [11, 12, 13, 12]]);
  draw.stroke();
  return context.createPattern(tile, "repeat") ?? shade.color;
}

/**
 * @param {CanvasRenderingContext2D} draw
 * @param {[number, number, number, number][]} pieces
 */
function lines(draw, pieces) {
  for (const [x, y, toX, toY] of pieces) {
    draw.moveTo(x, y);
    draw.lineTo(toX, toY);
  }
}
