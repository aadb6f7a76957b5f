// Numbers and times as the person's browser writes them.

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const percents = new Intl.NumberFormat(undefined, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const number = (n) => whole.format(n);

/** 12.3K from 10,000 on. */
export const compact = (n) => (Math.abs(n) < 10_000 ? whole.format(n) : short.format(n));

export const percent = (share) => percents.format(share);

export function money(value, currency) {
  return currency ? new Intl.NumberFormat(undefined, { style: "currency", currency }).format(value) : whole.format(value);
}

export function dateTime(text, timeZone) {
  return text ? new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone }).format(new Date(text)) : "–";
}

/** "2:30:05 PM", for what is a matter of seconds. */
export function timeOfDay(at, timeZone) {
  return new Intl.DateTimeFormat(undefined, { timeStyle: "medium", timeZone }).format(at);
}

export function date(text, timeZone) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone }).format(new Date(text));
}

const bucketStyles = { day: { dateStyle: "medium" }, hour: { dateStyle: "medium", timeStyle: "short" }, minute: { dateStyle: "medium", timeStyle: "short" } };

/** The name of a minute, hour or day by its beginning. */
export function bucket(at, unit, timeZone) {
  return new Intl.DateTimeFormat(undefined, { ...bucketStyles[unit], timeZone }).format(new Date(at));
}

/** "3 min 20 s" of seconds, in its two largest units. */
export function duration(seconds) {
  if (seconds < 1) return "under 1 s";
  const parts = [];
  let rest = Math.round(seconds);
  for (const [unit, size] of [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]]) {
    if (rest >= size && parts.length < 2) parts.push(`${Math.floor(rest / size)} ${unit}`);
    rest %= size;
  }
  return parts.join(" ");
}

const units = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** "5 minutes ago". */
export function ago(text) {
  const seconds = (new Date(text) - Date.now()) / 1000;
  const [unit, size] = units.find(([, s]) => Math.abs(seconds) >= s) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** snake_case to words: "opted_out" to "Opted out". */
export function words(name) {
  const text = name.replaceAll("_", " ");
  return text[0].toUpperCase() + text.slice(1);
}
