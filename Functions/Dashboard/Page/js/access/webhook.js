import { api } from "../api.js";
import { h } from "../dom.js";
import { dateTime, number } from "../format.js";
import { session } from "../session.js";
import { actionButton, load, toast } from "../ui.js";

/** How Telegram reaches the bot. */
export function webhookView(signal) {
  const state = h("div", { class: "form" });
  const again = load(state, () => api.get("v1/admin/telegram/webhook", signal), draw, signal);

  function draw(webhook) {
    const register = session.may("manage_bot") && actionButton({ class: webhook.is_ours ? "button" : "button primary" }, webhook.is_ours ? "Register again" : "Register", async () => {
      await api.post("v1/admin/telegram/webhook", {});
      toast("Telegram posts its updates here");
      again();
    });
    return [
      webhook.is_ours ? h("p", null, h("span", { class: "badge good" }, "Registered"), " Presses of buttons and messages to the bot arrive here.")
        : h("p", { class: "notice warn" }, webhook.url ? "Telegram posts to another address, so that nothing arrives here." : "Telegram posts nowhere yet, so that presses of buttons and messages to the bot do not arrive."),
      h("dl", { class: "facts-list" }, [
        ["Address", webhook.url || "none"], ["Waiting at Telegram", `${number(webhook.pending_update_count)} updates`],
        ["Last failure", webhook.last_error_at ? `${dateTime(webhook.last_error_at, session.me.time_zone)}: ${webhook.last_error_message}` : "none"],
        ["Connections at once", webhook.max_connections === null ? "Telegram's own choice" : number(webhook.max_connections)],
        ["Kinds of update", webhook.allowed_updates.join(", ") || "all"],
      ].map(([label, value]) => h("div", null, h("dt", null, label), h("dd", null, value)))),
      h("div", { class: "actions" }, register, actionButton({}, "Look again", async () => again())),
    ];
  }

  return h("section", { class: "card" }, h("h2", null, "Webhook"), state);
}
