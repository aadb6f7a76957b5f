import { api, query } from "../api.js";
import { morePages } from "../controls.js";
import { h } from "../dom.js";
import { dateTime, money } from "../format.js";
import { session } from "../session.js";
import { emptyState, load } from "../ui.js";

/** What people did after a click, the last recorded first. */
export function conversions(id, signal) {
  const body = h("div", null);
  let pages = 0;
  const read = (cursor) => api.get(`v1/admin/conversions${query({ broadcast_id: id, limit: 20, cursor })}`, signal);
  const draw = (first) => {
    if (!first.items.length) return emptyState("No conversions yet", "They are what your systems report to POST /api/v1/conversions after a click.");
    const rows = h("tbody", null);
    pages = 1;
    const more = morePages(rows, first, (cursor) => {
      pages++;
      return read(cursor);
    }, (items) => items.map((item) => h("tr", null,
      h("th", { scope: "row", class: "title" }, item.event),
      h("td", { "data-label": "When" }, dateTime(item.occurred_at, session.me.time_zone)),
      h("td", { class: item.value === null ? "number none" : "number", "data-label": "Value" }, item.value === null ? "–" : money(item.value, item.currency)))));
    return [h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": "Conversions" }, h("table", { class: "stacking" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Event"), h("th", { scope: "col" }, "When"), h("th", { scope: "col", class: "number" }, "Value"))),
      rows)), more];
  };
  const again = load(body, () => read(null), draw, signal);
  return {
    element: h("section", { class: "card" }, h("h2", null, "Conversions"), body),
    refresh: () => pages <= 1 && !body.contains(document.activeElement) && again(),
  };
}
