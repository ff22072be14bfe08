/**
 * Evacuation orders at the desk: issued, changed and lifted, each after it was read once more as citizens will read it.
 *
 * Nothing is sent later by itself: an order that leaves an hour after it was meant would state a time that is not true.
 */

import { bindDraft } from "./drafts.mjs";
import { GEOJSON, PATCH, bindAddress, bindDrawing, control, localNow, onSubmit, readPeriod, saying } from "./form_parts.mjs";
import { audienceOf, confirmed, extentOf, levelOf, orderBox } from "./order_words.mjs";
import { FormError, hullOf, placeWithin, ringAround } from "./positions.mjs";
import { AwayError, RefusedError } from "./server.mjs";
import { fill, layerFor, node } from "./texts.mjs";
import { toLocal } from "./zoned.mjs";

/** @typedef {import("./board.mjs").Item} Item */
/** @typedef {import("./desk.mjs").Around} Around */

const PART = "evacuation-orders";
/** Of what has no error of its own: a house and what is beside it. */
const LEAST_RADIUS_M = 100;
/** What has to be the same where an order is another's double. */
const IDENTITY = /** @type {const} */ (["level", "area_name", "hazard", "exercise"]);

/**
 * @param {{form: HTMLFormElement, dialog: HTMLDialogElement, list: HTMLElement, line: HTMLElement}} parts
 * @param {Around} around
 * @returns {import("./forms.mjs").BoundForm & {show: () => void}} also what shows the orders anew
 */
