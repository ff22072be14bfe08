/**
 * Dispatch by the plan: the units that the process `nearest-units` chooses, changed by hand, and sent.
 */

import { GEOJSON, PATCH, saying } from "./form_parts.mjs";
import { FormError } from "./positions.mjs";
import { AwayError } from "./server.mjs";
import { called, fill, layerFor, minutes, node } from "./texts.mjs";

/** @typedef {import("./board.mjs").Item} Item */
/** @typedef {import("./desk.mjs").Around} Around */

/**
 * @param {{heading: HTMLElement, plan: HTMLButtonElement, form: HTMLFormElement, proposal: HTMLElement,
 *   order: HTMLButtonElement, line: HTMLElement, sent: HTMLElement}} parts
 * @param {Around} around
 * @returns {{choose: (incident: Item) => void, show: () => void}}
 */
export function bindDispatch(parts, around) {
  const { server, say, board, view, clock } = around;
  const incidents = layerFor(view, "incidents");
  /** @type {Item | null} */
  let incident = null;

  const described = (/** @type {Item} */ { properties }) =>
    say("desk_for", {
      incident: properties["incident_id"],
      kind: called(incidents, "kind", properties["kind"]) ?? "",
      address: properties["address"] ?? "",
    });

  parts.plan.addEventListener("click", () => {
    const asked = incident;
    if (asked === null) return;
    parts.plan.disabled = true;
    void saying(parts.line, say, async () => {
      const answer = await server.execute("nearest-units", { incident: asked.properties["incident_id"] });
      if (incident?.id === asked.id) propose(answer);
      return [answer.refusal?.text, ...(answer.dispatch?.unfilled ?? []).map((/** @type {any} */ each) => each.text)]
        .filter(Boolean)
        .join(" ");
    }).then(() => {
      parts.plan.disabled = incident === null;
    });
  });

  /** @param {any} answer of `nearest-units` */
  function propose(answer) {
    const chosen = answer.dispatch?.chosen ?? [];
    const names = new Set(chosen.map((/** @type {any} */ each) => each.id));
    const others = (answer.units ?? []).filter((/** @type {any} */ each) => !names.has(each.id));
    const level = (answer.dispatch?.strike_levels ?? []).map((/** @type {string} */ each) =>
      called(incidents, "strike_level", each),
    );
    const title = say("desk_proposal", {
      kind: called(incidents, "kind", answer.dispatch?.kind) ?? "",
      levels: level.join(say("list_separator")),
    });
    const more = node("details", "", node("summary", "", say("desk_other_units")), ...others.map(unit(false)));
    const legend = node("legend", "", title);
    parts.proposal.replaceChildren(
      node("fieldset", "", legend, ...chosen.map(unit(true)), ...(others.length > 0 ? [more] : [])),
    );
    if (chosen.length + others.length === 0) parts.proposal.replaceChildren(node("p", "", say("desk_no_units")));
    parts.order.disabled = chosen.length + others.length === 0;
  }

  /** @param {boolean} checked */
  const unit = (checked) => (/** @type {any} */ each) => {
    const input = node("input", "");
    Object.assign(input, { type: "checkbox", name: "unit", value: each.id });
    input.defaultChecked = checked;
    const arrival =
      each.travel_time_s === null
        ? say("desk_no_arrival", { reason: each.why_not?.text ?? "" })
        : say("desk_arrival", { time: minutes(each.travel_time_s) });
    const facts = [each.title, each.station, arrival, each.stands_in ? say("desk_stands_in") : null];
    return node(
      "label",
      "unit",
      input,
      node("strong", "", each.call_sign),
      node("span", "facts", facts.filter((fact) => fact).join("　")),
    );
  };

  parts.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const target = incident;
    if (target === null || parts.order.disabled) return;
    const ids = new Set([...parts.form.querySelectorAll("input:checked")].map((each) => each.getAttribute("value")));
    parts.order.disabled = true;
    await saying(parts.line, say, () => send(target, ids));
    parts.order.disabled = false;
  });

  /**
   * @param {Item} target
   * @param {Set<string | null>} ids of vehicles
   * @returns {Promise<string>} what became of each
   */
  async function send(target, ids) {
    const units = board.all("vehicles").filter((each) => ids.has(String(each.id)));
    if (units.length === 0) throw new FormError(say("desk_choose_units"));
    /** @type {string[]} */
    const sent = [];
    /** @type {string[]} */
    const said = [];
    for (const each of units) {
      const name = String(each.properties["call_sign"]);
      if (isSent(target, name)) said.push(say("desk_sent_already", { unit: name }));
      else {
        try {
          await order(target, each);
          sent.push(name);
        } catch (error) {
          said.push(say("desk_not_sent", { unit: name, reason: error instanceof Error ? error.message : String(error) }));
        }
      }
    }
    if (sent.length > 0 && [null, "received"].includes(target.properties["status"])) await tellIncident(target, said);
    await board.look(["incidents", "vehicles", "dispatches"]);
    if (sent.length > 0) said.unshift(say("desk_sent", { units: sent.join(say("list_separator")) }));
    else throw new FormError(said.join(" "));
    return said.join(" ");
  }

  /**
   * The order of one unit.  Where no answer comes it is looked up whether it was taken, so that none is sent twice.
   *
   * @param {Item} target
   * @param {Item} vehicle
   */
  async function order(target, vehicle) {
    const at = new Date(await server.time()).toISOString();
    const call_sign = String(vehicle.properties["call_sign"]);
    const properties = {
      incident_id: target.properties["incident_id"],
      call_sign,
      strike_level: target.properties["strike_level"] ?? null,
      dispatched_at: at,
    };
    const path = `/collections/${layerFor(view, "dispatches").id}/items`;
    try {
      await server.change("POST", path, { type: "Feature", geometry: target.geometry, properties }, GEOJSON);
    } catch (error) {
      if (!(error instanceof AwayError)) throw error;
      await board.look(["dispatches"]);
      if (!board.read.dispatches.fresh || !isSent(target, call_sign)) throw new Error(say("desk_away"));
    }
    // From now on it is not chosen for another incident.
    const own = `/collections/${layerFor(view, "vehicles").id}/items/${encodeURIComponent(String(vehicle.id))}`;
    await server.change("PATCH", own, { properties: { status: view.keys[0]?.value, status_at: at } }, PATCH);
  }

  /**
   * @param {Item} target
   * @param {string[]} said
   */
  async function tellIncident(target, said) {
    const path = `/collections/${incidents.id}/items/${encodeURIComponent(String(target.id))}`;
    try {
      await server.change("PATCH", path, { properties: { status: "dispatched" } }, PATCH);
    } catch (error) {
      said.push(say("desk_failed", { reason: error instanceof Error ? error.message : String(error) }));
    }
  }

  const isSent = (/** @type {Item} */ target, /** @type {string} */ call_sign) =>
    board
      .dispatchesTo(target.properties["incident_id"])
      .some(({ properties }) => properties["call_sign"] === call_sign);

  return {
    choose: (chosen) => {
      if (incident?.id !== chosen.id) {
        parts.proposal.replaceChildren();
        parts.order.disabled = true;
        parts.line.textContent = "";
      }
      incident = chosen;
      parts.plan.disabled = false;
      parts.heading.textContent = described(chosen);
    },
    show: () => {
      const sent = incident === null ? [] : board.dispatchesTo(incident.properties["incident_id"]);
      if (sent.length === 0) return fill(parts.sent);
      const rows = sent.map(({ properties }) => {
        const times = view.keys.flatMap((key) =>
          properties[key.field] ? [`${key.title} ${clock(properties[key.field])}`] : [],
        );
        return node("li", "", node("strong", "", properties["call_sign"]), ` ${times.join("　")}`);
      });
      fill(parts.sent, node("h3", "", say("desk_sent_units")), node("ul", "cards", ...rows));
    },
  };
}
