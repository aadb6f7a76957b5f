import { instantsOf, wallClock } from "./compose/zoned-time.js";

// Calendar days ("2026-11-03") in the person's time zone. They are counted in UTC, where each has 24 hours.

const Day = 86_400_000;

export const today = (timeZone) => wallClock(new Date(), timeZone).date;

export function addDays(day, count) {
  return new Date(Date.parse(day) + count * Day).toISOString().slice(0, 10);
}

/** The moment at which the day begins there. Where the clocks are set forward over midnight (Cairo, Santiago), that is at one. */
export function startOfDay(day, timeZone) {
  return instantsOf(day, "00:00", timeZone)[0] ?? instantsOf(day, "01:00", timeZone)[0];
}
