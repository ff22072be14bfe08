/** What the map of the surroundings draws, asked of the OGC API: styles with their tiles, and the ways to the sites. */

import { stacked } from "../layer_style.mjs";
import { tileAddress } from "../tiles.mjs";

/** @typedef {import("maplibre-gl").StyleSpecification} Style */

/**
 * @typedef {object} LegendEntry
 * @property {string | null} value null: in no class
 * @property {string} title
 * @property {string} color
 * @property {string} hatch an SVG path
 *
 * @typedef {object} Hazard
 * @property {string} id of its layer
 * @property {string} type
 * @property {boolean} known false: there is no data of it
 * @property {string | null} by field of its classes
 * @property {LegendEntry[]} legend
 *
 * @typedef {object} Around
 * @property {string} language
 * @property {Record<string, string>} texts
 * @property {{ ogc: string, static: string, page: string }} urls
 * @property {string[]} ground ids of the layers under the hazard
 * @property {Hazard[]} hazards
 *
 * @typedef {object} Route
 * @property {{ id: string, name: string, position: [number, number] }} site
 * @property {number} travel_time_s
 * @property {{ type: "LineString", coordinates: [number, number][] }} geometry
 */

const WAYS = "ways";
const WAY_COLOUR = "#0b57d0";
const GROUND = "#f4f2ec";

export class Sources {
  /** @type {Map<string, Promise<Style>>} */
  #styles = new Map();

  /** @param {Around} around */
  constructor(around) {
    this.around = around;
  }

  /**
   * The style with one hazard, and the ids of the layers whose style could not be had: they are unknown, not empty.
   *
   * @param {string} hazard
   * @param {Route[]} routes
   * @returns {Promise<{ style: Style, missing: string[] }>}
   */
  async style(hazard, routes) {
    const known = this.around.hazards.find((each) => each.id === hazard)?.known ?? false;
    const wanted = [...(known ? [hazard] : []), ...this.around.ground];
    const found = await Promise.allSettled(wanted.map((id) => this.#of(id)));
    const styles = found.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const missing = wanted.filter((_, place) => found[place]?.status === "rejected");
    /** @type {import("geojson").FeatureCollection} */
    const ways = { type: "FeatureCollection", features: routes.map(feature) };
    return {
      style: {
        version: 8,
        sprite: new URL(`${this.around.urls.ogc}/styles/sprite`, document.baseURI).href,
        sources: Object.assign({ [WAYS]: { type: "geojson", data: ways } }, ...styles.map(({ sources }) => sources)),
        layers: [
          { id: "ground", type: "background", paint: { "background-color": GROUND } },
          ...stacked(styles.map(({ layers }) => layers)),
          way("casing", "#ffffff", 8),
          way("line", WAY_COLOUR, 4.5),
        ],
      },
      missing,
    };
  }

  /** @param {string} id */
  #of(id) {
    const known = this.#styles.get(id);
    if (known) return known;
    const asked = this.#fetched(id);
    this.#styles.set(id, asked);
    asked.catch(() => this.#styles.delete(id)); // asked for again the next time
    return asked;
  }

  /**
   * @param {string} id
   * @returns {Promise<Style>}
   */
  async #fetched(id) {
    const { ogc } = this.around.urls;
    const language = this.around.language.startsWith("ja") ? "ja" : "en";
    const response = await fetch(`${ogc}/collections/${id}/styles/default?f=mapbox&lang=${language}`);
    if (!response.ok) throw new Error(`${id}: HTTP ${response.status}`);
    const style = /** @type {Style} */ (await response.json());
    for (const source of Object.values(style.sources)) {
      // By our own scheme every failure of a tile is known; as a path, for a proxy may have another name.
      if (source.type === "vector" && source.tiles) {
        source.tiles = source.tiles.map((each) => tileAddress(each.replace(/^https?:\/\/[^/]+/, "")));
      }
    }
    return style;
  }

  /**
   * The ways on foot to the sites of a hazard.
   *
   * @param {number} lon
   * @param {number} lat
   * @param {string} type
   * @returns {Promise<Route[]>}
   */
  async routes(lon, lat, type) {
    const asked = new URLSearchParams({ origin: `${lon},${lat}`, hazard: type, language: this.around.language });
    const response = await fetch(`${this.around.urls.ogc}/processes/evacuation-route/execution?${asked}`);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const routes = /** @type {Route[]} */ ((await response.json()).routes);
    // Of several ways to one site the first is the one that the card tells.
    return routes.filter(({ site }, place) => routes.findIndex((each) => each.site.id === site.id) === place);
  }
}

/**
 * @param {Route} route
 * @returns {import("geojson").Feature}
 */
function feature({ geometry, site }) {
  return { type: "Feature", geometry, properties: { name: site.name } };
}

/**
 * @param {string} name
 * @param {string} color
 * @param {number} width
 * @returns {import("maplibre-gl").LineLayerSpecification}
 */
function way(name, color, width) {
  return {
    id: `${WAYS}:${name}`,
    type: "line",
    source: WAYS,
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": color, "line-width": width },
  };
}
