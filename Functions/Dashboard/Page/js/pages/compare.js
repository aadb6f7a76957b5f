import { api } from "../api.js";
import { h, icon } from "../dom.js";
import { date, number, percent } from "../format.js";
import { session } from "../session.js";
import { emptyState, load } from "../ui.js";

// In the order in which they are told; how each is written, and whether more of it is good (null: neither).
const metrics = {
  sent: ["Sent", number, null], blocked: ["Blocked", number, false], failed: ["Failed", number, false],
  unique_ctr: ["Unique CTR", percent, true], ctr: ["CTR", percent, true], clicks: ["Clicks", number, true], total_clicks: ["All presses", number, true],
  unique_clickers: ["People who clicked", number, true], converter_rate: ["People who converted, of those sent to", percent, true],
  conversion_rate: ["Conversion rate", percent, true], conversions: ["Conversions", number, true],
};

/** Two broadcasts side by side: #/compare?a=ID&b=ID. */
export function page({ query, signal }) {
  const [a, b] = [query.get("a"), query.get("b")];
  const body = h("section", { class: "card" });
  const content = h("div", { class: "page" },
    h("div", { class: "page-head" }, h("div", null, h("a", { class: "crumb", href: "#/" }, icon("back"), "Overview"), h("h1", null, "Comparison"))), body);
  if (a && b) load(body, () => api.get(`v1/admin/broadcasts/compare?${new URLSearchParams({ a, b })}`, signal), table, signal);
  else body.append(emptyState("Nothing to compare", "Choose two broadcasts in the overview's table.", h("a", { class: "button", href: "#/" }, "Overview")));
  return { title: "Comparison", content };
}

function table({ a, b, differences }) {
  const found = new Map(differences.map((difference) => [difference.metric, difference]));
  return [h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": "Comparison" }, h("table", { class: "comparison" },
    h("thead", null, h("tr", null, h("th", { scope: "col" }, "Measure"), [a, b].map(head), h("th", { scope: "col", class: "number" }, "Change"))),
    h("tbody", null, Object.entries(metrics).filter(([metric]) => found.has(metric)).map(([metric, how]) => row(found.get(metric), how))))),
  h("p", { class: "hint small muted" }, "“More than chance” means that a difference as large would come by chance alone less than once in 20 times.")];
}

function head({ id, title, sent_at: sent }) {
  return h("th", { scope: "col", class: "number" }, h("a", { href: `#/broadcasts/${id}` }, title),
    h("div", { class: "small" }, sent ? date(sent, session.me.time_zone) : "not ended"));
}

function row({ a, b, change, significant }, [label, shown, isGood]) {
  const tone = !change || isGood === null || significant === false ? "" : change > 0 === isGood ? "up" : "down";
  return h("tr", null, h("th", { scope: "row" }, label), h("td", { class: "number" }, shown(a)), h("td", { class: "number" }, shown(b)),
    h("td", { class: "number" }, h("span", { class: tone }, a === b ? "same" : change === null ? "from none" : `${change > 0 ? "+" : "−"}${percent(Math.abs(change))}`),
      significant !== null && h("div", { class: "small muted" }, significant ? "more than chance" : "may be chance")));
}
