/**
 * Places by what people write, without a server: towns, readings, postal codes, facilities (`services/offline/places.py`).
 *
 * Nothing is guessed: where several fit, all of them are offered.
 */

/**
 * @typedef {object} Found
 * @property {string} title
 * @property {string} detail
 * @property {number} lon
 * @property {number} lat
 */

/** @typedef {[title: string, detail: string, lon: number, lat: number, keys: string[]]} Place */

export const MOST = 20;
const [SMALL, LARGE] = ["ァィゥェォャュョヮ", "アイウエオヤユヨワ"];
const KANJI = "〇一二三四五六七八九";
const LEFT_OUT = /[・･「」『』“”"'’,.，．()（）ー]/gu;
const NUMBER = /([〇一二三四五六七八九十]+)(?=丁目|番町|番地|番|号|条)/gu;
const POSTAL_CODE = /^〒?(\d{3})-?(\d{4})$/u;

export class Places {
  /** @param {{ variants: [string, string], before: string[], places: Place[] }} known */
  constructor(known) {
    this.known = known;
    const [old, used] = known.variants.map((text) => [...text]);
    this.variants = new Map((old ?? []).map((letter, at) => [letter, (used ?? [])[at] ?? letter]));
    /** @type {Map<string, Place[]>} */
    this.byKey = new Map();
    for (const place of known.places) {
      for (const key of place[4]) this.byKey.set(key, [...(this.byKey.get(key) ?? []), place]);
    }
  }

  /**
   * The places that fit best: by the whole key, else as an address that begins with a town, else by a part.
   *
   * @param {string} text
   * @returns {{ found: Found[], total: number, isCityAlone: boolean }} whether nothing in the city is named
   */
  find(text) {
    const code = POSTAL_CODE.exec(text.normalize("NFKC").trim());
    const key = this.key(text);
    const sought = code ? `${code[1]}${code[2]}` : this.#withoutCity(key);
    const fits = sought === "" ? [] : (this.byKey.get(sought) ?? this.#address(sought) ?? this.#parts(sought));
    const each = [...new Set(fits)];
    const found = each.slice(0, MOST).map(([title, detail, lon, lat]) => ({ title, detail, lon, lat }));
    return { found, total: each.length, isCityAlone: sought === "" && key !== "" };
  }

  /**
   * As `geo.names.name_key` has it.
   *
   * @param {string} text
   */
  key(text) {
    let before = text;
    for (let key = this.#once(text); key !== before; key = this.#once(key)) before = key;
    return before;
  }

  /** @param {string} text */
  #once(text) {
    const plain = text.normalize("NFKC").replace(/[\u3041-\u3096]/gu, (letter) => shifted(letter, 0x60));
    const dashed = plain.replace(/[\s\u200b\ufeff]+/gu, "").replace(/[‐‑‒–—―−─━﹣]|(?<=[0-9])ー/gu, "-");
    const used = [...dashed.replace(/^(?:〒?\d{3}-?\d{4}(?=[^0-9-]))+/u, "")];
    const folded = used.map((letter) => this.variants.get(letter) ?? letter).join("").replaceAll("大字", "");
    const counted = folded.replace(NUMBER, (kanji) => String(numberOf(kanji)));
    const large = [...counted].map((letter) => LARGE[SMALL.indexOf(letter)] ?? letter).join("");
    return large.replace(LEFT_OUT, "").toLowerCase().replace(/(?<=\d)チヨウメ/u, "丁目");
  }

  /** @param {string} key */
  #withoutCity(key) {
    return this.known.before.reduce((rest, name) => (rest.startsWith(name) ? rest.slice(name.length) : rest), key);
  }

  /**
   * The town of an address: the longest that it begins with, a first number taken as its 丁目 where there is such a one.
   *
   * @param {string} sought
   */
  #address(sought) {
    for (let length = sought.length - 1; length > 1; length -= 1) {
      const [head, rest] = [sought.slice(0, length), sought.slice(length)];
      const number = /^(\d+)(?:-|$)/u.exec(rest)?.[1];
      const found = (number && this.byKey.get(`${head}${number}丁目`)) || (/^[\d-]/u.test(rest) && this.byKey.get(head));
      if (found) return found;
    }
    return undefined;
  }

  /** @param {string} sought */
  #parts(sought) {
    const fits = this.known.places.flatMap((place) => {
      const at = Math.min(...place[4].map((key) => key.indexOf(sought)).filter((each) => each >= 0));
      return Number.isFinite(at) ? [{ place, isBeginning: at === 0 }] : [];
    });
    const beginning = fits.filter(({ isBeginning }) => isBeginning);
    return (beginning.length > 0 ? beginning : fits).map(({ place }) => place);
  }
}

/**
 * @param {string} letter
 * @param {number} by
 */
function shifted(letter, by) {
  return String.fromCodePoint((letter.codePointAt(0) ?? 0) + by);
}

/**
 * A number below one hundred in kanji; what is none is left.
 *
 * @param {string} kanji
 */
function numberOf(kanji) {
  const parts = /^([一二三四五六七八九]?)十([一二三四五六七八九]?)$/u.exec(kanji);
  const digit = (/** @type {string | undefined} */ one, /** @type {number} */ none) => (one ? KANJI.indexOf(one) : none);
  if (parts) return digit(parts[1], 1) * 10 + digit(parts[2], 0);
  return kanji.includes("十") ? kanji : Number([...kanji].map((one) => KANJI.indexOf(one)).join(""));
}
