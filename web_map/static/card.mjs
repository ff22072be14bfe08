/**
 * The answer page reads and works as it comes; this adds what a device can do beside: ask by its own position, keep
 * links to the map that stood here before, and open the ways for who prints them.
 */

// Until the answer had this address the map did: its links say after the # what it shows.
if (/(^#|&)(zoom|layers)=/.test(location.hash) && !location.search.includes("q=")) {
  location.replace(`/map${location.search}${location.hash}`);
}

const button = document.getElementById("locate");
const status = document.getElementById("locate-status");

if (button instanceof HTMLButtonElement && status && "geolocation" in navigator && window.isSecureContext) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    status.textContent = button.dataset["waiting"] ?? "";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const where = `lon=${coords.longitude.toFixed(6)}&lat=${coords.latitude.toFixed(6)}`;
        location.assign(`${button.dataset["address"]}&${where}`);
      },
      () => {
        button.disabled = false;
        status.textContent = button.dataset["failed"] ?? "";
      },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
}

const saving = document.getElementById("save");
if (saving) import("./offline/saving.mjs").then(({ offer }) => offer(saving));

const around = document.getElementById("around");
if (around) import("./around/offer.mjs").then(({ offer }) => offer(around));
if (document.getElementById("dictate")) import("./speech.mjs").then(({ offerSpeech }) => offerSpeech(document));
if (document.getElementById("answered-at")) import("./tools.mjs").then(({ offerTools }) => offerTools(document));
