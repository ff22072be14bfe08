/** Beside the answer: printing it with its pictures, and whether the device's clock agrees with the answer's. */

const APART_MS = 10 * 60_000;

/** @param {Document} document */
export function offerTools(document) {
  const print = document.getElementById("print");
  if (print instanceof HTMLButtonElement) {
    print.hidden = false;
    print.addEventListener("click", async () => {
      print.disabled = true;
      await Promise.all([...document.images].map(ready));
      print.disabled = false;
      window.print();
    });
  }
  compareClocks(document, Date.now());
}

/**
 * A picture is on the sheet, or it has failed and its words are.
 *
 * @param {HTMLImageElement} picture
 */
async function ready(picture) {
  picture.loading = "eager";
  await picture.decode().catch(() => undefined);
}

/**
 * A page that comes from the server says the time at which it came.  Where the device says another, either its clock is
 * wrong or the page is an old one that was kept, and only the reader can tell which.
 *
 * @param {Document} document
 * @param {number} now milliseconds
 */
function compareClocks(document, now) {
  const said = document.getElementById("clock");
  const answered = document.getElementById("answered-at");
  const kept = document.getElementById("kept");
  if (!said || !(answered instanceof HTMLTimeElement) || (kept && !kept.hidden)) return;
  if (!(Math.abs(now - Date.parse(answered.dateTime)) > APART_MS)) return;
  const device = new Date(now).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
  const text = said.dataset["text"] ?? "";
  said.textContent = text.replace("{device}", device).replace("{answer}", answered.textContent ?? "");
  said.hidden = false;
}
