/**
 * The desk's forms: an incident, and a closure as point, line or area.
 */

import { AwayError, RefusedError } from "./server.mjs";
import { FormError, geometryOf, readPositions, written } from "./positions.mjs";
import { fill, layerFor, node } from "./texts.mjs";
import { fromLocal, toLocal } from "./zoned.mjs";

/** @typedef {import("../view.mjs").Say} Say */
/** @typedef {import("./desk.mjs").Around} Around */

const GEOJSON = "application/geo+json";

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
function control(form, name, type) {
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
function onSubmit(form, say, send) {
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
 * The place of the form's address.
 *
 * @param {HTMLFormElement} form
 * @param {Around} around
 * @param {(place: [number, number]) => void} take
 */
function bindAddress(form, { server, say }, take) {
  const line = form.querySelector(".said");
  form.querySelector("[data-find]")?.addEventListener("click", () => {
    const address = control(form, "address", HTMLInputElement).value.trim();
    if (!(line instanceof HTMLElement)) return;
    void saying(line, say, async () => {
      if (address === "") throw new FormError(say("desk_no_address"));
      const { place } = await server.execute("hazard-at-point", { address });
      take([place.lon, place.lat]);
      return say("desk_found_address", { address: place.address ?? address, metres: Math.round(place.position_error_m) });
    });
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {Around} around
 */
export function bindIncidentForm(form, around) {
  const { server, say, board, view } = around;
  const position = control(form, "position", HTMLInputElement);
  const take = (/** @type {[number, number]} */ place) => {
    position.value = written(place);
    around.draft([{ type: "Point", coordinates: place }]);
  };
  bindAddress(form, around, take);
  form.querySelector("[data-centre]")?.addEventListener("click", () => {
    const place = around.centre();
    if (place) take(place);
  });
  onSubmit(form, say, async () => {
    const positions = readPositions(position.value, say);
    const now = new Date(server.clock.now()).toISOString();
    const properties = {
      incident_id: now.replace(/[-:]/g, "").replace("T", "-").slice(0, 15),
      kind: control(form, "kind", HTMLSelectElement).value,
      strike_level: control(form, "strike_level", HTMLSelectElement).value,
      address: control(form, "address", HTMLInputElement).value.trim() || null,
      reported_at: now,
      located_at: now,
      status: "received",
    };
    const geometry = geometryOf("Point", say("desk_place"), positions, say);
    const path = `/collections/${layerFor(view, "incidents").id}/items`;
    await server.change("POST", path, { type: "Feature", geometry, properties }, GEOJSON);
    form.reset();
    around.draft([]);
    await board.look(["incidents"]);
    return say("desk_saved");
  });
  return take;
}

/**
 * @param {HTMLFormElement} form
 * @param {Around} around
 * @returns {(place: [number, number]) => void} what a press on the map does while this form is open
 */
export function bindClosureForm(form, around) {
  const { server, say, board, view } = around;
  const layer = layerFor(view, "closures");
  const text = control(form, "positions", HTMLTextAreaElement);
  const from = control(form, "from", HTMLInputElement);
  const zone = view.city.time_zone;
  const shapes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[name=shape]")]);
  const chosen = () => shapes.find((each) => each.checked) ?? /** @type {HTMLInputElement} */ (shapes[0]);
  const shape = () => /** @type {import("./positions.mjs").Shape} */ (chosen().value);
  const geometry = () => {
    const title = chosen().parentElement?.textContent?.trim() ?? "";
    return geometryOf(shape(), title, readPositions(text.value, say), say);
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
  const add = (/** @type {[number, number]} */ place) => {
    const before = shape() === "Point" ? "" : text.value.trimEnd();
    text.value = (before === "" ? "" : `${before}\n`) + written(place);
    show();
  };
  const begin = () => {
    from.value = toLocal(server.clock.now(), zone);
  };
  const box = form.querySelector("#applies-to");
  for (const [value, title] of Object.entries(layer.fields.find((each) => each.name === "applies_to")?.codes ?? {})) {
    const input = node("input", "");
    Object.assign(input, { type: "checkbox", name: "applies_to", value });
    box?.append(node("label", "choice", input, title));
  }
  bindAddress(form, around, add);
  form.querySelector("[data-centre]")?.addEventListener("click", () => {
    const place = around.centre();
    if (place) add(place);
  });
  form.querySelector("[data-undo]")?.addEventListener("click", () => {
    text.value = text.value.trimEnd().split("\n").slice(0, -1).join("\n");
    show();
  });
  text.addEventListener("input", show);
  for (const each of shapes) each.addEventListener("change", show);
  form.closest("details")?.addEventListener("toggle", () => {
    if (from.value === "") begin();
  });
  onSubmit(form, say, async () => {
    const drawn = geometry();
    const start = fromLocal(from.value, zone);
    const end = fromLocal(control(form, "until", HTMLInputElement).value, zone);
    if (start === null || (end !== null && end <= start)) throw new FormError(say("desk_bad_period"));
    const applies = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[name=applies_to]:checked")]);
    const properties = {
      name: control(form, "name", HTMLInputElement).value.trim() || null,
      from: new Date(start).toISOString(),
      until: end === null ? null : new Date(end).toISOString(),
      reason: control(form, "reason", HTMLSelectElement).value,
      applies_to: applies.length > 0 ? applies.map((each) => each.value) : null,
      declared_by: server.session?.display_name ?? null,
      public: control(form, "public", HTMLInputElement).checked,
    };
    const feature = { type: "Feature", geometry: drawn, properties };
    await server.change("POST", `/collections/${layer.id}/items`, feature, GEOJSON);
    form.reset();
    begin();
    around.draft([]);
    await board.look(["closures"]);
    return say("desk_saved");
  });
  return add;
}

/**
 * The closures, each with what lifts it.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement} line
 * @param {Around} around
 * @returns {() => void} shows them anew
 */
export function bindClosureList(list, line, { server, say, board, view, clock }) {
  const layer = layerFor(view, "closures");
  const codes = (/** @type {string} */ name) => layer.fields.find((each) => each.name === name)?.codes ?? {};
  const nameOf = (/** @type {import("./board.mjs").Item} */ { properties }) =>
    [codes("reason")[String(properties["reason"])], properties["name"]].filter(Boolean).join(" ") || say("a_closure");
  list.addEventListener("click", (event) => {
    const id = event.target instanceof HTMLElement ? event.target.dataset["end"] : undefined;
    const item = board.all("closures").find((each) => String(each.id) === id);
    if (!item) return;
    void saying(line, say, async () => {
      const path = `/collections/${layer.id}/items/${encodeURIComponent(String(item.id))}`;
      const now = server.clock.now();
      if (Date.parse(item.properties["from"]) >= now) await server.change("DELETE", path, undefined);
      else {
        const patch = { properties: { until: new Date(now).toISOString() } };
        await server.change("PATCH", path, patch, "application/merge-patch+json");
      }
      await board.look(["closures"]);
      return say("desk_ended", { name: nameOf(item) });
    });
  });
  return () => {
    if (board.read.closures.value === null) return fill(list, node("li", "unknown", say("staff_unknown")));
    const now = server.clock.now();
    const found = board.closuresFrom(now);
    if (found.length === 0) return fill(list, node("li", "", say("desk_no_closures")));
    fill(
      list,
      ...found.map((item) => {
        const { from, until, applies_to } = item.properties;
        const button = node("button", "", say("desk_end"));
        button.type = "button";
        button.dataset["end"] = String(item.id);
        button.setAttribute("aria-label", say("desk_end_of", { name: nameOf(item) }));
        const period = say("desk_period", { from: clock(from), until: until === null ? say("desk_no_end") : clock(until) });
        const vehicles = Array.isArray(applies_to)
          ? applies_to.map((each) => codes("applies_to")[each] ?? each).join(say("list_separator"))
          : say("desk_everybody");
        return node(
          "li",
          "",
          node("strong", "", nameOf(item)),
          ...(Date.parse(from) > now ? [` (${say("desk_later")})`] : []),
          node("p", "facts", period),
          node("p", "facts", vehicles),
          button,
        );
      }),
    );
  };
}
