import { h } from "../dom.js";
import { addDays, startOfDay, today } from "../days.js";
import { choices, field } from "../ui.js";

/** The period that the address names, or the last 30 days: {days, first, last, from, to}; days is null for own dates. */
export function periodOf(query, timeZone) {
  const now = today(timeZone);
  const [first, last] = [query.get("from"), query.get("to")];
  if (isDay(first) && isDay(last) && first <= last && last <= now) return period(null, first, last, timeZone);
  const days = [7, 30, 90].includes(Number(query.get("days"))) ? Number(query.get("days")) : 30;
  return period(days, addDays(now, 1 - days), now, timeZone);
}

// Today's end is now, so that the period before, of the same length, ends at the same time of day.
function period(days, first, last, timeZone) {
  const end = startOfDay(addDays(last, 1), timeZone);
  return { days, first, last, from: startOfDay(first, timeZone), to: end > new Date() ? new Date() : end };
}

const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text ?? "") && !Number.isNaN(Date.parse(text));

/** The period of the same length before it. */
export function before({ from, to }) {
  return { from: new Date(2 * from - to), to: from };
}

/** The choice of a period; onchoose gets the query of its address, such as {days: 7} or {from, to}. */
export function periodChoice(chosen, timeZone, onchoose) {
  const now = today(timeZone);
  const first = field("From", h("input", { type: "date", value: chosen.first, max: now, required: true }));
  const last = field("To", h("input", { type: "date", value: chosen.last, max: now, required: true }));
  const form = h("form", { class: "row period-dates", hidden: chosen.days !== null, onsubmit: (event) => {
    event.preventDefault();
    const isBackwards = first.control.value > last.control.value;
    last.problem(isBackwards ? "This is before the first day." : null);
    if (isBackwards) return last.control.focus();
    onchoose({ from: first.control.value, to: last.control.value });
  } }, first.field, last.field, h("button", { class: "button" }, "Show"));
  return h("div", { class: "period" },
    choices("Period", [[7, "7 days"], [30, "30 days"], [90, "90 days"], [null, "Own dates"]], chosen.days, (days) => {
      form.hidden = days !== null;
      if (days) onchoose({ days });
      else first.control.focus();
    }), form);
}
