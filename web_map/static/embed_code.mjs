/**
 * The code with which other sites frame what the map shows now.
 */

import { element } from "./view.mjs";

/** @param {Document} document */
export function offerCode(document) {
  const box = element(document, "embed", HTMLDetailsElement);
  const code = element(document, "embed-code", HTMLTextAreaElement);
  const said = element(document, "embed-said", HTMLElement);

  const write = () => {
    const query = new URLSearchParams({ lang: document.documentElement.lang });
    const state = location.hash.replace(/^#/, "");
    const address = new URL(`${box.dataset["address"]}?${query}${state ? `&${state}` : ""}`, location.href);
    const frame = document.createElement("iframe");
    frame.src = address.href;
    frame.title = box.dataset["title"] ?? "";
    frame.width = "100%";
    frame.height = "480";
    frame.setAttribute("loading", "lazy");
    code.value = frame.outerHTML;
    said.textContent = "";
  };
  box.addEventListener("toggle", write);
  for (const kind of ["statechange", "hashchange"]) addEventListener(kind, write);
  write();

  const copy = element(document, "embed-copy", HTMLButtonElement);
  copy.disabled = false;
  copy.addEventListener("click", async () => {
    write();
    said.textContent = box.dataset[(await copied(code)) ? "copied" : "failed"] ?? "";
  });
}

/**
 * @param {HTMLTextAreaElement} code
 * @returns {Promise<boolean>}
 */
async function copied(code) {
  code.focus();
  code.select();
  try {
    await navigator.clipboard.writeText(code.value);
    return true;
  } catch {
    // Without TLS, or where it is refused: the old way works on what is selected.
    return document.execCommand("copy");
  }
}
