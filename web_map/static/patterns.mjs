/**
 * The patterns of hazards as images of the map, drawn here: they need no request.
 */

/** @typedef {import("./view.mjs").Patterns} Patterns */

export const SCALE = 2;
const LIGHT = "255 255 255";

/**
 * Draw the images that styles name, or draw them again for other colours.
 *
 * @param {import("maplibre-gl").Map} map
 * @param {Patterns} patterns
 * @param {boolean} cased whether on colours that may be darker than the ink
 */
export function drawPatterns(map, patterns, cased) {
  for (const [name, pattern] of Object.entries(patterns.images)) {
    const canvas = patternCanvas(pattern, patterns, cased);
    const image = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
    if (map.hasImage(name)) map.updateImage(name, image);
    else map.addImage(name, image, { pixelRatio: SCALE });
  }
}

/**
 * The square that repeats, with `SCALE` pixels to each of CSS.
 *
 * @param {Patterns["images"][string]} pattern
 * @param {Patterns} patterns
 * @param {boolean} cased
 * @returns {HTMLCanvasElement}
 */
export function patternCanvas({ width, ink, strength, segments }, { side }, cased) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side * SCALE;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("There is no canvas to draw on.");
  context.scale(SCALE, SCALE);
  context.lineCap = "round";
  const path = new Path2D();
  // A line that leaves the square comes back on its other side.
  for (const over of [-side, 0, side]) {
    for (const down of [-side, 0, side]) {
      for (const [x0, y0, x1, y1] of segments) {
        path.moveTo(x0 + over, y0 + down);
        path.lineTo(x1 + over, y1 + down);
      }
    }
  }
  if (cased && ink.join(" ") !== LIGHT) {
    context.lineWidth = width + 1.2;
    context.strokeStyle = `rgb(${LIGHT} / ${strength})`;
    context.stroke(path);
  }
  context.lineWidth = width;
  context.strokeStyle = `rgb(${ink.join(" ")} / ${strength})`;
  context.stroke(path);
  return canvas;
}
