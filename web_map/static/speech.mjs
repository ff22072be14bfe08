/**
 * Speaking instead of typing, and the answer read aloud, only where the device does both by itself: no voice leaves it.
 * Where it would, or nothing says that it would not, the buttons stay hidden.
 */

/** @param {Document} document */
export async function offerSpeech(document) {
  const language = spoken(document.documentElement.lang);
  await Promise.all([offerReading(document, language), offerDictation(document, language)]);
}

/**
 * Easy Japanese is Japanese to a device, and the scripts of Chinese are known to it by countries.
 *
 * @param {string} language
 */
export function spoken(language) {
  const known = /** @type {Record<string, string>} */ ({
    ja: "ja-JP",
    "ja-x-yasashii": "ja-JP",
    en: "en-US",
    "zh-Hans": "zh-CN",
    "zh-Hant": "zh-TW",
    ko: "ko-KR",
    vi: "vi-VN",
    pt: "pt-BR",
  });
  return known[language] ?? language;
}

// --- reading aloud ---------------------------------------------------------------------------------------------

/**
 * @param {Document} document
 * @param {string} language
 */
async function offerReading(document, language) {
  const button = document.getElementById("read-aloud");
  if (!(button instanceof HTMLButtonElement) || !("speechSynthesis" in window)) return;
  const voice = () => localVoice(speechSynthesis.getVoices(), language);
  const show = () => {
    button.hidden = voice() === undefined;
  };
  show();
  speechSynthesis.addEventListener?.("voiceschanged", show);
  const start = button.textContent ?? "";
  let turn = 0;
  const rest = () => {
    turn += 1;
    speechSynthesis.cancel();
    button.textContent = start;
    button.setAttribute("aria-pressed", "false");
  };
  addEventListener("pagehide", rest);
  button.addEventListener("click", async () => {
    const own = voice();
    const isReading = button.getAttribute("aria-pressed") === "true";
    rest();
    if (isReading || own === undefined) return;
    button.textContent = button.dataset["stop"] ?? "";
    button.setAttribute("aria-pressed", "true");
    const mine = turn;
    // Sentence by sentence: engines stop in the middle of what is long.
    for (const sentence of sentences(document)) {
      if (mine !== turn) return;
      await said(sentence, own, language);
    }
    if (mine === turn) rest();
  });
}

/**
 * @param {SpeechSynthesisVoice[]} voices
 * @param {string} language
 * @returns {SpeechSynthesisVoice | undefined} one that speaks on the device itself
 */
function localVoice(voices, language) {
  const own = voices.filter((each) => each.localService);
  const tag = (/** @type {SpeechSynthesisVoice} */ voice) => voice.lang.replace("_", "-").toLowerCase();
  const wanted = language.toLowerCase();
  const base = `${wanted.split("-")[0]}`;
  // Chinese of another country is another way of speaking; the other languages are understood.
  const near = base === "zh" ? undefined : own.find((each) => tag(each).split("-")[0] === base);
  return own.find((each) => tag(each) === wanted) ?? near;
}

/**
 * @param {string} text
 * @param {SpeechSynthesisVoice} voice
 * @param {string} language
 * @returns {Promise<void>}
 */
function said(text, voice, language) {
  return new Promise((resolve) => {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = language;
    utterance.onend = () => resolve();
    utterance.onerror = () => resolve();
    speechSynthesis.speak(utterance);
  });
}

const READ =
  "#kept:not([hidden]), main > .fictitious, .place h1, .when, .elsewhere:not([hidden]), .summary li, .caution, .notes li, " +
  ".group h2, .hazard h3, .hazard .area, .hazard .reason, .advice li, .site h5, .site .facts, .refusal";
const UNREAD = "rt, rp, .source, .unseen";

/**
 * The answer in the order of the page, without readings over words and without the small print.
 *
 * @param {Document} document
 * @returns {string[]}
 */
export function sentences(document) {
  const found = [...document.querySelectorAll(READ)].map((each) => {
    const copy = /** @type {Element} */ (each.cloneNode(true));
    for (const left of copy.querySelectorAll(UNREAD)) left.remove();
    return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
  });
  return found.filter((each) => each !== "");
}

// --- speaking instead of typing --------------------------------------------------------------------------------

/**
 * @param {Document} document
 * @param {string} language
 */
async function offerDictation(document, language) {
  const button = document.getElementById("dictate");
  const status = document.getElementById("dictate-status");
  const field = document.getElementById("q");
  const Recognition = /** @type {any} */ (window).SpeechRecognition;
  if (!(button instanceof HTMLButtonElement) || !(field instanceof HTMLInputElement) || !status) return;
  if (!Recognition || !("processLocally" in Recognition.prototype) || typeof Recognition.available !== "function") return;
  // "downloadable" is not enough: nothing is downloaded unasked.
  const state = await Recognition.available({ langs: [language], processLocally: true }).catch(() => "unavailable");
  if (state !== "available") return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const recognition = new Recognition();
    recognition.lang = language;
    recognition.processLocally = true;
    let heard = "";
    recognition.onresult = (/** @type {any} */ event) => {
      heard = String(event.results[0]?.[0]?.transcript ?? "").trim();
    };
    recognition.onerror = () => undefined; // the end comes after it, with nothing heard
    recognition.onend = () => {
      button.disabled = false;
      status.textContent = heard ? "" : (button.dataset["failed"] ?? "");
      if (!heard) return;
      field.value = heard.slice(0, field.maxLength);
      field.focus(); // to be read and corrected before it is asked
    };
    button.disabled = true;
    status.textContent = button.dataset["listening"] ?? "";
    try {
      recognition.start();
    } catch {
      recognition.onend();
    }
  });
}