export function bindOrders({ form, dialog, list, line }, around) {
  const { server, say, board, view } = around;
  const layer = layerFor(view, PART);
  const pathOf = (/** @type {Item} */ { id }) => `/collections/${layer.id}/items/${encodeURIComponent(String(id))}`;
  const input = (/** @type {string} */ name) => control(form, name, HTMLInputElement);
  const select = (/** @type {string} */ name) => control(form, name, HTMLSelectElement);
  const levels = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[name=level]")]);
  const drawing = bindDrawing(form, around, () => ({ shape: "Polygon", title: say("desk_order_area") }));
  /** @type {{item: Item, tag: string | null, drawn: string} | null} the order that is being changed, as it was read */
  let changed = null;

  const box = form.closest("details");
  const positions = control(form, "positions", HTMLTextAreaElement);
  const now = () => localNow(around);
  box?.addEventListener("toggle", () => {
    if (input("from").value === "") input("from").value = now();
    if (box.open) showArea();
  });
  for (const each of levels) {
    each.addEventListener("change", () => {
      // Another level is issued now, not when the one before was.
      if (changed !== null) input("from").value = now();
    });
  }
  bindAddress(form, around, (place, { town, address, position_error_m }) => {
    const radius_m = Math.max(position_error_m, LEAST_RADIUS_M);
    drawing.replace(hullOf([...drawing.positions(), ...ringAround(place, radius_m)]));
    const name = town ?? address ?? "";
    const names = input("area_name").value.split(/[、,]/).map((each) => each.trim());
    input("area_name").value = [...new Set([...names, name])].filter(Boolean).join(say("list_separator"));
    return say("desk_order_around", { name, metres: Math.round(radius_m) });
  });

  /** What is drawn; of an area of several parts, which no list of corners holds, that of the order that is changed. */
  const showArea = () => {
    const kept = positions.value.trim() === "" ? changed?.item.geometry : null;
    if (kept) around.draft([kept]);
    else drawing.show();
  };

  // --- issued, or changed --------------------------------------------------------------------------------------

  const begin = () => {
    changed = null;
    form.reset();
    input("from").value = now();
    around.draft([]);
    draft.clear();
    showMode();
  };
  const showMode = () => {
    const mode = /** @type {HTMLElement} */ (form.querySelector("[data-mode]"));
    mode.hidden = changed === null;
    const text = changed === null ? "" : say("desk_order_changing", { name: nameOf(changed.item) });
    /** @type {HTMLElement} */ (mode.querySelector("p")).textContent = text;
    // An area of several parts stays as it is until another one is drawn.
    positions.required = changed === null || changed.drawn !== "";
  };
  const draft = bindDraft(form, around, {
    said: "desk_order_draft",
    discard: begin,
    beside: () => changed,
    restored: (beside) => {
      changed = beside;
      showMode();
    },
  });
  const nameOf = (/** @type {Pick<Item, "properties">} */ { properties }) =>
    `${levelOf(around, properties)} ${properties["area_name"]}`;
  form.querySelector("[data-cancel]")?.addEventListener("click", begin);

  const read = () => {
    const level = levels.find((each) => each.checked);
    if (!level) throw new FormError(say("desk_order_no_level"));
    const text = (/** @type {string} */ name) => input(name).value.trim() || null;
    return {
      level: Number(level.value),
      area_name: text("area_name"),
      hazard: select("hazard").value || null,
      reason: text("reason"),
      ...readPeriod(form, around),
      issued_by: text("issued_by"),
      exercise: input("exercise").checked,
      public: input("public").checked,
    };
  };

  onSubmit(form, say, async () => {
    const properties = read();
    const target = changed;
    const isSameArea = target !== null && positions.value.trim() === target.drawn;
    const geometry = isSameArea ? target.item.geometry : drawing.geometry();
    const isMeant = await confirmed(dialog, {
      title: say(target ? "desk_order_confirm_change" : "desk_order_confirm"),
      act: say(target ? "desk_order_change_now" : "desk_order_issue_now"),
      content: [
        orderBox(around, properties),
        node("p", "", extentOf(around, geometry)),
        node("p", "strong", say(properties.exercise ? "desk_order_is_exercise" : "desk_order_is_meant")),
        node("p", "strong", audienceOf(around, properties)),
      ],
    });
    if (!isMeant) throw new FormError(say("desk_order_nothing_sent"));
    if (target) {
      const patch = { properties, ...(isSameArea ? {} : { geometry }) };
      await send("PATCH", pathOf(target.item), patch, PATCH, target.tag);
    } else await issue({ type: "Feature", geometry, properties });
    begin();
    await board.look([PART]);
    const found = board.read[PART].fresh ? standing(properties) : undefined;
    if (!found) return say("desk_order_not_seen");
    return `${say("desk_order_saved", { name: nameOf(found) })} ${audienceOf(around, found.properties)}`;
  });

  /** The order that says the same and was issued at the same time. */
  const standing = (/** @type {Item["properties"]} */ properties) =>
    board
      .from(PART, server.clock.heard)
      .find(
        (each) =>
          IDENTITY.every((name) => (each.properties[name] ?? false) === (properties[name] ?? false)) &&
          Date.parse(each.properties["from"]) === Date.parse(properties["from"]),
      );

  /**
   * Where no answer came it is looked up whether it was taken, so that none is issued twice.
   *
   * @param {{type: "Feature", geometry: import("geojson").Geometry | null, properties: Item["properties"]}} feature
   */
  async function issue(feature) {
    await board.look([PART]);
    if (standing(feature.properties)) throw new FormError(say("desk_order_stands_already"));
    try {
      await server.change("POST", `/collections/${layer.id}/items`, feature, GEOJSON);
    } catch (error) {
      if (!(error instanceof AwayError)) throw error;
      await board.look([PART]);
      if (!board.read[PART].fresh || !standing(feature.properties)) throw error;
    }
  }

  /**
   * A change of what was read; where it is another by now, the list shows that.
   *
   * @param {string} method
   * @param {string} path
   * @param {unknown} body
   * @param {string} type
   * @param {string | null} tag
   */
  async function send(method, path, body, type, tag) {
    try {
      await server.change(method, path, body, type, tag);
    } catch (error) {
      if (error instanceof RefusedError && [404, 412].includes(error.status)) await board.look([PART]);
      throw error;
    }
  }

  // --- the orders that hold ------------------------------------------------------------------------------------

  list.addEventListener("click", (event) => {
    const { change, lift } = event.target instanceof HTMLElement ? event.target.dataset : {};
    const item = board.all(PART).find((each) => String(each.id) === (change ?? lift));
    if (!item) return;
    void saying(line, say, async () => {
      const { document, tag } = await server.readTagged(pathOf(item));
      if (change !== undefined) return open(document, tag);
      return end(document, tag);
    });
  });

  /**
   * @param {Item} item
   * @param {string | null} tag
   */
  function open(item, tag) {
    begin();
    const { properties, geometry } = item;
    for (const each of levels) each.checked = each.value === String(properties["level"]);
    for (const name of ["area_name", "reason", "issued_by"]) input(name).value = properties[name] ?? "";
    select("hazard").value = properties["hazard"] ?? "";
    for (const name of ["from", "until"]) {
      const at = properties[name];
      input(name).value = at ? toLocal(Date.parse(at), view.city.time_zone) : "";
    }
    for (const name of ["exercise", "public"]) input(name).checked = properties[name] === true;
    const parts = geometry?.type === "MultiPolygon" ? geometry.coordinates : [];
    const [[ring, ...holes] = []] = parts;
    if (parts.length === 1 && ring && holes.length === 0) {
      drawing.replace(/** @type {[number, number][]} */ (ring.slice(0, -1)));
    } else if (geometry) around.draft([geometry]);
    changed = { item, tag, drawn: positions.value.trim() };
    showMode();
    if (box) box.open = true;
    form.scrollIntoView();
    levels.find((each) => each.checked)?.focus();
    return say("desk_order_changing", { name: nameOf(item) });
  }

  /**
   * @param {Item} item
   * @param {string | null} tag
   */
  async function end(item, tag) {
    const { properties } = item;
    const isLater = Date.parse(properties["from"]) >= (await server.time());
    const what = isLater ? "desk_order_lift_later" : properties["public"] ? "desk_order_lift_public" : "desk_order_lift_internal";
    const isMeant = await confirmed(dialog, {
      title: say("desk_order_confirm_lift"),
      act: say("desk_order_lift_now"),
      content: [orderBox(around, properties), node("p", "strong", say(what))],
    });
    if (!isMeant) throw new FormError(say("desk_order_nothing_sent"));
    const until = new Date(await server.time()).toISOString();
    if (isLater) await send("DELETE", pathOf(item), undefined, PATCH, tag);
    else await send("PATCH", pathOf(item), { properties: { until } }, PATCH, tag);
    if (changed?.item.id === item.id) begin();
    await board.look([PART]);
    return say("desk_ended", { name: nameOf(item) });
  }

  /** @param {Item} item */
  function card(item) {
    const { properties, geometry } = item;
    const button = (/** @type {string} */ name, /** @type {string} */ text) => {
      const made = node("button", "", say(text));
      made.type = "button";
      made.dataset[name] = String(item.id);
      made.setAttribute("aria-label", `${say(text)}: ${nameOf(item)}`);
      return made;
    };
    const row = node("p", "row", button("change", "desk_order_change"), button("lift", "desk_end"));
    if (properties["public"] && geometry?.type === "MultiPolygon") {
      const [lon, lat] = placeWithin(geometry.coordinates[0] ?? []);
      const link = node("a", "", say("desk_order_see"));
      link.href = `${view.urls.public}/?lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}&lang=${view.language}`;
      link.target = "_blank";
      link.rel = "noopener";
      row.append(link);
    }
    const audience = audienceOf(around, properties);
    return node("li", "", orderBox(around, properties), node("p", "facts", audience), row);
  }

  return {
    take: drawing.add,
    restore: draft.restore,
    show: () => {
      if (board.read[PART].value === null) return fill(list, node("li", "unknown", say("staff_unknown")));
      const found = board.from(PART, server.clock.heard);
      if (found.length === 0) return fill(list, node("li", "", say("desk_no_orders")));
      // As citizens read them: what is meant before an exercise, the gravest first, of one level the newest.
      found.sort(
        ({ properties: one }, { properties: other }) =>
          Number(one["exercise"] ?? false) - Number(other["exercise"] ?? false) ||
          other["level"] - one["level"] ||
          Date.parse(other["from"]) - Date.parse(one["from"]),
      );
      fill(list, ...found.map(card));
    },
  };
}
