const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat("en", { weekday: "short" });
const day = new Intl.DateTimeFormat("en", { month: "long", day: "numeric" });
const dayOfYear = new Intl.DateTimeFormat("en", { month: "long", day: "numeric", year: "numeric" });
const short = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });

const date = (seconds) => new Date(seconds * 1000);
const midnight = (d) => new Date(d.getFullYear(), d.getMonth(), d.getDate());
const daysAgo = (d) => Math.round((midnight(new Date()) - midnight(d)) / 86_400_000);

export const time = (seconds) => clock.format(date(seconds));

/** A key that is the same for all messages of one day. */
export const dayKey = (seconds) => midnight(date(seconds)).getTime();

export function dayName(seconds) {
  const d = date(seconds);
  const ago = daysAgo(d);
  if (ago <= 0) return "Today";
  if (ago === 1) return "Yesterday";
  return d.getFullYear() === new Date().getFullYear() ? day.format(d) : dayOfYear.format(d);
}

/** As a list shows it: the time today, else the day. */
export function listTime(seconds) {
  const d = date(seconds);
  const ago = daysAgo(d);
  return ago <= 0 ? clock.format(d) : ago < 7 ? weekday.format(d) : short.format(d);
}

export const full = (seconds) => date(seconds).toLocaleString();
