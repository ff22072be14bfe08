/**
 * What is being written in a form, kept on the device until it is sent or discarded: a page read again, a crash or a session
 * that ran out lose nothing of it.
 *
 * A draft only fills its form again.  What is sent is read and pressed by a person, as if it had been written just now.
 */

import { node } from "./texts.mjs";

/** @typedef {import("./desk.mjs").Around} Around */
/** @typedef {{fields: [string, string, boolean][], beside: unknown}} Draft name, value and whether chosen, of each control */

/**
 * @typedef {object} Drafting
 * @property {() => Promise<void>} restore fills the form with what was kept, and says so above it
 * @property {() => void} clear nothing is kept any more: it was sent, or given up
 */

/**
 * @param {HTMLFormElement} form
 * @param {Around} around
 * @param {object} how
 * @param {string} how.said key of the text that tells of a restored draft
 * @param {() => void} how.discard empties the form, and clears the draft
 * @param {() => unknown} [how.beside] what is kept beside the controls
 * @param {(beside: any) => void} [how.restored]
 * @returns {Drafting}
 */
export function bindDraft(form, { store, server, say, clock }, { said, discard, beside = () => null, restored }) {
  const key = `draft-of-${form.id}`;
  const words = node("p", "tag");
  words.setAttribute("role", "status");
  const button = node("button", "", say("desk_discard_draft"));
  button.type = "button";
  const line = node("div", "draft row", words, button);
  line.hidden = true;
  const box = form.closest("details");
  box?.before(line);

  const controls = () => /** @type {HTMLInputElement[]} */ ([...form.elements]).filter((each) => each.name !== "");
  /** @type {"kept" | "gone" | null} what is to become of it on the device */
  let wanted = null;
  let isWriting = false;
  const write = async () => {
    isWriting = true;
    while (wanted !== null) {
      await null; // what one press changes is read together
      /** @type {Draft | null} */
      const draft = wanted === "gone" ? null : { fields: controls().map(stateOf), beside: beside() };
      wanted = null;
      // Where the device refuses, the form is as safe as the page.
      await store.keep(key, draft, server.clock.now()).catch(() => undefined);
    }
    isWriting = false;
  };
  const want = (/** @type {"kept" | "gone"} */ state) => {
    wanted = state;
    if (!isWriting) void write();
  };
  for (const kind of ["input", "change"]) form.addEventListener(kind, () => want("kept"));
  button.addEventListener("click", () => {
    discard();
    box?.querySelector("summary")?.focus();
  });
  return {
    clear: () => {
      line.hidden = true;
      want("gone");
    },
    restore: async () => {
      const kept = await store.kept(key).catch(() => null);
      /** @type {Draft | null} */
      const draft = kept?.value ?? null;
      if (kept === null || draft === null) return;
      const left = [...draft.fields];
      for (const each of controls()) {
        const isChoice = each.type === "radio" || each.type === "checkbox";
        const index = left.findIndex(([name, value]) => name === each.name && (!isChoice || value === each.value));
        const [found] = index < 0 ? [] : left.splice(index, 1);
        if (found === undefined) continue;
        if (isChoice) each.checked = found[2];
        else each.value = found[1];
      }
      restored?.(draft.beside);
      words.textContent = say(said, { time: clock(kept.at) });
      line.hidden = false;
      if (box) box.open = true;
    },
  };
}

/**
 * @param {HTMLInputElement} control
 * @returns {[string, string, boolean]}
 */
function stateOf({ name, value, checked }) {
  return [name, value, checked];
}
