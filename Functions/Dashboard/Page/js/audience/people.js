import { api, query } from "../api.js";
import { debounce, morePages, selectBox } from "../controls.js";
import { h, icon } from "../dom.js";
import { ago } from "../format.js";
import { personName } from "../people-search.js";
import { session } from "../session.js";
import { emptyState, load } from "../ui.js";

const states = [["", "Everybody"], ["reachable", "Reachable"], ["opted_out", "Opted out"], ["suppressed", "Suppressed"]];

export function peopleView(signal) {
  const filter = { search: "", state: "" };
  const list = h("div");
  const read = (cursor) => api.get(`v1/admin/audience/users${query({ ...filter, limit: 50, cursor })}`, signal);
  const again = load(list, () => read(null), (first) => (first.items.length ? table(first, read) : nobody(filter)), signal);
  const againSoon = debounce(250, again);
  return h("section", { class: "card" },
    h("div", { class: "row filters" },
      h("input", { class: "input", type: "search", "aria-label": "Search people", placeholder: "Name, @username or Telegram id", maxlength: 100, oninput: (event) => {
        filter.search = event.target.value.trim();
        againSoon();
      } }),
      selectBox(states, "", { "aria-label": "State", onchange: (event) => {
        filter.state = event.target.value;
        again();
      } })), list);
}

function nobody(filter) {
  if (filter.search || filter.state) return emptyState("Nobody is like that", "The search looks at the beginning of names and usernames, and at Telegram ids.");
  return emptyState("There is nobody yet", "People come by writing /start to the bot, or by an import.",
    session.may("manage_audience") && h("a", { class: "button", href: "#/audience?view=import" }, icon("upload"), "Import a file"));
}

function table(first, read) {
  const body = h("tbody");
  const more = morePages(body, first, read, (items) => items.map(row));
  return [h("div", { class: "table-wrap" }, h("table", { class: "people" },
    h("thead", null, h("tr", null, ["Name", "Telegram id", "Tier", "Region", "Language", "Last seen", "State"].map((text) => h("th", { scope: "col" }, text)))), body)), more];
}

function row(person) {
  const cell = (label, ...content) => h("td", { "data-label": label }, content);
  return h("tr", null,
    h("th", { scope: "row" }, h("div", null, h("a", { href: `#/audience?person=${person.id}` }, personName(person))), person.username && h("div", { class: "muted small" }, `@${person.username}`)),
    cell("Telegram id", h("span", { class: "mono" }, String(person.telegram_user_id))), cell("Tier", person.user_tier ?? "–"), cell("Region", person.region ?? "–"),
    cell("Language", person.language ?? "–"), cell("Last seen", person.last_seen_at ? ago(person.last_seen_at) : "–"), cell("State", stateBadges(person)));
}

/** Whether the bot may write to them, and if not why. */
export function stateBadges(person) {
  if (person.reachable) return h("span", { class: "badge good" }, "Reachable");
  return [
    person.opted_out_at && h("span", { class: "badge warn" }, "Opted out"),
    ...person.suppressions.map(({ kind }) => h("span", { class: "badge bad" }, kind === "blocked" ? "Blocked the bot" : "Suppressed")),
  ];
}
