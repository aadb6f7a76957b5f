import { api } from "../api.js";
import { h } from "../dom.js";
import { number, percent } from "../format.js";
import { choices, emptyState, load } from "../ui.js";

const Shown = 20;

/** The numbers by tier, region or language of the recipients; refresh reads them again. */
export function segments(id, signal) {
  let by = "user_tier";
  let isWhole = false;
  const body = h("div", null);
  const draw = ({ items }) => {
    if (!items.length) return emptyState("Nobody yet");
    const best = Math.max(...items.map((item) => item.unique_ctr), 0);
    const shown = isWhole ? items : items.slice(0, Shown);
    return [h("div", { class: "table-wrap" }, h("table", { class: "stacking" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Recipients with"),
        ["Recipients", "Sent", "Clicked", "Unique CTR", "Converted"].map((name) => h("th", { scope: "col", class: "number" }, name)))),
      h("tbody", null, shown.map((item) => h("tr", null,
        h("th", { scope: "row", class: "title" }, item.value ?? h("span", { class: "muted" }, "unknown"),
          h("div", { class: "bar-line", "aria-hidden": "true" }, h("i", { style: { "--share": best ? item.unique_ctr / best : 0 } }))),
        [["Recipients", number(item.recipients)], ["Sent", number(item.sent)], ["Clicked", number(item.unique_clickers)],
          ["Unique CTR", percent(item.unique_ctr)], ["Converted", number(item.converters)]]
          .map(([label, text]) => h("td", { class: "number", "data-label": label }, text))))))),
    shown.length < items.length && h("div", { class: "actions more" }, h("button", { type: "button", class: "button", onclick: () => {
      isWhole = true;
      refresh();
    } }, `Show all ${number(items.length)}`))];
  };
  const refresh = load(body, () => api.get(`v1/admin/broadcasts/${id}/stats/segments?by=${by}`, signal), draw, signal);
  const element = h("section", { class: "card" },
    h("div", { class: "card-head" }, h("h2", null, "Who they are"),
      choices("Split by", [["user_tier", "Tier"], ["region", "Region"], ["language", "Language"]], by, (value) => {
        by = value;
        isWhole = false;
        refresh();
      })), body);
  return { element, refresh };
}
