/**
 * The map in a frame of another site: it shows the state in its query, and links to the full map as it is moved.
 */

import { readAddress } from "./address.mjs";
import { LayerList } from "./layer_list.mjs";
import { followed } from "./live_layers.mjs";
import { element, readView, words } from "./view.mjs";

const view = readView(document);
const say = words(view);
const status = element(document, "status", HTMLElement);
const full = element(document, "full", HTMLAnchorElement);

const list = new LayerList(document, view);
list.choose(new Set(view.layers.map((layer) => layer.id))); // those of the state are all that the page has
list.restore(readAddress(location.search));
const live = followed(view, list);
status.textContent = say("loading");

requestAnimationFrame(() =>
  requestAnimationFrame(async () => {
    try {
      const { startMap } = await import("./map.mjs");
      await startMap(document, view, list, live, status, (hash) => {
        full.hash = hash;
      });
    } catch (error) {
      status.classList.add("failed");
      status.textContent = say("map_failed", { reason: error instanceof Error ? error.message : String(error) });
      document.body.classList.add("without-map");
      const { showPictures } = await import("./pictures.mjs");
      showPictures(document, view, list, location.search);
    }
  }),
);
