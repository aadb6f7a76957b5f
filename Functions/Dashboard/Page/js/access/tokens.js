import { api, query } from "../api.js";
import { copyButton, morePages, selectBox } from "../controls.js";
import { h, icon } from "../dom.js";
import { ago, date, dateTime, words } from "../format.js";
import { session } from "../session.js";
import { actionButton, busy, confirmDialog, emptyState, field, load, openDialog, showProblems, toast } from "../ui.js";

const roles = [
  ["viewer", "Viewer: sees everything"], ["editor", "Editor: also writes templates and drafts"], ["sender", "Sender: also sends"],
  ["owner", "Owner: everything"], ["converter", "Converter: only records conversions"],
];
const lives = [["30", "30 days"], ["90", "90 days"], ["365", "A year"], ["", "Never"]];

/** Who may use the API. */
export function tokensView(signal) {
  const list = h("div");
  const read = (cursor) => api.get(`v1/admin/tokens${query({ limit: 50, cursor })}`, signal);
  const again = load(list, () => read(null), (first) => {
    if (!first.items.length) return emptyState("There is no token yet");
    const rows = h("tbody");
    const more = morePages(rows, first, read, (items) => items.map((token) => row(token, again)));
    return [h("div", { class: "table-wrap" }, h("table", { class: "people" },
      h("thead", null, h("tr", null, ["Name", "Role", "Last used", "Ends"].map((text) => h("th", { scope: "col" }, text)), h("th", { scope: "col" }, h("span", { class: "unseen" }, "Actions")))), rows)), more];
  }, signal);
  return h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", null, "Tokens"),
    actionButton({ class: "button primary" }, [icon("plus"), "Make a token"], async () => {
      const made = await openDialog("Make a token", tokenForm);
      if (!made) return;
      await showOnce(made);
      again();
    })), list);
}

function row(token, again) {
  const isOver = token.revoked_at || (token.expires_at && new Date(token.expires_at) <= new Date());
  return h("tr", { class: isOver ? "over" : null },
    h("th", { scope: "row" }, token.name, " ", token.id === session.me.id && h("span", { class: "badge busy" }, "you"), token.principal_id && h("span", { class: "badge" }, "Microsoft"),
      token.telegram_linked && h("span", { class: "badge" }, "Telegram")),
    h("td", { "data-label": "Role" }, words(token.role)),
    h("td", { "data-label": "Last used" }, token.last_used_at ? ago(token.last_used_at) : "never"),
    h("td", { "data-label": "Ends" }, token.revoked_at ? h("span", { class: "badge bad" }, `Revoked ${ago(token.revoked_at)}`)
      : token.expires_at ? date(token.expires_at, session.me.time_zone) : "never"),
    h("td", null, !token.revoked_at && h("div", { class: "actions" },
      !token.principal_id && actionButton({ class: "button quiet", "aria-label": `Rename ${token.name}` }, "Rename", async () => {
        if (await openDialog("Rename the token", (close) => renameForm(token, close))) again();
      }),
      actionButton({ class: "button quiet", "aria-label": `Revoke ${token.name}` }, "Revoke", () => revoke(token, again)))));
}

async function revoke(token, again) {
  const isOwn = token.id === session.me.id;
  const isSure = await confirmDialog({
    title: `Revoke “${token.name}”?`, confirm: "Revoke", danger: true,
    text: isOwn ? "This is your own: you are signed out at once." : "Whoever uses it is refused from now on, in the chat too. This cannot be taken back.",
  });
  if (!isSure) return;
  await api.delete(`v1/admin/tokens/${token.id}`);
  toast(`${token.name} is revoked`);
  again();
}

function tokenForm(close) {
  const name = field("Name", h("input", { maxlength: 100, required: true, autocomplete: "off" }), "Whose it is, or what uses it.");
  const role = field("Role", selectBox(roles, "viewer"));
  const life = field("Ends after", selectBox(lives, "90"));
  const submit = h("button", { class: "button primary" }, "Make it");
  return h("form", { class: "form", onsubmit: (event) => {
    event.preventDefault();
    busy(submit, async () => {
      const days = Number(life.control.value);
      const body = { name: name.control.value.trim(), role: role.control.value, expires_at: days ? new Date(Date.now() + days * 86_400_000).toISOString() : null };
      try {
        close(await api.post("v1/admin/tokens", body));
      } catch (error) {
        showProblems(error, { "/name": name, "/role": role, "/expires_at": life });
      }
    });
  } }, name.field, role.field, life.field, h("div", { class: "actions" },
    h("button", { type: "button", class: "button", onclick: () => close() }, "Not now"), submit));
}

function showOnce(made) {
  return openDialog(`The token of ${made.name}`, (close) => [
    h("p", null, "Copy it now: it is shown this once, and nobody can look it up later."),
    h("p", { class: "secret mono", tabindex: "0" }, made.token),
    h("p", { class: "muted small" }, `Role ${made.role}, ${made.expires_at ? `ends ${dateTime(made.expires_at, session.me.time_zone)}` : "never ends by itself"}.`),
    h("div", { class: "actions" }, copyButton(made.token), h("button", { type: "button", class: "button primary", onclick: () => close() }, "I have it")),
  ]);
}

function renameForm(token, close) {
  const name = field("Name", h("input", { maxlength: 100, required: true, value: token.name, autocomplete: "off" }));
  const submit = h("button", { class: "button primary" }, "Rename");
  return h("form", { class: "form", onsubmit: (event) => {
    event.preventDefault();
    busy(submit, async () => {
      try {
        // What is left out of the rest stays.
        await api.patch(`v1/admin/tokens/${token.id}`, { name: name.control.value.trim() });
        close(true);
      } catch (error) {
        showProblems(error, { "/name": name });
      }
    });
  } }, name.field, h("div", { class: "actions" }, h("button", { type: "button", class: "button", onclick: () => close(false) }, "Not now"), submit));
}
