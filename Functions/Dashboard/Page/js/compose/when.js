import { combobox } from "../controls.js";
import { h, newId } from "../dom.js";
import { dateTime } from "../format.js";
import { session } from "../session.js";
import { choices, field } from "../ui.js";
import { findZones, instantsOf, offsetName, wallClock } from "./zoned-time.js";

/**
 * Now, or a time in a zone.
 * @param {string | null} scheduledAt an ISO time
 * @returns {{element: Element, field: object, at: () => Date | null, problem: () => string | null, words: () => string | null, isLater: () => boolean}}
 *   at: null for now; words: of the chosen time, with its zone and offset, for the clocks there may show it twice
 */
export function whenStep(scheduledAt, onchange) {
  const home = session.me.time_zone;
  // The next full hour that is at least half an hour away.
  const start = scheduledAt ? new Date(scheduledAt) : new Date(Math.ceil((Date.now() + 1_800_000) / 3_600_000) * 3_600_000);
  const { date, time } = wallClock(start, home);
  let isLater = Boolean(scheduledAt);
  // Of a time that comes twice, for the clocks are set back over it.
  let isSecond = start >= instantsOf(date, time, home)[1];

  const day = field("Date", h("input", { type: "date", class: "input", value: date, oninput: changed }));
  const clock = field("Time", h("input", { type: "time", class: "input", value: time, oninput: changed }));
  const wrongTime = h("p", { class: "problem", id: newId("problem"), role: "alert" });
  const zones = combobox({ search: async (text) => findZones(text), wait: 80, onchoose: changed, placeholder: "City or zone" });
  zones.set(home, home);
  const zone = field("Time zone", zones.input, null, zones.element);
  const meaning = h("p", { class: "meaning", role: "status" });
  const twice = choices("Which of the two", [["first", "The first"], ["second", "The second"]], isSecond ? "second" : "first", (which) => {
    isSecond = which === "second";
    explain();
    onchange();
  });
  const later = h("div", { class: "form" }, h("div", { class: "row" }, day.field, clock.field, zone.field), twice, wrongTime, meaning);

  const instants = () => instantsOf(day.control.value, clock.control.value, zones.value);
  const chosen = () => {
    const found = instants();
    return found[isSecond && found.length > 1 ? 1 : 0] ?? null;
  };

  function words() {
    const at = chosen();
    return at && `${dateTime(at, zones.value)} (${[...new Set([zones.value, offsetName(at, zones.value)])].join(", ")})`;
  }

  function problem() {
    if (!isLater) return null;
    if (!day.control.value || !clock.control.value) return "Choose a date and a time.";
    const at = chosen();
    if (!at) return `There is no ${clock.control.value} on this day in ${zones.value}: the clocks are set forward over it. Choose another time.`;
    return at <= new Date() ? "This time is over. Choose one to come." : null;
  }

  function explain() {
    const wrong = problem();
    showProblem(wrong);
    twice.hidden = instants().length < 2;
    const at = chosen();
    if (!at || wrong) return meaning.replaceChildren();
    const parts = [`That is ${dateTime(at, "UTC")} UTC`];
    if (zones.value !== home && home !== "UTC") parts.push(`${dateTime(at, home)} for you (${home})`);
    if (!twice.hidden) parts.push(`this time comes twice that night, and this is the one at ${offsetName(at, zones.value)}`);
    meaning.textContent = `${parts.join(", ")}.`;
  }

  // Below all three fields, for it is about them together.
  function showProblem(text) {
    wrongTime.textContent = text ?? "";
    clock.describe(text && wrongTime.id);
    if (text) clock.control.setAttribute("aria-invalid", "true");
    else clock.control.removeAttribute("aria-invalid");
  }

  function changed() {
    explain();
    onchange();
  }

  later.hidden = !isLater;
  if (isLater) explain();
  else twice.hidden = true;
  return {
    element: h("div", { class: "form" }, h("div", null, choices("When", [["now", "Now"], ["later", "At a time"]], isLater ? "later" : "now", (value) => {
      isLater = value === "later";
      later.hidden = !isLater;
      changed();
    })), later),
    field: { ...clock, problem: showProblem }, problem, words,
    at: () => (isLater ? chosen() : null),
    isLater: () => isLater,
  };
}
