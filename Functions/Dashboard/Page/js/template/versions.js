import { api, query } from "../api.js";
import { morePages } from "../controls.js";
import { h } from "../dom.js";
import { dateTime } from "../format.js";
import { session } from "../session.js";
import { telegramBubble } from "../telegram-bubble.js";
import { actionButton, load, openDialog } from "../ui.js";

/** Every version of a template; restore gets the one to go on with, as the API answers it. */
export function versionList(id, current, restore, signal) {
  const read = (cursor) => api.get(`v1/admin/templates/${id}/versions${query({ limit: 10, cursor })}`, signal);
  const list = h("div");
  const row = (version) => h("li", { class: "line" },
    h("span", null, `Version ${version.version}`, version.version === current && h("span", { class: "badge" }, "current")),
    h("span", { class: "muted small" }, dateTime(version.created_at, session.me.time_zone)),
    actionButton({ class: "button quiet", "aria-label": `View version ${version.version}` }, "View", () => look(id, version.version, current, restore)));
  load(list, () => read(null), (first) => {
    const rows = h("ul", { class: "lines" });
    return [rows, morePages(rows, first, read, (items) => items.map(row))];
  }, signal);
  return h("section", { class: "card" }, h("h2", null, "Versions"), list);
}

async function look(id, number, current, restore) {
  const version = await api.get(`v1/admin/templates/${id}/versions/${number}`);
  const languages = Object.keys(version.translations);
  const isChosen = await openDialog(`Version ${number}`, (close) => [
    h("p", { class: "muted" }, `${version.name} · ${dateTime(version.created_at, session.me.time_zone)}${languages.length ? ` · also in ${languages.join(", ")}` : ""}`),
    h("pre", { class: "source", tabindex: "0", "aria-label": "Text" }, version.content),
    version.cta_buttons.length > 0 && telegramBubble("", version.cta_buttons),
    h("div", { class: "actions" }, h("button", { type: "button", class: "button", onclick: () => close(false) }, "Close"),
      session.may("edit") && number !== current && h("button", { type: "button", class: "button primary", onclick: () => close(true) }, "Go on with this version")),
  ].filter(Boolean));
  if (isChosen) restore(version);
}
