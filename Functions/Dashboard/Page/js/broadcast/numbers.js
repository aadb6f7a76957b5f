import { h } from "../dom.js";
import { compact, duration, money, number, percent } from "../format.js";
import { emptyState } from "../ui.js";

const steps = { planned: "Planned", sent: "Sent", clicked: "Clicked", converted: "Converted" };

/** The key figures of one broadcast. */
export function figures(stats) {
  const figure = (name, value, note) => h("div", { class: "card figure" }, h("dt", null, name), h("dd", { class: "figure-value" }, value), h("dd", { class: "small muted" }, note));
  return h("dl", { class: "figures" },
    figure("Sent", compact(stats.sent), `of ${number(stats.total_recipients)} recipients`),
    figure("Unique CTR", percent(stats.unique_ctr), `${number(stats.unique_clickers)} people clicked`),
    figure("Clicks", compact(stats.clicks), `${number(stats.total_clicks)} presses in all${stats.prefetches ? `; ${number(stats.prefetches)} by machines not counted` : ""}`),
    figure("Conversions", compact(stats.conversions), `by ${number(stats.converters)} people, ${percent(stats.conversion_rate)} of clicks`),
    stats.revenue.map(({ currency, conversions, value }) => figure(currency ? `Revenue in ${currency}` : "Value without a currency", money(value, currency), `from ${number(conversions)} conversions`)));
}

/** From everybody planned to those who converted, and how many go on from each step to the next. */
export function funnel(stats) {
  return h("ol", { class: "funnel" }, stats.funnel.map(({ step, people, share }, i) => {
    const before = stats.funnel[i - 1]?.people;
    return h("li", null, h("span", { class: "funnel-step" }, steps[step]), h("strong", { class: "number" }, number(people)),
      h("div", { class: "bar-line", "aria-hidden": "true" }, h("i", { style: { "--share": share } })),
      h("span", { class: "small muted" }, before === undefined ? "everybody in the cohort when the sending began"
        : `${percent(share)} of planned${before > 0 && i > 1 ? `, ${percent(people / before)} of the step before` : ""}`));
  }));
}

/** How long people took to their first click. */
export function timeToClick({ time_to_click: times }) {
  if (times.p50 === null) return emptyState("No clicks yet");
  const fact = (share, seconds) => h("div", null, h("dt", null, `${share} within`), h("dd", null, duration(seconds)));
  return h("dl", { class: "facts-list" }, fact("Half of those who clicked", times.p50), fact("9 of 10", times.p90), fact("99 of 100", times.p99));
}

/** Each button's clicks, the most pressed one's bar the longest. */
export function buttonTable(stats) {
  if (!stats.buttons.length) return emptyState("No buttons", "The message was sent without any.");
  const most = Math.max(...stats.buttons.map((button) => button.clicks), 1);
  return h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": "Buttons" }, h("table", null,
    h("thead", null, h("tr", null, h("th", { scope: "col" }, "Button"), ["People", "Presses", "Conversions"].map((name) => h("th", { scope: "col", class: "number" }, name)))),
    h("tbody", null, stats.buttons.map((button) => h("tr", null,
      h("th", { scope: "row" }, button.label, h("div", { class: "bar-line", "aria-hidden": "true" }, h("i", { style: { "--share": button.clicks / most } }))),
      [button.clicks, button.total_clicks, button.conversions].map((n) => h("td", { class: "number" }, number(n))))))));
}
