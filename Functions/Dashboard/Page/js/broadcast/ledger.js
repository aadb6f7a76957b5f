import { api, download, query } from "../api.js";
import { morePages, selectBox } from "../controls.js";
import { h, icon } from "../dom.js";
import { dateTime, number, words } from "../format.js";
import { session } from "../session.js";
import { actionButton, emptyState, load } from "../ui.js";

const states = ["pending", "claimed", "sent", "failed", "blocked", "skipped", "uncertain"];
const names = { claimed: "Under way" };
const tones = { sent: "good", failed: "bad", blocked: "warn", uncertain: "warn", claimed: "busy" };
const label = (state) => names[state] ?? words(state);

/** Every recipient and what became of them, to filter, page through and download. recipients: how many there were. */
export function ledger(id, recipients, signal) {
  const path = `v1/admin/broadcasts/${id}/deliveries`;
  const state = selectBox([["", "Any state"], ...states.map((s) => [s, label(s)])], "", { "aria-label": "State" });
  const body = h("div", null);
  const read = (cursor) => api.get(`${path}${query({ state: state.value, limit: 25, cursor })}`, signal);
  let pages = 0;
  const draw = (first) => {
    if (!first.items.length && state.value) return emptyState(`Nobody is in the state “${label(state.value)}”`);
    // A ledger may be deleted to clean up (docs/operations.md).
    if (!first.items.length) return emptyState("The list of recipients was deleted", `There were ${number(recipients)}. The numbers above stay.`);
    const rows = h("tbody", null);
    pages = 1;
    const more = morePages(rows, first, (cursor) => {
      pages++;
      return read(cursor);
    }, (items) => items.map(row));
    return [h("div", { class: "table-wrap" }, h("table", { class: "stacking" },
      h("caption", { class: "unseen" }, "Recipients"),
      h("thead", null, h("tr", null, h("th", { scope: "col", class: "number" }, "#"), ["Person", "State", "When", "Tries", "Reason"].map((name) => h("th", { scope: "col" }, name)))),
      rows)), more];
  };
  const again = load(body, () => read(null), draw, signal);
  state.addEventListener("change", again);
  const element = h("section", { class: "card ledger" },
    h("div", { class: "card-head" }, h("h2", null, "Recipients"), h("div", { class: "actions" }, state,
      actionButton({ title: "Every row of the chosen state, for a spreadsheet" }, [icon("download"), "CSV"],
        () => download(`${path}${query({ state: state.value })}`, "text/csv", `deliveries-${state.value ? `${state.value}-` : ""}${id}.csv`)))), body);
  /** Reads again, unless the person has gone on to further pages. */
  return { element, refresh: () => pages <= 1 && !body.contains(document.activeElement) && again() };
}

function row(item) {
  return h("tr", null,
    h("td", { class: "number ledger-seq" }, number(item.seq + 1)),
    h("th", { scope: "row", class: "title" }, item.first_name ?? h("span", { class: "muted" }, "no name"), " ", h("span", { class: "small muted" }, item.telegram_user_id ?? "erased")),
    h("td", null, h("span", { class: `badge ${tones[item.state] ?? ""}` }, label(item.state))),
    [["When", item.finished_at && dateTime(item.finished_at, session.me.time_zone)], ["Tries", item.attempts > 1 && number(item.attempts)], ["Reason", item.reason]]
      .map(([name, text]) => h("td", { "data-label": name, class: text ? null : "none" }, text || "–")));
}
