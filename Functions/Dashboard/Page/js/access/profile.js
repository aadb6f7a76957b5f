import { api } from "../api.js";
import { combobox, copyButton } from "../controls.js";
import { findZones } from "../compose/zoned-time.js";
import { fill, h } from "../dom.js";
import { dateTime, words } from "../format.js";
import { session } from "../session.js";
import { actionButton, busy, confirmDialog, field, showProblems, toast } from "../ui.js";

/** Who the visitor is, their time zone and their Telegram account. */
export function profileView(signal) {
  return h("div", { class: "columns" }, who(), timeZone(), telegram(signal));
}

function who() {
  const { me } = session;
  return h("section", { class: "card" }, h("h2", null, me.name), h("dl", { class: "facts-list" }, [
    ["Role", words(me.role)], ["You may", me.permissions.map((p) => words(p).toLowerCase()).join(", ")],
    ["Your token ends", me.expires_at ? dateTime(me.expires_at, me.time_zone) : "never by itself"],
  ].map(([label, value]) => h("div", null, h("dt", null, label), h("dd", null, value)))));
}

function timeZone() {
  const zones = combobox({ search: async (text) => findZones(text), wait: 80, placeholder: "City or zone" });
  zones.set(session.me.time_zone, session.me.time_zone);
  const zone = field("Time zone", zones.input, "Times here and in the chat are told in it.", zones.element);
  const submit = h("button", { class: "button primary" }, "Save");
  return h("section", { class: "card" }, h("h2", null, "Times"), h("form", { class: "form", onsubmit: (event) => {
    event.preventDefault();
    zone.problem(null);
    busy(submit, async () => {
      try {
        session.me = await api.patch("v1/admin/me", { time_zone: zones.value });
        toast(`Times are in ${session.me.time_zone} now`);
      } catch (error) {
        showProblems(error, { "/time_zone": zone });
      }
    });
  } }, zone.field, h("div", null, submit)));
}

function telegram(signal) {
  const card = h("section", { class: "card" });
  const content = h("div", { class: "form", "aria-live": "polite" });
  fill(card, h("h2", null, "Your Telegram account"), content);
  draw();
  return card;

  function draw() {
    fill(content,
      session.me.telegram_linked
        ? [h("p", null, h("span", { class: "badge good" }, "Linked"), " You can send broadcasts and see their numbers in the chat with the bot."),
          h("div", { class: "actions" }, actionButton({}, "Link another one", ask), actionButton({ class: "button danger" }, "Unlink", unlink))]
        : [h("p", { class: "muted" }, "Link it to send broadcasts and to see their numbers in the chat with the bot."), h("div", null, actionButton({}, "Get a code", ask))]);
  }

  async function ask() {
    const { code, expires_at: end } = await api.post("v1/admin/me/telegram-link");
    const left = h("p", { class: "muted small" });
    fill(content, h("p", null, "Send this to the bot:"), h("p", { class: "secret mono" }, `/link ${code}`),
      h("div", { class: "actions" }, copyButton(`/link ${code}`), actionButton({}, "Done", refresh)), left);
    const tick = () => {
      const seconds = Math.max(0, Math.round((new Date(end) - Date.now()) / 1000));
      left.textContent = seconds ? `It holds for ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} more.` : "It has ended. Get another one.";
      if (!seconds || !left.isConnected) clearInterval(timer);
    };
    const timer = setInterval(tick, 1000);
    signal.addEventListener("abort", () => clearInterval(timer));
    tick();
  }

  async function refresh() {
    session.me = await api.get("v1/admin/me");
    if (!session.me.telegram_linked) toast("No account is linked yet. Send the code to the bot, then press Done again.");
    else draw();
  }

  async function unlink() {
    const isSure = await confirmDialog({ title: "Unlink your Telegram account?", text: "It can do nothing in the chat any more, until it is linked again.", confirm: "Unlink", danger: true });
    if (!isSure) return;
    await api.delete("v1/admin/me/telegram-link");
    session.me = await api.get("v1/admin/me");
    toast("Unlinked");
    draw();
  }
}
