import { h } from "../dom.js";
import { compact, number, percent } from "../format.js";
import { emptyState } from "../ui.js";

export const measures = [["unique_ctr", "Unique CTR"], ["conversion_rate", "Conversion rate"], ["clicks", "Clicks"], ["conversions", "Conversions"]];

/** The best broadcasts of a period, with a bar each. */
export function best(rows, by) {
  if (!rows.length) return emptyState("Nothing to rank yet", "Broadcasts that were sent to 30 people or more are compared here.");
  const most = Math.max(...rows.map((row) => row.stats[by]), 0);
  const shown = by === "unique_ctr" || by === "conversion_rate" ? percent : compact;
  return h("ol", { class: "best" }, rows.map((row) => h("li", null,
    h("a", { href: `#/broadcasts/${row.id}` }, row.title), h("strong", { class: "number" }, shown(row.stats[by])),
    h("div", { class: "bar-line", "aria-hidden": "true" }, h("i", { style: { "--share": most ? row.stats[by] / most : 0 } })),
    h("span", { class: "small muted" }, `${number(row.stats.sent)} sent`))));
}
