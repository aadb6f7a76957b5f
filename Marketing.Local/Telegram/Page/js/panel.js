import { api } from "./api.js";
import { h, iconButton } from "./dom.js";
import { attempt, ask, toast } from "./notices.js";

const number = new Intl.NumberFormat("en");
const FIELDS = [
  { name: "latency_ms", label: "Latency, ms", max: 2000, step: 10 },
  { name: "rate_limit", label: "Messages a second", max: 100, step: 1, least: 1, optional: true },
  { name: "chat_rate_limit", label: "... to one chat", max: 10, step: 0.5, least: 0.5, optional: true },
  { name: "fault_5xx_percent", label: "Answers 502, %", max: 100, step: 1 },
  { name: "fault_reset_percent", label: "Broken connections, %", max: 100, step: 1 },
  { name: "fault_hang_percent", label: "No answer, %", max: 100, step: 1 },
  { name: "fault_delivers_percent", label: "... delivered anyway, %", max: 100, step: 1 },
  { name: "hang_ms", label: "No answer for, ms", max: 60000, step: 500 },
  { name: "seed", label: "Seed of the faults", plain: true },
];
const CALM = { latency_ms: 0, rate_limit: null, chat_rate_limit: null, fault_5xx_percent: 0, fault_reset_percent: 0, fault_hang_percent: 0 };
const PRESETS = {
  Calm: CALM,
  "Telegram's limits": { ...CALM, latency_ms: 60, rate_limit: 30, chat_rate_limit: 1 },
  "Bad day": { ...CALM, latency_ms: 300, rate_limit: 20, fault_5xx_percent: 5, fault_reset_percent: 2, fault_hang_percent: 1, hang_ms: 5000 },
};

/** What the network does to the bot's requests, and what became of them. */
export class Panel {
  constructor(root, onClose) {
    this.root = root;
    this.inputs = new Map();
    this.tiles = Object.fromEntries(["total", "refused", "chats", "duplicates"].map((name) => [name, h("dd", null, "0")]));
    this.webhook = h("p", { class: "webhook" });
    const tile = (name, label) => h("div", null, h("dt", null, label), this.tiles[name]);
    root.append(
      h("header", null, h("h2", null, "Network weather"), iconButton("close", "Close the panel", onClose)),
      h("div", { class: "block" }, h("h3", null, "So far"),
        h("dl", { class: "tiles" }, tile("total", "Messages"), tile("refused", "Refused (429)"), tile("chats", "Chats reached"), tile("duplicates", "Chats with 2 or more")),
        h("div", { class: "presets" }, h("button", { type: "button", onclick: () => this.clear() }, "Delete all messages"))),
      h("div", { class: "block" }, h("h3", null, "Bot"), this.webhook),
      h("div", { class: "block" }, h("h3", null, "Bot API"),
        h("p", null, "Counts from the bot's next request. Without a number there is no limit."),
        h("div", { class: "presets", role: "group", "aria-label": "Presets" },
          Object.entries(PRESETS).map(([label, settings]) => h("button", { type: "button", onclick: () => this.change(settings) }, label))),
        FIELDS.map((field) => this.field(field))),
      h("div", { class: "block" }, h("h3", null, "Enough of this bot"),
        h("p", null, "Answers every message 429, with the time left as retry_after."),
        h("div", { class: "presets" }, [5, 30].map((s) => h("button", { type: "button", onclick: () => this.close(s) }, `For ${s} s`)))));
  }

  field({ name, label, max, step, least = 0, optional, plain }) {
    const id = `weather-${name}`;
    const input = h("input", { id, type: "number", min: plain ? null : 0, step: "any", placeholder: optional ? "none" : null, name });
    const range = plain ? null : h("input", { type: "range", min: 0, max, step, "aria-label": label, "aria-hidden": "true", tabindex: "-1" });
    this.inputs.set(name, { input, range });
    range?.addEventListener("input", () => (input.value = optional && Number(range.value) < least ? "" : range.value));
    for (const element of [input, range]) element?.addEventListener("change", () => this.change({ [name]: input.value === "" ? (optional ? null : 0) : Number(input.value) }));
    return h("div", { class: "weather" }, h("label", { for: id }, label), input, range);
  }

  async open() {
    this.isOpen = true;
    await attempt(async () => this.show(await api.settings()));
    await this.readBot();
  }

  async change(settings) {
    await attempt(async () => this.show(await api.change(settings)));
  }

  show(settings) {
    for (const [name, { input, range }] of this.inputs) {
      input.value = settings[name] ?? "";
      if (range) range.value = settings[name] ?? 0;
    }
  }

  count(totals) {
    for (const [name, element] of Object.entries(this.tiles)) element.textContent = number.format(totals[name]);
    this.tiles.refused.parentElement.classList.toggle("bad", totals.refused > 0);
    if (this.isOpen) this.readBot();
  }

  async readBot() {
    const bot = (await api.bot().catch(() => ({}))).bot;
    this.webhook.classList.toggle("bad", !bot?.webhook_url || Boolean(bot.last_error));
    this.webhook.textContent = !bot ? "No bot has called yet."
      : `@${bot.username}\n${bot.webhook_url ?? "no webhook"}\n${number.format(bot.pending_updates)} updates waiting${bot.last_error ? `\n${bot.last_error}` : ""}`;
  }

  async close(seconds) {
    await attempt(async () => {
      await api.close(seconds);
      toast(`Every message is answered 429 for ${seconds} s`);
    });
  }

  async clear() {
    const answer = await ask("Delete all messages?", h("p", null, "All chats are emptied, for everybody. The bot is not told."),
      [{ label: "Cancel", value: "" }, { label: "Delete", value: "delete", primary: true }]);
    if (answer === "delete") await attempt(() => api.clear());
  }
}
