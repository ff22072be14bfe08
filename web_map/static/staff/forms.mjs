/**
 * The desk's forms: an incident, and a closure as point, line or area.
 */

import { bindDraft } from "./drafts.mjs";
import { GEOJSON, PATCH, bindAddress, bindDrawing, control, localNow, onSubmit, readPeriod, saying } from "./form_parts.mjs";
import { geometryOf, readPositions, written } from "./positions.mjs";
import { fill, layerFor, node } from "./texts.mjs";

/** @typedef {import("./desk.mjs").Around} Around */

/**
 * @typedef {object} BoundForm
 * @property {(place: [number, number]) => void} take what a press on the map does while this form is open
 * @property {() => Promise<void>} restore
 *
 * @param {HTMLFormElement} form
 * @param {Around} around
 * @returns {BoundForm}
 */
export function bindIncidentForm(form, around) {
  const { server, say, board, view } = around;
  const position = control(form, "position", HTMLInputElement);
  const take = (/** @type {[number, number]} */ place) => {
    position.value = written(place);
    position.dispatchEvent(new Event("input", { bubbles: true }));
    around.draft([{ type: "Point", coordinates: place }]);
  };
  const begin = () => {
    form.reset();
    around.draft([]);
    draft.clear();
  };
  const draft = bindDraft(form, around, { said: "desk_draft", discard: begin });
  bindAddress(form, around, take);
  form.querySelector("[data-centre]")?.addEventListener("click", () => {
    const place = around.centre();
    if (place) take(place);
  });
  onSubmit(form, say, async () => {
    const positions = readPositions(position.value, say);
    const now = new Date(await server.time()).toISOString();
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
    begin();
    await board.look(["incidents"]);
    return say("desk_saved");
  });
  return { take, restore: draft.restore };
}

/**
 * @param {HTMLFormElement} form
 * @param {Around} around
 * @returns {BoundForm}
 */
export function bindClosureForm(form, around) {
  const { server, say, board, view } = around;
  const layer = layerFor(view, "closures");
  const from = control(form, "from", HTMLInputElement);
  const shapes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[name=shape]")]);
  const chosen = () => shapes.find((each) => each.checked) ?? /** @type {HTMLInputElement} */ (shapes[0]);
  const drawing = bindDrawing(form, around, () => ({
    shape: /** @type {import("./positions.mjs").Shape} */ (chosen().value),
    title: chosen().parentElement?.textContent?.trim() ?? "",
  }));
  const begin = () => {
    form.reset();
    from.value = localNow(around);
    around.draft([]);
    draft.clear();
  };
  const draft = bindDraft(form, around, { said: "desk_draft", discard: begin });
  const groups = form.querySelector("#applies-to");
  for (const [value, title] of Object.entries(layer.fields.find((each) => each.name === "applies_to")?.codes ?? {})) {
    const input = node("input", "");
    Object.assign(input, { type: "checkbox", name: "applies_to", value });
    groups?.append(node("label", "choice", input, title));
  }
  bindAddress(form, around, drawing.add);
  for (const each of shapes) each.addEventListener("change", drawing.show);
  const box = form.closest("details");
  box?.addEventListener("toggle", () => {
    if (from.value === "") from.value = localNow(around);
    if (box.open) drawing.show();
  });
  onSubmit(form, say, async () => {
    const drawn = drawing.geometry();
    const period = readPeriod(form, around);
    const applies = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[name=applies_to]:checked")]);
    const properties = {
      name: control(form, "name", HTMLInputElement).value.trim() || null,
      ...period,
      reason: control(form, "reason", HTMLSelectElement).value,
      applies_to: applies.length > 0 ? applies.map((each) => each.value) : null,
      declared_by: server.session?.display_name ?? null,
      public: control(form, "public", HTMLInputElement).checked,
    };
    const feature = { type: "Feature", geometry: drawn, properties };
    await server.change("POST", `/collections/${layer.id}/items`, feature, GEOJSON);
    begin();
    await board.look(["closures"]);
    return say("desk_saved");
  });
  return { take: drawing.add, restore: draft.restore };
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
      const now = await server.time();
      if (Date.parse(item.properties["from"]) >= now) await server.change("DELETE", path, undefined);
      else {
        const patch = { properties: { until: new Date(now).toISOString() } };
        await server.change("PATCH", path, patch, PATCH);
      }
      await board.look(["closures"]);
      return say("desk_ended", { name: nameOf(item) });
    });
  });
  return () => {
    if (board.read.closures.value === null) return fill(list, node("li", "unknown", say("staff_unknown")));
    const now = server.clock.heard;
    const found = board.from("closures", now);
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
          ...(now !== null && Date.parse(from) > now ? [` (${say("desk_later")})`] : []),
          node("p", "facts", period),
          node("p", "facts", vehicles),
          button,
        );
      }),
    );
  };
}
