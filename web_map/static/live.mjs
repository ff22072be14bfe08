/**
 * The answer page as it changes: orders, openings, closures and the ways that they change, without a reload.
 *
 * The page is asked for anew, as the server draws it, and the parts marked `data-live` take the place of those shown.
 * While the connection or the database is lost the page goes on with what it has, and says of when that is.
 */

import { listen } from "./changes.mjs";

/** @typedef {import("./changes.mjs").Told} Told */

const PATIENCE_MS = 20_000;
const JUST_MS = 60_000;
const BACK_MS = 5_000;

const box = document.getElementById("live");
if (box && "EventSource" in window) start(box);

/** @param {HTMLElement} line */
function start(line) {
  const asOf = line.querySelector(".live-as-of");
  const said = line.querySelector(".live-said");
  if (!(asOf instanceof HTMLElement) || !(said instanceof HTMLElement)) return;
  let stamp = line.dataset["stamp"] ?? "";
  let tried = stamp;
  let at = line.dataset["at"] ?? "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let forgotten;
  let backAt = -Infinity;
  const clock = (/** @type {number} */ seconds) => {
    const zone = { timeZone: line.dataset["zone"], dateStyle: "short", timeStyle: "short" };
    return new Intl.DateTimeFormat("sv-SE", /** @type {Intl.DateTimeFormatOptions} */ (zone)).format(seconds * 1000);
  };
  /**
   * @param {"connected" | "lost" | "away" | "back" | "updated"} key
   * @returns {string}
   */
  const words = (key) => (line.dataset[key] ?? "").replace("{time}", at);

  /**
   * @param {"connected" | "lost" | "away"} state
   * @param {"back" | "updated" | ""} news said for a while beside
   */
  const show = (state, news = "") => {
    const before = line.dataset["state"];
    const isCurrent = state === "connected";
    line.hidden = false;
    line.dataset["state"] = state;
    asOf.textContent = isCurrent ? words("connected") : "";
    if (!isCurrent && before !== state) said.textContent = words(state);
    if (isCurrent && news) {
      // What is found to have changed just after the connection came back changed while it was lost.
      if (news === "back") backAt = performance.now();
      said.textContent = words(performance.now() - backAt < BACK_MS ? "back" : news);
      clearTimeout(forgotten);
      forgotten = setTimeout(() => {
        if (line.dataset["state"] === "connected") said.textContent = "";
      }, JUST_MS);
    } else if (isCurrent && before !== "connected") said.textContent = "";
  };

  let asking = false;
  /** @param {Told} told */
  const tell = async (told) => {
    if (asking) return;
    const wasLost = line.dataset["state"] === "lost" || line.dataset["state"] === "away";
    if (!told.current) return show("away");
    if (told.stamp !== stamp && told.stamp !== tried) {
      asking = true;
      try {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * told.spread_s * 1000));
        const found = await anew();
        tried = told.stamp;
        stamp = found.dataset["stamp"] ?? "";
        at = found.dataset["at"] ?? at;
        show("connected", wasLost ? "back" : "updated");
      } catch (error) {
        console.info(error); // it is tried again with the next message; until then what is shown is of before
        show("away");
      } finally {
        asking = false;
      }
      return;
    }
    at = clock(told.seen_at);
    show("connected", wasLost ? "back" : "");
  };
  listen(line.dataset["address"] ?? "/changes", tell, () => show("lost"));
}

/**
 * The page as the server draws it now, taken over where it has changed.
 *
 * @returns {Promise<HTMLElement>} its line that says of which state it is
 */
async function anew() {
  const response = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const line = fresh.getElementById("live");
  if (line === null) throw new Error("The page is another.");
  for (const old of document.querySelectorAll("[data-live]")) {
    const part = fresh.querySelector(`[data-live="${CSS.escape(old.getAttribute("data-live") ?? "")}"]`);
    if (part && part.outerHTML !== old.outerHTML) exchange(old, document.importNode(part, true));
  }
  document.dispatchEvent(new CustomEvent("ngis:updated"));
  return line;
}

/**
 * What was opened stays open, and the focus where it was.
 *
 * @param {Element} old
 * @param {Element} part
 */
function exchange(old, part) {
  const name = (/** @type {Element | null} */ each) => each?.querySelector("summary")?.textContent?.trim() ?? "";
  const open = new Set([...old.querySelectorAll("details[open]")].map(name));
  for (const each of part.querySelectorAll("details")) each.open = open.has(name(each));
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const within = focused?.closest("details");
  const place = focused === null ? -1 : [...old.querySelectorAll("a, button, summary")].indexOf(focused);
  old.replaceWith(part);
  if (focused === null) return;
  const same = within ? [...part.querySelectorAll("details")].find((each) => name(each) === name(within)) : null;
  const target =
    same?.querySelector("summary") ??
    part.querySelectorAll("a, button, summary")[place] ??
    part.querySelector("[tabindex]");
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}
