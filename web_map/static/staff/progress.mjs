/**
 * Where on its route a vehicle is: the step it is on, and what is left of it.  Pure.
 */

/**
 * @typedef {object} Step
 * @property {string} maneuver
 * @property {string} text
 * @property {string} road
 * @property {number} length_m
 * @property {number} travel_time_s
 *
 * @typedef {object} Route as the process `route` answers it
 * @property {{type: "LineString", coordinates: [number, number][]}} geometry
 * @property {number} length_m
 * @property {number} travel_time_s
 * @property {Step[]} steps
 * @property {{text: string, name: string | null, length_m: number}[]} doubts
 * @property {{effect: string, text: string}[]} [closures]
 * @property {{state: string, title: string, scenario: {title: string} | null, outside_m: number, text: string}[] | null} [hazards]
 * @property {{text: string}[]} [limits]
 *
 * @typedef {object} Progress
 * @property {number} step of the steps, the one under way
 * @property {number} next_m to where the next one begins
 * @property {number} remaining_m
 * @property {number} remaining_s
 * @property {number} off_m from the route
 */

const EARTH_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

/**
 * @param {Route} route
 * @param {{lon: number, lat: number}} here
 * @returns {Progress}
 */
export function progressOf(route, here) {
  const { along, whole, off_m } = nearestOn(route.geometry.coordinates, here);
  const done = whole > 0 ? (along / whole) * route.length_m : 0;
  let began = 0;
  let step = 0;
  let time = route.travel_time_s;
  for (const [index, each] of route.steps.entries()) {
    const isLast = index === route.steps.length - 1;
    if (done < began + each.length_m || isLast) {
      step = index;
      const share = each.length_m > 0 ? Math.min(1, (done - began) / each.length_m) : 0;
      time -= each.travel_time_s * share;
      return {
        step,
        next_m: Math.max(0, began + each.length_m - done),
        remaining_m: Math.max(0, route.length_m - done),
        remaining_s: Math.max(0, time),
        off_m,
      };
    }
    began += each.length_m;
    time -= each.travel_time_s;
  }
  return { step, next_m: 0, remaining_m: Math.max(0, route.length_m - done), remaining_s: Math.max(0, time), off_m };
}

/**
 * The place on a line that is nearest; metres on a plane that touches the earth here, exact enough for a city.
 *
 * @param {[number, number][]} line
 * @param {{lon: number, lat: number}} here
 */
function nearestOn(line, here) {
  const east = EARTH_M * RADIANS * Math.cos(here.lat * RADIANS);
  const north = EARTH_M * RADIANS;
  const points = line.map(([lon, lat]) => [(lon - here.lon) * east, (lat - here.lat) * north]);
  let whole = 0;
  let along = 0;
  let off_m = Infinity;
  for (let index = 1; index < points.length; index++) {
    const [x0 = 0, y0 = 0] = points[index - 1] ?? [];
    const [x1 = 0, y1 = 0] = points[index] ?? [];
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length = Math.hypot(dx, dy);
    const share = length > 0 ? Math.min(1, Math.max(0, -(x0 * dx + y0 * dy) / (length * length))) : 0;
    const away = Math.hypot(x0 + share * dx, y0 + share * dy);
    if (away < off_m) [off_m, along] = [away, whole + share * length];
    whole += length;
  }
  return { along, whole, off_m };
}
