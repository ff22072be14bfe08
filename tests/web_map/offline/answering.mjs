/**
 * Answers questions of the tests by the page's own modules, without a browser: `node answering.mjs FOLDER`, one JSON
 * object a line in, one out.
 */

import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

import { Bundle, ageOf } from "../../../web_map/static/offline/bundle.mjs";
import { cardPage } from "../../../web_map/static/offline/card_page.mjs";
import { given } from "../../../web_map/static/offline/checked.mjs";
import { City } from "../../../web_map/static/offline/city.mjs";
import { Places } from "../../../web_map/static/offline/places.mjs";
import { Plane } from "../../../web_map/static/offline/plane.mjs";

const folder = process.argv[2];

async function open() {
  const script = async (file) => given(await readFile(`${folder}/${file}`, "utf-8"));
  const manifest = JSON.parse(Buffer.from(await script("manifest.js"), "base64").toString());
  return new Bundle(manifest, (part) => script(part.file));
}

const QUESTIONS = {
  async answer({ lon, lat, language, now }) {
    const city = await opened();
    return city.answer(lon, lat, language, now ? { now: new Date(now) } : {});
  },
  async page({ answer, lon, lat, language }) {
    const city = await opened();
    await city.speaking(language);
    return cardPage(city, await city.bundle.json("templates"), answer, { lon, lat, query: "" }, language);
  },
  async find({ text }) {
    return new Places(await (await open()).json("places")).find(text).found.map(({ title }) => title);
  },
  async key({ text }) {
    return new Places(await (await open()).json("places")).key(text);
  },
  async open() {
    try {
      return { parts: Object.keys((await City.open(await open())).bundle.manifest.parts).length };
    } catch (error) {
      return { reason: error.reason ?? String(error) };
    }
  },
  async age({ now }) {
    return ageOf((await open()).manifest, new Date(now));
  },
  async metres({ epsg, lon, lat }) {
    const plane = new Plane(epsg);
    const [x, y] = plane.metres(lon, lat);
    return [x, y, ...plane.degrees(x, y)];
  },
};

let known;
const opened = async () => (known ??= await City.open(await open()));

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let found;
  try {
    found = { found: await QUESTIONS[question.ask](question) };
  } catch (error) {
    found = { error: error.stack };
  }
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
