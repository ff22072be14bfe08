/**
 * Degrees of JGD2011 and metres of a plane-rectangular zone (平面直角座標系), as EPSG:6669 to 6687 have them.
 *
 * Gauss-Krueger by Krueger's series in the third flattening (Kawase 2011, 国土地理院時報 121), exact to a millimetre.
 */

const RADIUS = 6378137;
const FLATTENING = 1 / 298.257222101;
const SCALE = 0.9999;
const N = FLATTENING / (2 - FLATTENING);
const RAD = Math.PI / 180;

/** Origins of the zones 1 to 19 in degrees: latitude, longitude. */
const ORIGINS = [
  [33, 129.5], [33, 131], [36, 132 + 1 / 6], [33, 133.5], [36, 134 + 1 / 3], [36, 136], [36, 137 + 1 / 6],
  [36, 138.5], [36, 139 + 5 / 6], [40, 140 + 5 / 6], [44, 140.25], [44, 142.25], [44, 144.25], [26, 142],
  [26, 127.5], [26, 124], [26, 131], [20, 136], [26, 154],
];

const ALPHA = [
  N / 2 - (2 * N ** 2) / 3 + (5 * N ** 3) / 16 + (41 * N ** 4) / 180,
  (13 * N ** 2) / 48 - (3 * N ** 3) / 5 + (557 * N ** 4) / 1440,
  (61 * N ** 3) / 240 - (103 * N ** 4) / 140,
  (49561 * N ** 4) / 161280,
];
const BETA = [
  N / 2 - (2 * N ** 2) / 3 + (37 * N ** 3) / 96 - N ** 4 / 360,
  N ** 2 / 48 + N ** 3 / 15 - (437 * N ** 4) / 1440,
  (17 * N ** 3) / 480 - (37 * N ** 4) / 840,
  (4397 * N ** 4) / 161280,
];
const DELTA = [
  2 * N - (2 * N ** 2) / 3 - 2 * N ** 3 + (116 * N ** 4) / 45,
  (7 * N ** 2) / 3 - (8 * N ** 3) / 5 - (227 * N ** 4) / 45,
  (56 * N ** 3) / 15 - (136 * N ** 4) / 35,
  (4279 * N ** 4) / 630,
];
const RECTIFYING = ((SCALE * RADIUS) / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ECCENTRIC = (2 * Math.sqrt(N)) / (1 + N);

/** A zone, by the EPSG code of its plane. */
export class Plane {
  /** @param {number} epsg */
  constructor(epsg) {
    const origin = ORIGINS[epsg - 6669];
    if (origin === undefined) throw new Error(`EPSG:${epsg} is no plane-rectangular zone of JGD2011.`);
    const [lat, lon] = /** @type {[number, number]} */ (origin);
    this.lon = lon * RAD;
    this.north = meridian(lat * RAD);
  }

  /**
   * @param {number} lon degrees
   * @param {number} lat degrees
   * @returns {[number, number]} metres: easting, northing
   */
  metres(lon, lat) {
    const sine = Math.sin(lat * RAD);
    const t = Math.sinh(Math.atanh(sine) - ECCENTRIC * Math.atanh(ECCENTRIC * sine));
    const along = lon * RAD - this.lon;
    const xi = Math.atan2(t, Math.cos(along));
    const eta = Math.atanh(Math.sin(along) / Math.sqrt(1 + t * t));
    let [north, east] = [xi, eta];
    ALPHA.forEach((alpha, place) => {
      const k = 2 * (place + 1);
      north += alpha * Math.sin(k * xi) * Math.cosh(k * eta);
      east += alpha * Math.cos(k * xi) * Math.sinh(k * eta);
    });
    return [RECTIFYING * east, RECTIFYING * north - this.north];
  }

  /**
   * @param {number} x easting in metres
   * @param {number} y northing in metres
   * @returns {[number, number]} degrees: longitude, latitude
   */
  degrees(x, y) {
    const xi = (y + this.north) / RECTIFYING;
    const eta = x / RECTIFYING;
    let [north, east] = [xi, eta];
    BETA.forEach((beta, place) => {
      const k = 2 * (place + 1);
      north -= beta * Math.sin(k * xi) * Math.cosh(k * eta);
      east -= beta * Math.cos(k * xi) * Math.sinh(k * eta);
    });
    const chi = Math.asin(Math.sin(north) / Math.cosh(east));
    let lat = chi;
    DELTA.forEach((delta, place) => (lat += delta * Math.sin(2 * (place + 1) * chi)));
    return [(this.lon + Math.atan2(Math.sinh(east), Math.cos(north))) / RAD, lat / RAD];
  }

  /**
   * By how many degrees the plane's north lies east of true north at a place.
   *
   * @param {number} lon degrees
   * @param {number} lat degrees
   */
  convergence(lon, lat) {
    return (lon - this.lon / RAD) * Math.sin(lat * RAD);
  }
}

/** @param {number} lat radians */
function meridian(lat) {
  const sine = Math.sin(lat);
  const t = Math.sinh(Math.atanh(sine) - ECCENTRIC * Math.atanh(ECCENTRIC * sine));
  const xi = Math.atan(t);
  return RECTIFYING * ALPHA.reduce((sum, alpha, place) => sum + alpha * Math.sin(2 * (place + 1) * xi), xi);
}
