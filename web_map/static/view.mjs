/**
 * The data the server put into the page, typed, and the words of its language.
 */

/** @typedef {import("./view_types.mjs").StyleClass} StyleClass */
/** @typedef {import("./view_types.mjs").Choice} Choice */
/** @typedef {import("./view_types.mjs").LayerStyle} LayerStyle */
/** @typedef {import("./view_types.mjs").FieldView} FieldView */
/** @typedef {import("./view_types.mjs").SourceView} SourceView */
/** @typedef {import("./view_types.mjs").LayerView} LayerView */
/** @typedef {import("./view_types.mjs").Patterns} Patterns */
/** @typedef {import("./view_types.mjs").View} View */

/**
 * @param {Document} document
 * @returns {View}
 */
export function readView(document) {
  return JSON.parse(element(document, "view", HTMLScriptElement).text);
}

/**
 * The element with this id.
 *
 * @template {Element} T
 * @param {Document} document
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function element(document, id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return found;
}

/**
 * The words of the page: `say("found", {count: 3})` is the text `client.found` with `{count}` filled in.
 *
 * @param {View} view
 * @returns {(key: string, values?: Record<string, string | number>) => string}
 */
export function words(view) {
  return (key, values) => said(view, `client.${key}`, values);
}

/**
 * The text of a key with `{count}` and the like filled in; a text that is missing is an error and nothing left out.
 *
 * @param {{ language: string, texts: Record<string, string> }} view
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function said(view, key, values = {}) {
  const text = view.texts[key];
  if (text === undefined) throw new Error(`There is no text ${key} in ${view.language}.`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** @typedef {ReturnType<typeof words>} Say */
