import { api, query } from "../api.js";
import { debounce, morePages } from "../controls.js";
import { instantsOf } from "../compose/zoned-time.js";
import { h } from "../dom.js";
import { dateTime, words } from "../format.js";
import { session } from "../session.js";
import { emptyState, field, load } from "../ui.js";

const links = { broadcast: (id) => `#/broadcasts/${id}`, template: (id) => `#/templates/${id}`, user: (id) => `#/audience?person=${id}` };

/** Who did what to which object when, from where. */
export function auditView(signal) {
  const filter = { action: "", object_type: "", from: "", to: "" };
  const list = h("div");
  const read = (cursor) => api.get(`v1/admin/audit${query({ ...filter, limit: 50, cursor })}`, signal);
  const again = load(list, () => read(null), (first) => (first.items.length ? table(first, read) : emptyState("Nothing is recorded like that")), signal);
  const againSoon = debounce(300, again);
  const text = (key, placeholder) => h("input", { class: "input", placeholder, autocomplete: "off", spellcheck: "false", oninput: (event) => {
    filter[key] = event.target.value.trim();
    againSoon();
  } });
  // A day begins and ends where the person is.
  const day = (key, next) => h("input", { class: "input", type: "date", oninput: (event) => {
    filter[key] = event.target.value ? midnight(event.target.value, next) : "";
    again();
  } });
  return h("section", { class: "card" }, h("div", { class: "row audit-filters" },
    field("Action", text("action", "broadcast.send")).field, field("Kind of object", text("object_type", "broadcast")).field,
    field("From", day("from", 0)).field, field("To", day("to", 1)).field), list);
}

function midnight(date, days) {
  const day = new Date(Date.parse(`${date}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  // Where the clocks are set forward over midnight the day begins at one.
  return (instantsOf(day, "00:00", session.me.time_zone)[0] ?? instantsOf(day, "01:00", session.me.time_zone)[0]).toISOString();
}

function table(first, read) {
  const body = h("tbody");
  const more = morePages(body, first, read, (items) => items.map(row));
  return [h("p", { class: "muted small" }, `Times in ${session.me.time_zone}.`), h("div", { class: "table-wrap" }, h("table", { class: "people" },
    h("thead", null, h("tr", null, ["When", "Who", "What", "Object", "From where"].map((t) => h("th", { scope: "col" }, t)))), body)), more];
}

function row(entry) {
  const link = links[entry.object_type]?.(entry.object_id);
  const details = entry.details && Object.entries(entry.details).map(([key, value]) => `${words(key)}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join(", ");
  return h("tr", null,
    h("td", { "data-label": "When" }, dateTime(entry.at, session.me.time_zone)), h("td", { "data-label": "Who" }, entry.actor_name ?? "–"),
    h("td", { "data-label": "What" }, h("div", null, h("span", { class: entry.action === "access.refused" ? "badge bad" : "mono" }, entry.action), details && h("div", { class: "muted small" }, details))),
    h("td", { "data-label": "Object" }, entry.object_type ? (link && entry.object_id ? h("a", { href: link }, entry.object_type) : `${entry.object_type} ${entry.object_id ?? ""}`) : "–"),
    h("td", { "data-label": "From where", class: "small" }, entry.source ?? "–"));
}
