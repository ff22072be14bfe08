/**
 * The page of the offline bundle: the answer for the place in the address, a map of what was saved, ways on it.
 *
 * It asks no server, and works from a folder.  Where something is wrong it says what, in all languages while it has none.
 */

import { ageOf, scriptBundle } from "./bundle.mjs";
import { address, cardPage, clock } from "./card_page.mjs";
import { Places } from "./places.mjs";
import { SavedMap } from "./saved_map.mjs";
import { City } from "./city.mjs";
import { withRuby, withoutRuby } from "./template.mjs";
import { fill } from "./words.mjs";

/** @import { Asked } from "./card_page.mjs" */

const DEFAULT_LANGUAGE = "ja";

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function element(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`There is no element ${id}.`);
  return found;
}

/**
 * @param {string[]} known tags of languages
 * @returns {string}
 */
function chosenLanguage(known) {
  const asked = new URLSearchParams(location.search).get("lang");
  for (const wish of [...(asked ? [asked] : []), ...navigator.languages]) {
    for (let tag = wish; tag; tag = tag.slice(0, Math.max(tag.lastIndexOf("-"), 0))) {
      const found = known.find((each) => each.toLowerCase() === tag.toLowerCase());
      if (found !== undefined) return found;
    }
  }
  return DEFAULT_LANGUAGE;
}

/** @returns {Asked} */
function asked() {
  const given = new URLSearchParams(location.search);
  const degrees = (/** @type {string} */ name, /** @type {number} */ most) => {
    const text = given.get(name);
    const value = text === null || text.trim() === "" ? NaN : Number(text);
    return Number.isFinite(value) && Math.abs(value) <= most ? value : null;
  };
  const [lon, lat] = [degrees("lon", 180), degrees("lat", 90)];
  const query = given.get("q") ?? "";
  return lon === null || lat === null ? { query, lon: null, lat: null } : { query, lon, lat };
}

/** What is wrong with what was saved, said over every answer: it is old, or its age is not known. */
class Notice {
  /**
   * @param {City} city
   * @param {any} texts
   */
  constructor(city, texts) {
    const { manifest } = city.bundle;
    const at = clock(manifest.made_at, city.core["time_zone"]);
    const days = Math.round((Date.parse(manifest.valid_until) - Date.parse(manifest.made_at)) / 86_400_000);
    const key = { current: "banner", expired: "expired", future: "clock" }[ageOf(manifest, new Date())];
    this.isWrong = key !== "banner";
    this.lines = [...(this.isWrong ? [key] : []), "banner"].map((each) =>
      withRuby(fill(texts["page"][`offline.${each}`], { at, days })),
    );
  }

  /** @returns {HTMLElement} */
  drawn() {
    const box = document.createElement("div");
    box.className = this.isWrong ? "saved wrong" : "saved";
    box.setAttribute("role", this.isWrong ? "alert" : "note");
    box.innerHTML = this.lines.map((line) => `<p>${line}</p>`).join("");
    return box;
  }
}

async function start() {
  element("waiting").hidden = false;
  const bundle = await scriptBundle();
  const language = chosenLanguage(bundle.manifest.languages);
  const city = await City.open(bundle);
  const [texts, trees, ground] = await Promise.all([
    city.speaking(language),
    bundle.json("templates"),
    bundle.bytes("map"),
  ]);
  const place = asked();
  const said = (/** @type {string} */ key) => /** @type {string} */ (texts["page"][key]);
  let answer = null;
  let problem = [said("offline.no_place")];
  if (place.lon !== null && place.lat !== null) {
    answer = await city.answer(place.lon, place.lat, language, { query: place.query });
    problem = answer === null ? [said("offline.beyond"), said("card.unknown_not_safe")] : [];
  } else if (place.query.trim() !== "") {
    const sought = new Places(await bundle.json("places")).find(place.query);
    const [only] = sought.found;
    if (only !== undefined && sought.total === 1) {
      location.replace(address({ query: only.title, lon: only.lon, lat: only.lat }, language));
      return;
    }
    answer = city.choice(texts, sought, (each) => address({ query: each.title, lon: each.lon, lat: each.lat }, language));
    problem = [];
  }
  const drawn = new DOMParser().parseFromString(cardPage(city, trees, answer, place, language, problem), "text/html");
  document.documentElement.lang = language;
  document.title = drawn.title;
  element("app").replaceChildren(...[".skip", ".masthead", "#main", ".colophon"].map((each) => part(drawn, each)));
  element("main").querySelector("#q-hint")?.replaceChildren(hint(said("offline.no_place")));
  locate(said, language);
  const notice = new Notice(city, texts).drawn();
  element("main").prepend(notice);
  const map = new SavedMap(city, texts, ground, place, (lon, lat) => {
    location.assign(address({ query: "", lon, lat }, language));
  });
  const beside = element("main").querySelector(".card .summary") ?? notice;
  beside.after(map.drawn());
  map.start();
  offerWays(answer, map, withoutRuby(said("offline.show_way")));
  linkOnline(said("offline.online"), place, language);
  document.body.dataset["ready"] = "true";
}

/**
 * @param {Document} drawn
 * @param {string} selector
 * @returns {Node}
 */
function part(drawn, selector) {
  const found = drawn.querySelector(selector);
  if (found === null) throw new Error(`The page has no ${selector}.`);
  return document.adoptNode(found);
}

/** @param {string} text */
function hint(text) {
  const found = document.createElement("span");
  found.innerHTML = String(withRuby(text));
  return found;
}

/**
 * @param {(key: string) => string} said
 * @param {string} language
 */
function locate(said, language) {
  const [button, status] = [element("locate"), element("locate-status")];
  if (!(button instanceof HTMLButtonElement) || !("geolocation" in navigator) || !window.isSecureContext) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    status.textContent = withoutRuby(said("card.locating"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        location.assign(address({ query: "", lon: coords.longitude, lat: coords.latitude }, language));
      },
      () => {
        button.disabled = false;
        status.textContent = withoutRuby(said("card.locate_failed"));
      },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
}

/**
 * A button at each site that shows the way to it on the map.
 *
 * @param {any} answer
 * @param {SavedMap} map
 * @param {string} text
 */
function offerWays(answer, map, text) {
  for (const hazard of answer?.["hazards"] ?? []) {
    const heading = document.getElementById(hazard["id"]);
    const entries = heading?.closest(".hazard")?.querySelectorAll(".site") ?? [];
    entries.forEach((entry, place) => {
      const found = hazard["sites"]["nearest"][place];
      if (!found?.["walk"]) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "show-way";
      button.textContent = text;
      button.setAttribute("aria-label", `${text} ${found["site"]["name"]}`);
      button.addEventListener("click", () => map.showWay(found["walk"]["shape"], hazard["id"]));
      entry.querySelector(".facts")?.after(button);
    });
  }
}

/**
 * Where the page came from a server, the way back to the answer of that server.
 *
 * @param {string} text
 * @param {Asked} place
 * @param {string} language
 */
function linkOnline(text, place, language) {
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(".masthead .site-name a"));
  if (link === null) return;
  link.href = address({ query: "", lon: null, lat: null }, language);
  if (!location.pathname.endsWith("/offline/")) return;
  const back = document.createElement("p");
  back.className = "online";
  back.innerHTML = `<a href="../${address(place, language)}">${withRuby(text)}</a>`;
  element("main").prepend(back);
}

start().catch((error) => {
  const reason = error.reason ?? "failed";
  element("waiting").hidden = true;
  element(`failure-${reason}`).hidden = false;
  document.body.dataset["ready"] = "failed";
  console.info(error); // said to the reader above; this is for who looks into it
});
