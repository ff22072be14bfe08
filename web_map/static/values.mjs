/**
 * Values of attributes as a person reads them, in the page's language.
 */

/** @typedef {import("./view.mjs").FieldView} FieldView */
/** @typedef {import("./view.mjs").View} View */

/**
 * @param {FieldView} field
 * @param {unknown} value as it comes in GeoJSON
 * @param {View} view
 * @returns {string | null} null: not stated
 */
export function readable(field, value, view) {
  if (value === null || value === undefined || value === "") return null;
  switch (field.kind) {
    case "flag":
      return view.texts[value === true || value === "true" ? "client.yes" : "client.no"] ?? String(value);
    case "code":
      // A value outside its code list is shown as it is, never dropped.
      return field.codes?.[String(value)] ?? String(value);
    case "integer":
    case "number":
      return withUnit(numeric(value, view), field.unit, view);
    case "date":
      return day(String(value), view);
    case "datetime":
      return instant(String(value), view);
    case "text-list":
      return listed(field, value, view);
    default:
      return withUnit(String(value), field.unit, view);
  }
}

/**
 * @param {string} isoDate
 * @param {View} view
 * @returns {string}
 */
export function day(isoDate, view) {
  const date = new Date(`${isoDate.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return isoDate;
  return new Intl.DateTimeFormat(view.language, { dateStyle: "long", timeZone: "UTC" }).format(date);
}

/**
 * @param {string} text an instant in ISO 8601, shown in the city's own time
 * @param {View} view
 */
function instant(text, view) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const style = { dateStyle: "long", timeStyle: "short", timeZone: view.city.time_zone };
  return new Intl.DateTimeFormat(view.language, /** @type {Intl.DateTimeFormatOptions} */ (style)).format(date);
}

/**
 * @param {unknown} value
 * @param {View} view
 */
function numeric(value, view) {
  const number = Number(value);
  if (!Number.isFinite(number)) return String(value);
  return new Intl.NumberFormat(view.language, { maximumFractionDigits: 3 }).format(number);
}

/**
 * @param {string} text
 * @param {string | null} unit UCUM
 * @param {View} view
 */
function withUnit(text, unit, view) {
  if (!unit || unit === "1") return text;
  return `${text} ${view.texts[`unit.${unit}`] ?? unit}`;
}

/**
 * @param {FieldView} field
 * @param {unknown} value
 * @param {View} view
 */
function listed({ codes }, value, view) {
  if (!Array.isArray(value)) return String(value);
  const stated = value.filter((member) => member !== null && member !== "").map(String);
  const members = stated.map((member) => codes?.[member] ?? member);
  return members.length === 0 ? null : members.join(view.texts["client.list_separator"]);
}
