/**
 * Positions written in a form, one a line; presses on the map and addresses are written there too, so that whoever cannot
 * use the map has the same.
 */

const JAPAN = [122, 20, 154, 46];
const LEAST = { Point: 1, LineString: 2, Polygon: 3 };
const DIGITS = 6;
const CORNERS = 16;
/** The least there is in Japan, so that an area never comes out too small. */
const METRES_A_DEGREE = 110_500;

/** @typedef {keyof typeof LEAST} Shape */

/** Something in a form is not as it has to be; the message is for whoever wrote it. */
export class FormError extends Error {}

/**
 * @param {string} text
 * @param {import("../view.mjs").Say} say
 * @returns {[number, number][]} longitude, latitude
 */
export function readPositions(text, say) {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.map((line) => {
    const [lon = NaN, lat = NaN, ...rest] = line.split(/[\s,、，]+/).map(Number);
    const [west = 0, south = 0, east = 0, north = 0] = JAPAN;
    const sound = rest.length === 0 && lon >= west && lon <= east && lat >= south && lat <= north;
    if (!sound) throw new FormError(say("desk_bad_position", { text: line }));
    return [lon, lat];
  });
}

/** @param {[number, number]} position */
export function written([lon, lat]) {
  return `${lon.toFixed(DIGITS)}, ${lat.toFixed(DIGITS)}`;
}

/**
 * @param {[number, number]} place
 * @param {number} radius_m
 * @returns {[number, number][]} corners of an area that holds all that is not farther away
 */
export function ringAround([lon, lat], radius_m) {
  const north = radius_m / Math.cos(Math.PI / CORNERS) / METRES_A_DEGREE;
  const east = north / Math.cos((lat * Math.PI) / 180);
  return Array.from({ length: CORNERS }, (_, nth) => {
    const angle = (2 * Math.PI * nth) / CORNERS;
    return [lon + east * Math.cos(angle), lat + north * Math.sin(angle)];
  });
}

/**
 * @param {[number, number][]} positions
 * @returns {[number, number][]} corners of the smallest convex area that holds them all (Andrew's monotone chain)
 */
export function hullOf(positions) {
  const sorted = [...positions].sort(([x1, y1], [x2, y2]) => x1 - x2 || y1 - y2);
  const chain = (/** @type {[number, number][]} */ points) => {
    /** @type {[number, number][]} */
    const kept = [];
    for (const point of points) {
      while (kept.length > 1) {
        const [[x1, y1], [x2, y2]] = /** @type {[[number, number], [number, number]]} */ (kept.slice(-2));
        if ((x2 - x1) * (point[1] - y1) - (y2 - y1) * (point[0] - x1) > 0) break;
        kept.pop();
      }
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return [...chain(sorted), ...chain(sorted.toReversed())];
}

/**
 * @param {import("geojson").Position[][]} rings of an area
 * @returns {[number, number]} a place within, in the middle of the widest stretch at half its height
 */
export function placeWithin(rings) {
  const lats = (rings[0] ?? []).map(([, lat = 0]) => lat);
  // Beside any corner, so that the line of latitude crosses sides only.
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2 + 1e-9;
  const crossings = rings
    .flatMap((ring) =>
      ring.flatMap(([x1 = 0, y1 = 0], nth) => {
        const [x2 = x1, y2 = y1] = ring[(nth + 1) % ring.length] ?? [];
        return y1 > lat !== y2 > lat ? [x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1)] : [];
      }),
    )
    .sort((a, b) => a - b);
  let [west, east] = [crossings[0] ?? 0, crossings[1] ?? 0];
  for (let nth = 2; nth + 1 < crossings.length; nth += 2) {
    const [from = 0, to = 0] = crossings.slice(nth, nth + 2);
    if (to - from > east - west) [west, east] = [from, to];
  }
  return [(west + east) / 2, lat];
}

/**
 * @param {Shape} shape
 * @param {string} title what the shape is called
 * @param {[number, number][]} positions
 * @param {import("../view.mjs").Say} say
 * @returns {import("geojson").Geometry} areas with their ring closed, counter-clockwise (RFC 7946, 3.1.6)
 */
export function geometryOf(shape, title, positions, say) {
  const least = LEAST[shape];
  if (positions.length < least) throw new FormError(say("desk_too_few", { shape: title, count: least }));
  const [first = [0, 0]] = positions;
  switch (shape) {
    case "Point":
      return { type: "Point", coordinates: positions.at(-1) ?? first };
    case "LineString":
      return { type: "LineString", coordinates: positions };
    case "Polygon": {
      const twice = positions.reduce((sum, [x, y], index) => {
        const [nextX, nextY] = positions[(index + 1) % positions.length] ?? first;
        return sum + x * nextY - nextX * y;
      }, 0);
      const ring = twice < 0 ? positions.toReversed() : positions;
      return { type: "Polygon", coordinates: [[...ring, ring[0] ?? first]] };
    }
  }
}
