/**
 * What the device does for a crew: night and day, a screen that stays on, and where it is.
 */

const PALETTE = "ngis-palette";
const OLD_MS = 15_000;

/**
 * Night or day: as it was chosen on this device, else as the device has it, else by the hour.
 *
 * @param {HTMLButtonElement} button pressed while it is night
 * @param {() => void} changed
 */
export function bindPalette(button, changed = () => undefined) {
  const hour = new Date().getHours();
  const isNight = () => {
    const chosen = recalled(PALETTE);
    if (chosen !== null) return chosen === "night";
    return matchMedia("(prefers-color-scheme: dark)").matches || hour < 5 || hour >= 19;
  };
  const show = (/** @type {boolean} */ night) => {
    document.documentElement.dataset["palette"] = night ? "night" : "day";
    button.setAttribute("aria-pressed", String(night));
  };
  show(isNight());
  button.addEventListener("click", () => {
    const night = button.getAttribute("aria-pressed") !== "true";
    remember(PALETTE, night ? "night" : "day");
    show(night);
    changed();
  });
}

/** Keeps the screen on while the page is seen, where the device can. */
export function keepAwake() {
  if (!("wakeLock" in navigator)) return;
  const ask = async () => {
    try {
      await navigator.wakeLock.request("screen");
    } catch {
      // Refused while the battery is low: the next time that the page is seen it is asked again.
    }
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void ask();
  });
  void ask();
}

/** @typedef {{lon: number, lat: number, accuracy_m: number, heading_deg: number | null, at: number}} Fix */

/** Where the device is, as far as it says so. */
export class Whereabouts extends EventTarget {
  /** @type {Fix | null} */
  #last = null;

  start() {
    if (!("geolocation" in navigator)) return;
    navigator.geolocation.watchPosition(
      ({ coords }) => {
        this.#last = {
          lon: coords.longitude,
          lat: coords.latitude,
          accuracy_m: Math.round(coords.accuracy),
          heading_deg: coords.heading !== null && Number.isFinite(coords.heading) ? coords.heading : null,
          at: performance.now(),
        };
        this.dispatchEvent(new Event("moved"));
      },
      () => {
        this.#last = null;
      },
      { enableHighAccuracy: true, maximumAge: 2_000, timeout: 20_000 },
    );
  }

  /** @returns {Fix | null} null where it is not known now */
  get now() {
    return this.#last !== null && performance.now() - this.#last.at < OLD_MS ? this.#last : null;
  }
}

/** @param {string} key */
export function recalled(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string} value
 */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It holds for as long as the page is open.
  }
}
