/**
 * The words of the page.
 */

/**
 * @typedef {object} Words
 * @property {Record<string, string>} texts by key
 * @property {import("../static/view.mjs").Patterns} patterns
 */

/**
 * @param {Words} words
 * @param {string} key
 * @param {Record<string, string | number>} [values] for `{name}` in the text
 * @returns {string}
 */
export function say(words, key, values = {}) {
  return Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`{${name}}`, String(value)),
    words.texts[key] ?? key,
  );
}
