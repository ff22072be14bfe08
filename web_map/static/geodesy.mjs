/**
 * Lengths and areas on the earth as the map's coordinates have it (GRS 80, JGD2011), for what is as small as a city.
 *
 * A step is measured in the plane that touches the ellipsoid at its middle latitude, with the radii of curvature there
 * (Bomford: Geodesy, 4th edition, 1980, 2.11, "mid-latitude formula"): to 50 km within 2 parts in a million of the
 * geodesic.  Areas are on the sphere of the same area (authalic), the trapezia under each step by the sine of authalic
 * latitude (Snyder: Map Projections, A Working Manual, 1987, 3-11 and 3-12; 10-17).
 */

/** @typedef {[lon: number, lat: number]} Position in degrees */

const A = 6_378_137;
const F = 1 / 298.257222101;
const E2 = F * (2 - F);
const E = Math.sqrt(E2);
const RADIANS = Math.PI / 180;

/**
 * @param {Position[]} line
 * @returns {number} in metres
 */
export function lengthOf(line) {
  return line.slice(1).reduce((sum, point, place) => sum + distance(line[place] ?? point, point), 0);
}

/**
 * @param {Position} from
 * @param {Position} to
 * @returns {number} in metres
 */
export function distance([lon1, lat1], [lon2, lat2]) {
  const middle = ((lat1 + lat2) / 2) * RADIANS;
  const w = 1 - E2 * Math.sin(middle) ** 2;
  const across = A / Math.sqrt(w);
  const along = (A * (1 - E2)) / w ** 1.5;
  return Math.hypot(across * Math.cos(middle) * (lon2 - lon1) * RADIANS, along * (lat2 - lat1) * RADIANS);
}

/**
 * @param {Position[]} ring closed or not, in either direction
 * @returns {number} in square metres
 */
export function areaOf(ring) {
  const twice = ring.reduce((sum, [lon, lat], place) => {
    const [lon2, lat2] = ring[(place + 1) % ring.length] ?? [lon, lat];
    const [turn, rise, middle] = [(lon2 - lon) * RADIANS, (lat2 - lat) * RADIANS, ((lat + lat2) / 2) * RADIANS];
    // Between the straight step of longitude and q, and the great circle, which runs nearer to the pole: its equation
    // φ'' = -sin φ cos φ - 2 tan φ φ'², integrated twice with the middle's latitude.
    const bulge = (Math.sin(middle) * turn * ((Math.cos(middle) * turn) ** 2 + 3 * rise ** 2)) / 3;
    return sum + turn * (q(lat) + q(lat2)) + bulge;
  }, 0);
  return Math.abs((A * A * twice) / 4);
}

/**
 * Snyder 3-12: the area between the equator and a latitude, by the square of the half axis and the longitude, doubled.
 *
 * @param {number} lat
 */
function q(lat) {
  const s = Math.sin(lat * RADIANS);
  return (1 - E2) * (s / (1 - E2 * s * s) - Math.log((1 - E * s) / (1 + E * s)) / (2 * E));
}

/**
 * How far a place is from the nearest point of a geometry; 0 inside of an area.
 *
 * @param {Position} from
 * @param {import("geojson").Geometry} geometry
 * @returns {number} in metres; infinite where the geometry has no points
 */
export function farFrom(from, geometry) {
  switch (geometry.type) {
    case "Point":
      return distance(from, /** @type {Position} */ (geometry.coordinates));
    case "MultiPoint":
      return Math.min(...geometry.coordinates.map((point) => distance(from, /** @type {Position} */ (point))));
    case "LineString":
      return toLine(from, /** @type {Position[]} */ (geometry.coordinates));
    case "MultiLineString":
      return Math.min(...geometry.coordinates.map((line) => toLine(from, /** @type {Position[]} */ (line))));
    case "Polygon":
      return toArea(from, /** @type {Position[][]} */ (geometry.coordinates));
    case "MultiPolygon":
      return Math.min(...geometry.coordinates.map((rings) => toArea(from, /** @type {Position[][]} */ (rings))));
    default:
      return Math.min(...geometry.geometries.map((part) => farFrom(from, part)));
  }
}

/**
 * @param {Position} from
 * @param {Position[][]} rings
 */
function toArea([x, y], rings) {
  let isInside = false;
  for (const ring of rings) {
    for (const [place, [x1, y1]] of ring.entries()) {
      const [x2, y2] = ring[(place + 1) % ring.length] ?? [x1, y1];
      if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) isInside = !isInside;
    }
  }
  return isInside ? 0 : Math.min(...rings.map((ring) => toLine([x, y], ring)));
}

/**
 * @param {Position} from
 * @param {Position[]} line
 */
function toLine(from, line) {
  const narrow = Math.cos(from[1] * RADIANS);
  let [nearest, least] = [line[0] ?? from, Infinity];
  for (const [place, [x1, y1]] of line.entries()) {
    const [x2, y2] = line[place + 1] ?? [x1, y1];
    const [across, up] = [(x2 - x1) * narrow, y2 - y1];
    const squared = across ** 2 + up ** 2;
    const along = squared === 0 ? 0 : ((from[0] - x1) * narrow * across + (from[1] - y1) * up) / squared;
    const share = Math.min(1, Math.max(0, along));
    const at = /** @type {Position} */ ([x1 + share * (x2 - x1), y1 + share * (y2 - y1)]);
    const far = ((at[0] - from[0]) * narrow) ** 2 + (at[1] - from[1]) ** 2;
    if (far < least) [nearest, least] = [at, far];
  }
  return least === Infinity ? Infinity : distance(from, nearest);
}
