import { h } from "../dom.js";
import { number, percent } from "../format.js";

/** What becomes of a recipient, in the order of the bar, and what it means. */
export const outcomes = [
  { key: "sent", label: "Sent", meaning: "Telegram took the message" },
  { key: "skipped", label: "Skipped", meaning: "opted out, blocked the bot or was suppressed after the list was made" },
  { key: "blocked", label: "Blocked", meaning: "blocked the bot or is gone; gets nothing until they come back" },
  { key: "failed", label: "Failed", meaning: "Telegram refused the message; the ledger has its reason" },
  { key: "uncertain", label: "Uncertain", meaning: "no answer came, so it may have arrived; not sent again" },
  { key: "pending", label: "Pending", meaning: "not reached yet" },
];

/** The recipients by outcome; the numbers add up to all of them. */
export function outcomeTable(stats, status) {
  const pending = status === "cancelled" ? "not reached before it was cancelled" : null;
  return h("table", { class: "outcomes" },
    h("caption", { class: "unseen" }, "Recipients by outcome"),
    h("tbody", null, outcomes.filter(({ key }) => key === "sent" || stats[key] > 0).map(({ key, label, meaning }) => h("tr", null,
      h("th", { scope: "row" }, h("i", { class: `outcome-${key}`, "aria-hidden": "true" }), label, h("div", { class: "small muted" }, key === "pending" && pending ? pending : meaning)),
      h("td", { class: "number" }, number(stats[key]), h("div", { class: "small muted" }, percent(stats.total_recipients ? stats[key] / stats.total_recipients : 0)))))),
    h("tfoot", null, h("tr", null, h("th", { scope: "row" }, "Recipients"), h("td", { class: "number" }, number(stats.total_recipients)))));
}
