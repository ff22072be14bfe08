/**
 * The map page: the list works as it comes; the map library is fetched once the page has been painted.
 */

import { readAddress } from "./address.mjs";
import { LayerList } from "./layer_list.mjs";
import { followed } from "./live_layers.mjs";
import { element, readView, words } from "./view.mjs";

const view = readView(document);
const say = words(view);
const status = element(document, "status", HTMLElement);
const side = element(document, "side", HTMLElement);
const toggle = element(document, "toggle-side", HTMLButtonElement);

const list = new LayerList(document, view);
const state = readAddress(location.hash);
if (state.layers) list.choose(state.layers);
list.restore(state);
element(document, "embed", HTMLDetailsElement).addEventListener(
  "toggle",
  async () => (await import("./embed_code.mjs")).offerCode(document),
  { once: true },
);

const live = followed(view, list);

toggle.addEventListener("click", () => {
  const open = toggle.getAttribute("aria-expanded") !== "true";
  toggle.setAttribute("aria-expanded", String(open));
  side.classList.toggle("open", open);
});
side.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && side.classList.contains("open")) {
    toggle.click();
    toggle.focus();
  }
});

/** A change of language keeps the place: the address after the # goes along. */
for (const link of document.querySelectorAll("a[data-keeps-place]")) {
  if (link instanceof HTMLAnchorElement) {
    link.addEventListener("click", () => {
      link.hash = location.hash;
    });
  }
}

status.textContent = say("loading");

// The second frame begins after the first was painted.
requestAnimationFrame(() =>
  requestAnimationFrame(async () => {
    try {
      const { startMap } = await import("./map.mjs");
      await startMap(document, view, list, live, status);
    } catch (error) {
      status.classList.add("failed");
      status.textContent = say("map_failed", { reason: error instanceof Error ? error.message : String(error) });
      document.body.classList.add("without-map");
      const { showPictures } = await import("./pictures.mjs");
      showPictures(document, view, list, location.hash);
    }
  }),
);
