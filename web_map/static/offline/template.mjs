/**
 * Draws the server's own templates, as `web_map/template_tree.py` hands them over: what Jinja would draw, this draws.
 */

/** Text that is HTML already. */
class Html {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/** What a call gives by name, behind all that it gives by place. */
class Named {
  /** @param {Scope} values */
  constructor(values) {
    Object.assign(this, values);
  }
}

/**
 * @typedef {any[]} Node a kind, and what belongs to it
 * @typedef {Record<string, Node[]>} Trees by the name of the template
 * @typedef {Record<string, any>} Scope
 */

const ESCAPES = /** @type {Record<string, string>} */ ({
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&#39;",
  '"': "&#34;",
});

/**
 * @param {unknown} value
 * @returns {string}
 */
export function escape(value) {
  return value instanceof Html ? value.text : String(value).replace(/[&<>'"]/g, (letter) => ESCAPES[letter] ?? letter);
}

/**
 * @param {string} text
 * @returns {Html} with each reading over the characters before it (`web_map/ruby.py`)
 */
export function withRuby(text) {
  return new Html(
    escape(text).replace(READ, (_, marked, kanji, reading) => {
      return `<ruby>${marked ?? kanji}<rp>(</rp><rt>${reading}</rt><rp>)</rp></ruby>`;
    }),
  );
}

/**
 * @param {string} text
 * @returns {string} without its readings
 */
export function withoutRuby(text) {
  return text.replace(READ, (_, marked, kanji) => marked ?? kanji);
}

const READ = /(?:｜([^《》｜]+)|([\u3400-\u9fff々ヶ]+))《([^《》]+)》/g;

/** @type {Record<string, (value: any, ...given: any[]) => any>} */
const FILTERS = {
  ruby: (value) => (value instanceof Html ? value : withRuby(value)),
  ruby_in: (value, tag) => new Html(value.map((/** @type {string} */ each) => `<${tag}>${withRuby(each)}</${tag}>`).join("")),
  length: (value) => value.length,
  join: (value, by) => new Html(value.map(escape).join(escape(by))),
  format: (value, given) => {
    const found = /^%\.(\d)f$/.exec(value);
    if (found === null) throw new Error(`No such format: ${value}`);
    return given.toFixed(Number(found[1]));
  },
};

/** @type {Record<string, (value: any, other?: any) => boolean>} */
const TESTS = {
  none: (value) => value === null,
  sameas: (value, other) => value === other,
};

/** @type {Record<string, (one: any, two: any) => boolean>} */
const COMPARISONS = {
  eq: (one, two) => one === two,
  ne: (one, two) => one !== two,
  gt: (one, two) => one > two,
  gteq: (one, two) => one >= two,
  lt: (one, two) => one < two,
  lteq: (one, two) => one <= two,
};

/**
 * @param {Trees} trees
 * @param {string} name
 * @param {Scope} values
 * @returns {string}
 */
export function draw(trees, name, values) {
  return body(trees, /** @type {Node[]} */ (trees[name]), { ...values });
}

/**
 * @param {Trees} trees
 * @param {Node[]} nodes
 * @param {Scope} scope what is set in it holds for what comes behind
 * @returns {string}
 */
function body(trees, nodes, scope) {
  return nodes.map((node) => statement(trees, node, scope)).join("");
}

/**
 * @param {Trees} trees
 * @param {Node} node
 * @param {Scope} scope
 * @returns {string}
 */
function statement(trees, node, scope) {
  switch (node[0]) {
    case "data":
      return node[1];
    case "output":
      return escape(value(node[1], scope));
    case "if": {
      const [, test, then, others, otherwise] = node;
      if (truth(value(test, scope))) return body(trees, then, scope);
      const other = others.find((/** @type {Node} */ each) => truth(value(each[0], scope)));
      return body(trees, other ? other[1] : otherwise, scope);
    }
    case "for": {
      const [, target, over, inner, test] = node;
      const members = [...value(over, scope)].map((each) => bound(target, each, scope));
      const kept = test === null ? members : members.filter((each) => truth(value(test, each)));
      return kept.map((each) => body(trees, inner, each)).join("");
    }
    case "macro": {
      const [, name, names, inner] = node;
      scope[name] = (/** @type {any[]} */ ...given) => {
        const named = given.at(-1) instanceof Named ? given.pop() : {};
        const own = Object.fromEntries(names.map((/** @type {string} */ each, /** @type {number} */ place) => [each, given[place]]));
        return new Html(body(trees, inner, { ...scope, ...own, ...named }));
      };
      return "";
    }
    case "import": {
      const [, from, names] = node;
      const there = { ...scope };
      body(trees, /** @type {Node[]} */ (trees[from]), there);
      for (const each of names) scope[each] = there[each];
      return "";
    }
    default:
      throw new Error(`No such statement: ${node[0]}`);
  }
}

/**
 * @param {string | string[]} target
 * @param {any} member
 * @param {Scope} scope
 * @returns {Scope}
 */
function bound(target, member, scope) {
  if (typeof target === "string") return { ...scope, [target]: member };
  return { ...scope, ...Object.fromEntries(target.map((name, place) => [name, member[place]])) };
}

/** @param {any} found */
function truth(found) {
  return Array.isArray(found) ? found.length > 0 : Boolean(found);
}

/**
 * @param {any} found
 * @param {string} of
 */
function defined(found, of) {
  if (found === undefined) throw new Error(`${of} is undefined.`); // as strict as the server
  return found;
}

/**
 * @param {Node} node
 * @param {Scope} scope
 * @returns {any}
 */
function value(node, scope) {
  switch (node[0]) {
    case "const":
      return node[1];
    case "name":
      return defined(scope[node[1]], node[1]);
    case "get": {
      const of = value(node[1], scope);
      const key = value(node[2], scope);
      return defined(of[key], String(key));
    }
    case "slice":
      return value(node[1], scope).slice(node[2] ?? 0, node[3] ?? undefined);
    case "call": {
      const given = node[2].map((/** @type {Node} */ each) => value(each, scope));
      const named = Object.entries(node[3]).map(([name, each]) => [name, value(/** @type {Node} */ (each), scope)]);
      const called = node[1];
      if (called[0] === "get") {
        const of = value(called[1], scope);
        return of[value(called[2], scope)](...given);
      }
      return value(called, scope)(...given, ...(named.length ? [new Named(Object.fromEntries(named))] : []));
    }
    case "filter":
      return /** @type {any} */ (FILTERS[node[1]])(value(node[2], scope), ...node[3].map((/** @type {Node} */ each) => value(each, scope)));
    case "test":
      return /** @type {any} */ (TESTS[node[1]])(value(node[2], scope), ...node[3].map((/** @type {Node} */ each) => value(each, scope)));
    case "compare":
      return /** @type {any} */ (COMPARISONS[node[2]])(value(node[1], scope), value(node[3], scope));
    case "and": {
      const found = value(node[1], scope);
      return truth(found) ? value(node[2], scope) : found;
    }
    case "or": {
      const found = value(node[1], scope);
      return truth(found) ? found : value(node[2], scope);
    }
    case "not":
      return !truth(value(node[1], scope));
    case "concat":
      return node[1].map((/** @type {Node} */ each) => String(value(each, scope))).join("");
    case "list":
      return node[1].map((/** @type {Node} */ each) => value(each, scope));
    default:
      throw new Error(`No such expression: ${node[0]}`);
  }
}
