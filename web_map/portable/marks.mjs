/**
 * Numbers of the legend upon the areas, where there is room: a rank is read, and not guessed from its colour.
 */

/** @typedef {import("./portable.mjs").Drawn} Drawn */

const LEAST_PX = 22;
const APART_PX = 30;
const FONT = "600 12px sans-serif";
const INK = "#1d2733";

/**
 * @param {any} L Leaflet
 * @param {Drawn[]} every the lowest first
 */
export function marksLayer(L, every) {
  const Marks = L.Layer.extend({
    onAdd(/** @type {any} */ map) {
      this._canvas = L.DomUtil.create("canvas", "marks leaflet-zoom-hide");
      this._canvas.setAttribute("aria-hidden", "true");
      map.getPane("markerPane").append(this._canvas);
      this.redraw();
    },
    onRemove() {
      this._canvas.remove();
    },
    getEvents() {
      return { moveend: this.redraw, zoomend: this.redraw, resize: this.redraw };
    },
    redraw() {
      const map = this._map;
      const { x: width, y: height } = map.getSize();
      const scale = window.devicePixelRatio || 1;
      const canvas = /** @type {HTMLCanvasElement} */ (this._canvas);
      L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
      [canvas.width, canvas.height] = [width * scale, height * scale];
      [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
      const context = canvas.getContext("2d");
      if (!context) return;
      context.scale(scale, scale);
      Object.assign(context, { font: FONT, textAlign: "center", textBaseline: "middle", lineWidth: 3, lineJoin: "round" });
      const perDegree = (256 * 2 ** map.getZoom()) / 360;
      /** @type {Set<string>} */
      const taken = new Set();
      for (const { text, lat, lon } of marksOf(every, perDegree)) {
        const { x, y } = map.latLngToContainerPoint([lat, lon]);
        if (x < 0 || y < 0 || x > width || y > height) continue;
        const [column, row] = [Math.floor(x / APART_PX), Math.floor(y / APART_PX)];
        if (taken.has(`${column} ${row}`)) continue;
        taken.add(`${column} ${row}`);
        context.strokeStyle = "#ffffff";
        context.strokeText(text, x, y);
        context.fillStyle = INK;
        context.fillText(text, x, y);
      }
    },
  });
  return new Marks();
}

/**
 * The topmost first: what is unknown, then the largest.
 *
 * @param {Drawn[]} every
 * @param {number} perDegree pixels
 */
function marksOf(every, perDegree) {
  const found = every.flatMap(({ entry, isShown }, order) =>
    (isShown ? entry.features : []).flatMap(({ c, m }) => {
      const own = entry.style.classes[c];
      const text = own?.mark ?? "";
      const unknown = own?.unknown ?? false;
      return m
        .filter(([, , width]) => text !== "" && (width === 0 ? unknown : width * perDegree >= LEAST_PX))
        .map(([lon, lat, width]) => ({ text, lon, lat, width, unknown, order }));
    }),
  );
  return found.sort((a, b) => Number(b.unknown) - Number(a.unknown) || b.order - a.order || b.width - a.width);
}
