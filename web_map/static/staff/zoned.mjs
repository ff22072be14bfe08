/**
 * Times of a form, which are by the clock of the city wherever the browser is.  Pure.
 */

/**
 * @param {number} at milliseconds since 1970
 * @param {string} timeZone IANA
 * @returns {string} as `datetime-local` has it, by whole minutes
 */
export function toLocal(at, timeZone) {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const part = (/** @type {string} */ type) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/**
 * @param {string} text as `datetime-local` has it
 * @param {string} timeZone IANA
 * @returns {number | null} milliseconds since 1970; null where it is no time
 */
export function fromLocal(text, timeZone) {
  const wanted = Date.parse(`${text}Z`);
  if (Number.isNaN(wanted)) return null;
  let at = wanted;
  // Twice: the difference of the zone may be another one at the time that the first step finds.
  for (let step = 0; step < 2; step++) at += wanted - Date.parse(`${toLocal(at, timeZone)}Z`);
  return at;
}
