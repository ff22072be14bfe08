/** What is seen of the city's plane on a canvas, in metres, and how things are drawn there. */

export const INK = "#1d2733";

export class View {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} left
   * @param {number} top
   * @param {number} scale
   * @param {number} width
   * @param {number} height
   */
  constructor(context, left, top, scale, width, height) {
    this.context = context;
    this.left = left;
    this.top = top;
    this.scale = scale;
    this.right = left + width * scale;
    this.bottom = top - height * scale;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} around metres
   */
  sees(x, y, around) {
    return x >= this.left - around && x <= this.right + around && y >= this.bottom - around && y <= this.top + around;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {boolean} begins
   */
  to(x, y, begins) {
    const [column, row] = [(x - this.left) / this.scale, (this.top - y) / this.scale];
    if (begins) this.context.moveTo(column, row);
    else this.context.lineTo(column, row);
  }

  /** @param {[number, number][]} points */
  line(points) {
    points.forEach(([x, y], place) => this.to(x, y, place === 0));
  }

  /** @param {[number, number][]} points */
  ring(points) {
    this.line(points);
    this.context.closePath();
  }

  /**
   * @param {string} color
   * @param {number} width
   * @param {number[]} [dashes]
   */
  stroke(color, width, dashes = []) {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.lineJoin = "round";
    context.setLineDash(dashes);
    context.stroke();
    context.setLineDash([]);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   * @param {string} color
   */
  dot(x, y, radius, color) {
    const { context } = this;
    context.beginPath();
    context.arc((x - this.left) / this.scale, (this.top - y) / this.scale, radius, 0, 7);
    context.fillStyle = color;
    context.fill();
    this.stroke("#ffffff", 2);
  }

  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {string} [color]
   */
  text(text, x, y, color = INK) {
    const { context } = this;
    const [column, row] = [(x - this.left) / this.scale, (this.top - y) / this.scale];
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.lineWidth = 3;
    context.strokeStyle = "#ffffff";
    context.strokeText(text, column, row);
    context.fillStyle = color;
    context.fillText(text, column, row);
  }
}
