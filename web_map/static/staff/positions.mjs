/**
 * Positions written in a form, one a line; presses on the map and addresses are written there too, so that whoever cannot
 * use the map has the same.
 */

const JAPAN = [122, 20, 154, 46];
const LEAST = { Point: 1, LineString: 2, Polygon: 3 };
const DIGITS = 6;

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
