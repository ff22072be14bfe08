/**
 * The map of the surroundings, fetched when the reader asks for it: by the button, by an address that holds a view, or
 * by scrolling to it, unless the device is to save data.  Where it cannot be drawn, a picture made by the server is.
 */

/** `#map=16.20/34.73760/135.34150`: zoom, latitude, longitude. */
const VIEW = /^#map=(\d{1,2}(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;

/** @typedef {{ zoom: number, lat: number, lon: number }} Seen */

/**
 * @param {string} hash
 * @returns {Seen | null}
 */
export function seenIn(hash) {
  const found = VIEW.exec(hash);
  if (!found) return null;
  const [zoom, lat, lon] = found.slice(1).map(Number);
  if (zoom === undefined || lat === undefined || lon === undefined) return null;
  return zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? { zoom, lat, lon } : null;
}

/** @param {HTMLElement} section */
export function offer(section) {
  const stage = part(section, "around-stage", HTMLElement);
  const button = part(section, "around-show", HTMLButtonElement);
  const status = part(section, "around-status", HTMLElement);
  let asked = false;

  const show = async () => {
    if (asked) return;
    asked = true;
    button.hidden = true;
    status.textContent = section.dataset["loading"] ?? "";
    try {
      const { start } = await import("./map.mjs");
      await start(section, status);
    } catch (error) {
      console.info(error);
      instead(section, status);
    }
  };

  stage.hidden = false; // its room is there before the map is, so that nothing moves
  button.addEventListener("click", show);
  if (seenIn(location.hash)) void show();
  else if (!savesData()) addEventListener("scroll", () => whenSeen(section, show), { once: true, passive: true });
}

/**
 * The picture, with a sentence that it is one; where that fails too, that nothing seen does not mean safe.
 *
 * @param {HTMLElement} section
 * @param {HTMLElement} status
 */
function instead(section, status) {
  const figure = section.querySelector("figure.sheet-only");
  const picture = figure?.querySelector("img");
  part(section, "around-stage", HTMLElement).hidden = true;
  status.classList.add("caution");
  status.textContent = section.dataset["instead"] ?? "";
  if (!figure || !picture) return;
  picture.addEventListener("error", () => {
    status.textContent = section.dataset["failed"] ?? "";
    figure.classList.add("sheet-only");
  });
  picture.loading = "eager";
  figure.classList.remove("sheet-only");
}

/**
 * @param {HTMLElement} section
 * @param {() => void} show
 */
function whenSeen(section, show) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    show();
  });
  watch.observe(section);
}

function savesData() {
  const connection = /** @type {{ saveData?: boolean, effectiveType?: string } | undefined} */ (
    /** @type {any} */ (navigator).connection
  );
  return (
    Boolean(connection?.saveData) ||
    /2g/.test(connection?.effectiveType ?? "") ||
    matchMedia("(prefers-reduced-data: reduce)").matches
  );
}

/**
 * @template {Element} T
 * @param {HTMLElement} section
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function part(section, id, type) {
  const found = section.querySelector(`#${id}`);
  if (!(found instanceof type)) throw new Error(`The map has no ${type.name} #${id}.`);
  return found;
}
