// @ts-check
// Draws the entries of the page.  What data say is set as text and never as HTML.

/**
 * @typedef {{ color: string, width: number, hatched: boolean }} Class
 * @typedef {{ c: number, t: string | null, p: [string, string][], g: any }} Shown
 * @typedef {{ title: string, features: Shown[],
 *   style: { opacity: number, width: number, radius: number, outline: string | null, classes: Class[] } }} Entry
 */

/**
 * @param {any} map
 * @param {string[]} ids of the elements with the data, the lowest first
 */
function drawEntries(map, ids) {
  const L = /** @type {any} */ (window)["L"];
  const everything = L.featureGroup();
  for (const id of ids) {
    /** @type {Entry} */
    const entry = JSON.parse(document.getElementById(id)?.textContent ?? "");
    const { style } = entry;
    const group = L.geoJSON(
      { type: "FeatureCollection", features: entry.features.map(asFeature) },
      {
        style: (/** @type {any} */ feature) => pathStyle(style, feature),
        pointToLayer: (/** @type {any} */ feature, /** @type {any} */ place) =>
          L.circleMarker(place, { ...pathStyle(style, feature), radius: style.radius }),
        onEachFeature: (/** @type {any} */ feature, /** @type {any} */ layer) =>
          layer.bindPopup(() => popup(entry.title, feature.properties), { maxHeight: 320 }),
      },
    );
    group.addTo(map);
    group.addTo(everything);
    const box = /** @type {HTMLInputElement | null} */ (document.querySelector(`input[value="${id}"]`));
    box?.addEventListener("change", () => (box.checked ? group.addTo(map) : group.remove()));
  }
  const bounds = everything.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [12, 12], maxZoom: 17 });
  else map.setView([36, 137], 5);
}

/** @param {Shown} shown */
function asFeature(shown) {
  return { type: "Feature", geometry: shown.g, properties: shown };
}

/**
 * @param {Entry["style"]} style
 * @param {any} feature
 */
function pathStyle(style, feature) {
  const own = /** @type {Class} */ (style.classes[feature.properties.c]);
  const kind = feature.geometry.type;
  if (kind.endsWith("LineString")) return { color: own.color, weight: own.width, opacity: style.opacity };
  const point = kind.endsWith("Point");
  return {
    color: style.outline ?? (point ? "#ffffff" : own.color),
    weight: point ? 1.5 : Math.min(own.width, 1.5),
    opacity: Math.max(style.opacity, 0.6),
    dashArray: own.hatched ? "4 3" : null,
    fillColor: own.color,
    fillOpacity: own.hatched ? style.opacity / 2 : style.opacity,
  };
}

/**
 * @param {string} title
 * @param {Shown} shown
 */
function popup(title, shown) {
  const box = document.createElement("div");
  const head = box.appendChild(document.createElement("h2"));
  head.textContent = shown.t ?? title;
  if (shown.t !== null) box.appendChild(document.createElement("p")).textContent = title;
  const list = box.appendChild(document.createElement("dl"));
  for (const [name, value] of shown.p) {
    list.appendChild(document.createElement("dt")).textContent = name;
    list.appendChild(document.createElement("dd")).textContent = value;
  }
  return box;
}
