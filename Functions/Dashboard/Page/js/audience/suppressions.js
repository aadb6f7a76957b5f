import { api, query } from "../api.js";
import { morePages, selectBox } from "../controls.js";
import { h, icon } from "../dom.js";
import { dateTime } from "../format.js";
import { session } from "../session.js";
import { actionButton, confirmDialog, emptyState, load, openDialog, toast } from "../ui.js";
import { suppressForm } from "./person.js";

const kinds = [["", "Both kinds"], ["operator", "By us"], ["blocked", "Blocked the bot"]];

/** Those not to write to. */
export function suppressionsView(signal) {
  let kind = "";
  const list = h("div");
  const read = (cursor) => api.get(`v1/admin/audience/suppressions${query({ kind, limit: 50, cursor })}`, signal);
  const again = load(list, () => read(null), (first) => (first.items.length ? table(first) : emptyState("Nobody is suppressed")), signal);

  function table(first) {
    const body = h("tbody");
    const more = morePages(body, first, read, (items) => items.map(row));
    return [h("div", { class: "table-wrap" }, h("table", { class: "people" },
      h("thead", null, h("tr", null, ["Telegram id", "Why", "Reason", "Since"].map((text) => h("th", { scope: "col" }, text)), h("th", { scope: "col" }, h("span", { class: "unseen" }, "Actions")))), body)), more];
  }

  function row(entry) {
    const id = String(entry.telegram_user_id);
    const element = h("tr", null,
      h("th", { scope: "row" }, entry.user_id ? h("a", { class: "mono", href: `#/audience?person=${entry.user_id}` }, id) : h("span", { class: "mono" }, id)),
      h("td", { "data-label": "Why" }, h("span", { class: "badge" }, entry.kind === "blocked" ? "Blocked the bot" : "By us")),
      h("td", { "data-label": "Reason" }, entry.reason), h("td", { "data-label": "Since" }, dateTime(entry.since, session.me.time_zone)),
      h("td", null, entry.kind === "operator" && session.may("manage_audience") && actionButton({ class: "button quiet", "aria-label": `Lift the suppression of ${id}` }, "Lift", async () => {
        if (!await confirmDialog({ title: `Write to ${id} again?`, text: "Broadcasts reach them again, unless they opted out.", confirm: "Lift the suppression" })) return;
        await api.delete(`v1/admin/audience/suppressions/${id}`);
        toast("Lifted");
        again();
      })));
    return element;
  }

  return h("section", { class: "card" },
    h("div", { class: "card-head" },
      selectBox(kinds, "", { class: "input narrow", "aria-label": "Kind", onchange: (event) => {
        kind = event.target.value;
        again();
      } }),
      session.may("manage_audience") && actionButton({}, [icon("plus"), "Suppress somebody"], async () => {
        if (await openDialog("Suppress somebody", (close) => suppressForm(null, close))) again();
      })), list);
}
