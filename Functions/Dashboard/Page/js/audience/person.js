import { api, download } from "../api.js";
import { h, icon } from "../dom.js";
import { dateTime } from "../format.js";
import { personName } from "../people-search.js";
import { session } from "../session.js";
import { actionButton, busy, field, load, openDialog, showProblems, toast } from "../ui.js";
import { stateBadges } from "./people.js";

/** One person: what is kept about them, and what an owner may do. */
export function personView(id, signal) {
  const card = h("div", { class: "form" });
  const path = `v1/admin/audience/users/${encodeURIComponent(id)}`;
  const again = load(card, () => api.get(path, signal), (person) => draw(person, path, async () => again()), signal);
  return h("div", { class: "form" }, h("a", { class: "crumb", href: "#/audience" }, icon("back"), "All people"), card);
}

function draw(person, path, again) {
  const name = personName(person);
  const time = (text) => (text ? dateTime(text, session.me.time_zone) : "–");
  const operator = person.suppressions.find(({ kind }) => kind === "operator");
  return [
    h("section", { class: "card" },
      h("div", { class: "card-head" }, h("div", { class: "person-name" }, h("h2", null, name), h("span", { class: "facts" }, stateBadges(person))),
        session.may("manage_audience") && h("div", { class: "actions" }, actionButton({}, [icon("download"), "Export"], () => download(`${path}/export`, "application/json", `person-${person.telegram_user_id}.json`)))),
      h("dl", { class: "facts-list" }, [
        ["Telegram id", h("span", { class: "mono" }, String(person.telegram_user_id))], ["Username", person.username ? `@${person.username}` : "–"],
        ["Language", person.language ?? "–"], ["Tier", person.user_tier ?? "–"], ["Region", person.region ?? "–"],
        ["Last trade", time(person.last_trade_at)], ["Last seen", time(person.last_seen_at)], ["Joined", time(person.created_at)],
        ...(person.opted_out_at ? [["Opted out", time(person.opted_out_at)]] : []),
        ...person.suppressions.map(({ kind, reason, since }) => [kind === "blocked" ? "Blocked" : "Suppressed", `${reason} (${time(since)})`]),
      ].map(([label, value]) => h("div", null, h("dt", null, label), h("dd", null, value)))),
      h("p", { class: "muted small" }, `Times in ${session.me.time_zone}.`)),
    h("section", { class: "card" }, h("h2", null, "Attributes"), Object.keys(person.attributes).length
      ? h("dl", { class: "facts-list" }, Object.entries(person.attributes).map(([key, value]) =>
        h("div", null, h("dt", { class: "mono" }, key), h("dd", null, typeof value === "string" ? value : JSON.stringify(value)))))
      : h("p", { class: "muted" }, "None.")),
    session.may("manage_audience") && h("section", { class: "card" }, h("h2", null, "What you may do"), h("ul", { class: "lines" },
      person.opted_out_at
        ? line("They asked for no more messages. Take that back only if they say so.", actionButton({}, "Opt in again", async () => {
          await api.delete(`${path}/opt-out`);
          toast(`${name} gets messages again`);
          await again();
        }))
        : line("They tell you that they want no more messages.", actionButton({}, "Opt out", async () => {
          await api.post(`${path}/opt-out`);
          toast(`${name} is opted out`);
          await again();
        })),
      operator
        ? line("You decided to send them nothing.", actionButton({}, "Lift the suppression", async () => {
          await api.delete(`v1/admin/audience/suppressions/${person.telegram_user_id}`);
          toast("Lifted");
          await again();
        }))
        : line("Send them nothing, whatever they say, until you lift it.", actionButton({}, "Suppress…", async () => {
          if (await openDialog(`Suppress ${name}`, (close) => suppressForm(person.telegram_user_id, close))) await again();
        })),
      line("Erase everything personal for good. Counts stay, under nobody's name.", actionButton({ class: "button danger" }, [icon("trash"), "Erase…"], async () => {
        if (!await openDialog(`Erase ${name}?`, (close) => eraseForm(person, path, close))) return;
        toast(`${name} is erased`);
        location.hash = "#/audience";
      })))),
  ].filter(Boolean);
}

const line = (text, button) => h("li", null, h("span", null, text), button);

/** Asks for the reason; closes with true once it is done. The id is asked for too when none is given. */
export function suppressForm(telegramId, close) {
  const id = field("Telegram id", h("input", { inputmode: "numeric", autocomplete: "off", value: telegramId ?? "" }));
  id.field.hidden = telegramId !== null;
  const reason = field("Reason", h("input", { maxlength: 500, autocomplete: "off" }), "For your team, such as a complaint by mail.");
  const submit = h("button", { class: "button danger primary" }, "Suppress");
  return h("form", { class: "form", onsubmit: (event) => {
    event.preventDefault();
    const number = Number(id.control.value.trim());
    id.problem(Number.isSafeInteger(number) && number > 0 ? null : "A Telegram id is a whole number, such as 100000001.");
    reason.problem(reason.control.value.trim() ? null : "Say why.");
    const wrong = [id, reason].find((f) => f.control.getAttribute("aria-invalid"));
    if (wrong) return wrong.control.focus();
    busy(submit, async () => {
      try {
        await api.post("v1/admin/audience/suppressions", { telegram_user_id: number, reason: reason.control.value.trim() });
      } catch (error) {
        return showProblems(error, { "/telegram_user_id": id, "/reason": reason });
      }
      toast("Suppressed");
      close(true);
    });
  } }, id.field, reason.field, h("div", { class: "actions" },
    h("button", { type: "button", class: "button", onclick: () => close(false) }, "Not now"), submit));
}

function eraseForm(person, path, close) {
  const wanted = String(person.telegram_user_id);
  const typed = field(`Type ${wanted} to confirm`, h("input", { autocomplete: "off", inputmode: "numeric" }));
  const submit = h("button", { class: "button danger primary" }, "Erase for good");
  return h("form", { class: "form", onsubmit: (event) => {
    event.preventDefault();
    const isSame = typed.control.value.trim() === wanted;
    typed.problem(isSame ? null : `This is not ${wanted}.`);
    if (!isSame) return typed.control.focus();
    busy(submit, async () => {
      await api.delete(path);
      close(true);
    });
  } }, h("p", null, "Their name, fields, clicks' addresses and attributes go, and do not come back. An import does not bring them back either."), typed.field,
    h("div", { class: "actions" }, h("button", { type: "button", class: "button", onclick: () => close(false) }, "Not now"), submit));
}
