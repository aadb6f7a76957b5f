import { h } from "../dom.js";
import { compact, money, number, percent } from "../format.js";

/** The key figures of a period, each with how it compares to the period before. */
export function figures(now, previous, timeSpan) {
  return h("dl", { class: "figures" },
    figure("Sent", compact(now.sent), number(now.sent), change(now.sent, previous.sent), timeSpan),
    figure("Unique CTR", percent(now.unique_ctr), "People who clicked, of those sent to", change(now.unique_ctr, previous.unique_ctr), timeSpan),
    figure("Clicks", compact(now.clicks), `${number(now.clicks)}: a person once per button`, change(now.clicks, previous.clicks), timeSpan),
    figure("Conversions", compact(now.conversions), number(now.conversions), change(now.conversions, previous.conversions), timeSpan),
    now.revenue.map(({ currency, value }) => figure(currency ? `Revenue in ${currency}` : "Value without a currency", money(value, currency), null,
      change(value, previous.revenue.find((r) => r.currency === currency)?.value ?? 0), timeSpan)));
}

function figure(name, value, title, trend, timeSpan) {
  return h("div", { class: "card figure" }, h("dt", null, name), h("dd", { class: "figure-value", title }, value),
    h("dd", { class: "small muted" }, trend, ` ${timeSpan}`));
}

// In words and by an arrow, never by its colour alone.
function change(now, then) {
  if (now === then) return "Same as";
  if (!then) return "None in";
  const share = (now - then) / then;
  return h("span", { class: share > 0 ? "up" : "down" }, `${share > 0 ? "▲" : "▼"} ${percent(Math.abs(share))}`, h("span", { class: "unseen" }, share > 0 ? " more" : " less"), " vs");
}
