// Wall clock times of a zone, by what Intl knows of it: no table of our own to grow old.

const Minute = 60_000;
const formats = new Map();

function format(timeZone) {
  if (!formats.has(timeZone)) formats.set(timeZone, new Intl.DateTimeFormat("en-CA", {
    timeZone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  }));
  return formats.get(timeZone);
}

/** What the clocks there show at the instant: {date: "2026-03-29", time: "03:30"}. */
export function wallClock(instant, timeZone) {
  const part = Object.fromEntries(format(timeZone).formatToParts(instant).map(({ type, value }) => [type, value]));
  return { date: `${part.year}-${part.month}-${part.day}`, time: `${part.hour}:${part.minute}` };
}

/**
 * The instants at which the clocks there show this, in their order: one, two when the clocks are set back over it, none when they
 * are set forward over it.
 */
export function instantsOf(date, time, timeZone) {
  const asUtc = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(asUtc)) return [];
  // Offsets a day before and a day after are all there can be: no zone changes twice in two days.
  const offsets = [-1440, 1440].map((minutes) => offset(asUtc + minutes * Minute, timeZone));
  return [...new Set(offsets)].map((o) => asUtc - o).sort((a, b) => a - b).map((instant) => new Date(instant)).filter((instant) => {
    const shown = wallClock(instant, timeZone);
    return shown.date === date && shown.time === time;
  });
}

function offset(instant, timeZone) {
  const shown = wallClock(new Date(instant), timeZone);
  return Date.parse(`${shown.date}T${shown.time}Z`) - Math.floor(instant / Minute) * Minute;
}

/** "UTC+01:00" of the zone at the instant, as the browser writes it. */
export function offsetName(instant, timeZone) {
  return new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts(instant).find((p) => p.type === "timeZoneName").value.replace("GMT", "UTC");
}

export function isZone(timeZone) {
  try {
    format(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** Names of zones for a combobox; the text may have blanks for underscores. */
export function findZones(text) {
  const wanted = text.toLowerCase().replaceAll(" ", "_");
  const names = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC")];
  const now = new Date();
  return names.filter((name) => name.toLowerCase().includes(wanted)).slice(0, 12)
    .map((name) => ({ value: name, label: name, detail: `${offsetName(now, name)}, it is ${wallClock(now, name).time} there` }));
}
