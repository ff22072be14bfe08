/**
 * What the desk's forms are made of: their controls, their one line of what became of it, an address, and what is drawn.
 */

import { FormError, geometryOf, readPositions, written } from "./positions.mjs";
import { AwayError, RefusedError } from "./server.mjs";
import { fromLocal, toLocal } from "./zoned.mjs";

/** @typedef {import("../view.mjs").Say} Say */
/** @typedef {import("./desk.mjs").Around} Around */
/** @typedef {import("./positions.mjs").Shape} Shape */

export const GEOJSON = "application/geo+json";
export const PATCH = "application/merge-patch+json";

/**
 * What became of something: done, refused with the reason, or not known.
 *
 * @param {HTMLElement} line
 * @param {Say} say
 * @param {() => Promise<string>} act what to say where it is done
 */
export async function saying(line, say, act) {
  let failed = true;
  try {
    line.textContent = await act();
    failed = false;
  } catch (error) {
    if (error instanceof AwayError) line.textContent = say("desk_away");
    else if (error instanceof FormError) line.textContent = error.message;
    else if (error instanceof RefusedError && error.status === 401) line.textContent = say("desk_signed_out");
    else line.textContent = say("desk_failed", { reason: error instanceof Error ? error.message : String(error) });
  }
  line.classList.toggle("failed", failed);
}

/**
 * @template {HTMLElement} T
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {new () => T} type
 * @returns {T}
 */
export function control(form, name, type) {
  const found = form.elements.namedItem(name);
  if (!(found instanceof type)) throw new Error(`The form has no ${name}.`);
  return found;
}

/**
 * Sends a form once, however often it is pressed.
 *
 * @param {HTMLFormElement} form
 * @param {Say} say
 * @param {() => Promise<string>} send
 */
export function onSubmit(form, say, send) {
  const line = form.querySelector(".said");
  const button = form.querySelector("button[type=submit]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(line instanceof HTMLElement) || !(button instanceof HTMLButtonElement) || button.disabled) return;
    button.disabled = true;
    await saying(line, say, send);
    button.disabled = false;
  });
}

/**
 * @typedef {object} Found
 * @property {string | null} address
 * @property {string | null} town
 * @property {number} position_error_m
 *
 * The place of the form's address.
 *
 * @param {HTMLFormElement} form
 * @param {Around} around
 * @param {(place: [number, number], found: Found) => string | void} take what is to be said of it where not the usual
 */
export function bindAddress(form, { server, say }, take) {
  const line = form.querySelector(".said");
  form.querySelector("[data-find]")?.addEventListener("click", () => {
    const address = control(form, "address", HTMLInputElement).value.trim();
    if (!(line instanceof HTMLElement)) return;
    void saying(line, say, async () => {
      if (address === "") throw new FormError(say("desk_no_address"));
      const { place } = await server.execute("hazard-at-point", { address });
      const metres = Math.round(place.position_error_m);
      return (
        take([place.lon, place.lat], place) ?? say("desk_found_address", { address: place.address ?? address, metres })
      );
    });
  });
}

/**
 * The positions of a form, and what they draw on the map.
 *
 * @param {HTMLFormElement} form
 * @param {Around} around
 * @param {() => {shape: Shape, title: string}} wanted
 */
export function bindDrawing(form, around, wanted) {
  const { say } = around;
  const text = control(form, "positions", HTMLTextAreaElement);
  const geometry = () => {
    const { shape, title } = wanted();
    return geometryOf(shape, title, readPositions(text.value, say), say);
  };
  const show = () => {
    try {
      around.draft([geometry()]);
    } catch {
      // Not yet enough for its shape: what there is, is shown as points.
      const lines = text.value.split("\n").filter((line) => line.trim() !== "");
      around.draft(
        lines.flatMap((line) => {
          const [lon = NaN, lat = NaN] = line.split(/[\s,、，]+/).map(Number);
          return Number.isFinite(lon + lat) ? [{ type: /** @type {const} */ ("Point"), coordinates: [lon, lat] }] : [];
        }),
      );
    }
  };
  // As if it were typed: whoever follows the form hears of it.
  const write = (/** @type {string} */ positions) => {
    text.value = positions;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const add = (/** @type {[number, number]} */ place) => {
    const before = wanted().shape === "Point" ? "" : text.value.trimEnd();
    write((before === "" ? "" : `${before}\n`) + written(place));
  };
  form.querySelector("[data-centre]")?.addEventListener("click", () => {
    const place = around.centre();
    if (place) add(place);
  });
  form.querySelector("[data-undo]")?.addEventListener("click", () => {
    write(text.value.trimEnd().split("\n").slice(0, -1).join("\n"));
  });
  text.addEventListener("input", show);
  return {
    geometry,
    show,
    add,
    positions: () => readPositions(text.value, say),
    replace: (/** @type {[number, number][]} */ positions) => write(positions.map(written).join("\n")),
  };
}

/**
 * What a form that begins now has for its time; nothing where it is not known: what is written is sent as it stands.
 *
 * @param {Pick<Around, "server" | "view">} around
 */
export function localNow({ server, view }) {
  return server.clock.heard === null ? "" : toLocal(server.clock.heard, view.city.time_zone);
}

/**
 * The times of a form, by the clock of the city.
 *
 * @param {HTMLFormElement} form
 * @param {Around} around
 * @returns {{from: string, until: string | null}} ISO 8601
 */
export function readPeriod(form, { say, view }) {
  const moment = (/** @type {string} */ name) =>
    fromLocal(control(form, name, HTMLInputElement).value, view.city.time_zone);
  const [start, end] = [moment("from"), moment("until")];
  if (start === null || (end !== null && end <= start)) throw new FormError(say("desk_bad_period"));
  return { from: new Date(start).toISOString(), until: end === null ? null : new Date(end).toISOString() };
}
