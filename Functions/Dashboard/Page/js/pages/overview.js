import { api, query as queryText } from "../api.js";
import { activityChart } from "../chart.js";
import { selectBox } from "../controls.js";
import { fill, h, icon } from "../dom.js";
import { best, measures } from "../overview/best.js";
import { broadcastTable } from "../overview/broadcasts.js";
import { figures } from "../overview/figures.js";
import { live } from "../overview/live.js";
import { before, periodChoice, periodOf } from "../overview/period.js";
import { session } from "../session.js";
import { emptyState, load, poll } from "../ui.js";

const Refresh = 30_000;
const TwoDays = 2 * 86_400_000;

/** What all broadcasts of a period came to, what is being sent now, and the way to each broadcast. */
export function page({ query, signal }) {
  const zone = session.me.time_zone;
  let address = Object.fromEntries(query);
  let bestBy = "unique_ctr";
  const period = () => periodOf(new URLSearchParams(address), zone);

  const chart = activityChart("Sends, clicks and conversions over time", zone, signal);
  const numbers = h("div", null);
  const ranking = h("div", null);
  const trend = h("section", { class: "card" }, h("h2", null, "Over time"), chart.element);
  const bestBox = selectBox(measures, bestBy, { "aria-label": "Best by" });
  const content = h("div", { class: "page" });

  const read = async () => {
    const now = period();
    const earlier = before(now);
    const ask = ({ from, to }, more) => api.get(
      `v1/admin/broadcasts/analytics${queryText({ from: from.toISOString(), to: to.toISOString(), time_zone: zone, limit: 1, unit: to - from > TwoDays ? "day" : "hour", ...more })}`, signal);
    const [current, previous] = await Promise.all([ask(now, { best_by: bestBy }), ask(earlier)]);
    return { current, previous, period: now };
  };
  const draw = ({ current, previous, period: { days } }) => {
    chart.update(current.trend);
    fill(ranking, best(current.best, bestBy));
    return figures(current.totals, previous.totals, days ? `the ${days} days before` : "as long a time before");
  };
  const again = load(numbers, read, draw, signal);
  bestBox.addEventListener("change", () => {
    bestBy = bestBox.value;
    again();
  });

  const choose = (next) => {
    address = next;
    history.replaceState(null, "", `#/${queryText(next)}`);
    again();
  };
  const compose = session.may("edit") && h("a", { class: "button primary", href: "#/compose" }, icon("plus"), "New broadcast");
  const table = broadcastTable(signal, () => fill(content, h("div", { class: "page-head" }, h("h1", null, "Overview")),
    h("section", { class: "card" }, emptyState("No broadcasts yet",
      session.may("edit") ? "Write the first one, choose who gets it, and see here who clicked." : "Once somebody has made one, its numbers are here.", compose))));
  const refresh = () => {
    again();
    table.refresh();
  };
  fill(content,
    h("div", { class: "page-head" },
      h("div", null, h("h1", null, "Overview"), h("p", { class: "muted small" }, `Times in ${zone}`)),
      h("div", { class: "actions" }, periodChoice(period(), zone, choose), compose)),
    live(signal, refresh), numbers,
    h("div", { class: "overview-split" }, trend,
      h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", null, "Best"), bestBox), ranking)),
    table.element);
  poll(Refresh, signal, refresh);
  return { title: "Overview", content };
}
