import { api, query } from "../api.js";
import { debounce, morePages, selectBox } from "../controls.js";
import { fill, h } from "../dom.js";
import { ago, dateTime, number, percent } from "../format.js";
import { session } from "../session.js";
import { emptyState, load, statusBadge } from "../ui.js";

const statuses = ["draft", "scheduled", "sending", "paused", "sent", "failed", "cancelled"];

/** All broadcasts, newest first, to search, filter and choose two of to compare. onempty is called when there is none at all. */
export function broadcastTable(signal, onempty) {
  const chosen = new Map();
  const filter = { search: "", status: "" };
  const body = h("div", null);
  const read = (cursor) => api.get(`v1/admin/broadcasts${query({ ...filter, limit: 20, cursor })}`, signal);
  let pages = 0;

  const draw = (first) => {
    const isFiltered = filter.search || filter.status;
    if (!first.items.length && !isFiltered) onempty();
    if (!first.items.length) return emptyState("No broadcast is like that", "Search for another title, or take another status.");
    const rows = h("tbody", null);
    pages = 1;
    const more = morePages(rows, first, (cursor) => {
      pages++;
      return read(cursor);
    }, (items) => items.map((item) => row(item, chosen, bar.update)));
    return [h("div", { class: "table-wrap" }, h("table", { class: "stacking" },
      h("caption", { class: "unseen" }, "Broadcasts, newest first"),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, h("span", { class: "unseen" }, "Compare")),
        ["Title", "Status", "When"].map((name) => h("th", { scope: "col" }, name)),
        ["Recipients", "Sent", "Unique CTR", "Conversions"].map((name) => h("th", { scope: "col", class: "number" }, name)))),
      rows)), more];
  };

  const search = h("input", { class: "input", type: "search", placeholder: "Search titles", "aria-label": "Search titles", maxlength: 200 });
  const status = selectBox([["", "Any status"], ...statuses.map((s) => [s, s[0].toUpperCase() + s.slice(1)])], "", { "aria-label": "Status" });
  const bar = compareBar(chosen, () => body.querySelectorAll("input[type=checkbox]"));
  const again = load(body, () => read(null), draw, signal);
  const apply = () => {
    Object.assign(filter, { search: search.value.trim(), status: status.value });
    again();
  };
  search.addEventListener("input", debounce(250, apply));
  status.addEventListener("change", apply);
  return {
    element: h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", null, "Broadcasts"), h("div", { class: "row filters" }, search, status)), bar.element, body),
    /** Reads again, unless that would take away what the person is at: further pages, or the place of the keyboard. */
    refresh: () => pages <= 1 && !body.contains(document.activeElement) && again(),
  };
}

function row(item, chosen, onchange) {
  const { stats } = item;
  const box = h("input", { type: "checkbox", checked: chosen.has(item.id), "aria-label": `Compare ${item.title}`, onchange: () => {
    if (box.checked) chosen.set(item.id, item.title);
    else chosen.delete(item.id);
    onchange();
  } });
  return h("tr", null,
    h("td", { class: "pick" }, stats?.total_recipients > 0 && h("label", { class: "pick-box" }, box)),
    h("th", { scope: "row", class: "title" }, h("a", { href: `#/broadcasts/${item.id}` }, item.title)),
    h("td", null, statusBadge(item.status)),
    h("td", { "data-label": "When" }, when(item)),
    [["Recipients", stats && number(stats.total_recipients)], ["Sent", stats && number(stats.sent)],
      ["Unique CTR", stats && percent(stats.unique_ctr)], ["Conversions", stats && number(stats.conversions)]]
      .map(([label, text]) => h("td", { class: text ? "number" : "number none", "data-label": label }, text ?? "–")));
}

function when(item) {
  const zone = session.me.time_zone;
  const [text, at] = item.sent_at ? ["", item.sent_at]
    : item.status === "scheduled" ? ["for ", item.scheduled_at]
    : ["changed ", item.updated_at];
  return h("time", { datetime: at, title: `${dateTime(at, zone)} (${zone})` }, item.status === "scheduled" || item.sent_at ? text + dateTime(at, zone) : text + ago(at));
}

// Says how many are chosen, and leads to their comparison once it is two.
function compareBar(chosen, boxes) {
  const text = h("span", null);
  const go = h("button", { type: "button", class: "button primary", onclick: () => {
    const [a, b] = chosen.keys();
    location.hash = `/compare?a=${a}&b=${b}`;
  } }, "Compare");
  const clear = h("button", { type: "button", class: "button", onclick: () => {
    chosen.clear();
    for (const box of boxes()) box.checked = false;
    update();
  } }, "Choose none");
  const element = h("div", { class: "compare-bar", role: "status" }, text, h("div", { class: "actions" }, clear, go));
  function update() {
    element.hidden = chosen.size === 0;
    go.disabled = chosen.size !== 2;
    fill(text, chosen.size === 1 ? "Choose one more to compare with." : `Compare ${[...chosen.values()].map((title) => `“${title}”`).join(" with ")}`);
    for (const box of boxes()) box.disabled = chosen.size === 2 && !box.checked;
  }
  update();
  return { element, update };
}
