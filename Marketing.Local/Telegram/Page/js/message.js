import { h, icon } from "./dom.js";
import { richText } from "./rich-text.js";
import { full, time } from "./time.js";

const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|\p{Emoji_Modifier})*){1,3}$/u;

export const isOwn = (message) => message.method === "say";

/**
 * One message with its keyboard. `place` says where in a run of one side's messages it stands: {first, last}.
 * `ctx` has link, command, press(message, row, col), opened(message, row, col, url), and per message: open (spoilers),
 * waiting and followed (sets of "row:col").
 */
export function messageElement(message, place, ctx) {
  const own = isOwn(message);
  const rows = keyboardRows(message);
  const classes = ["message", own ? "out" : "in", place.first && "first", place.last && "last", rows.length && "keyed"];
  return h("article", { class: classes.filter(Boolean).join(" "), "data-message": message.message_id, "aria-label": own ? "You" : "Bot" },
    h("div", { class: "bubble" },
      message.photo && photo(message),
      message.text && h("div", { class: ONLY_EMOJI.test(message.text) ? "text jumbo" : "text", dir: "auto" },
        richText(message.text, message.entities, ctx), meta(message, own)),
      !message.text && meta(message, own)),
    rows.length > 0 && h("div", { class: "keyboard", role: "group", "aria-label": "Buttons" },
      rows.map((row, r) => h("div", { class: "key-row" }, row.map((button, c) => key(button, message, r, c, ctx))))));
}

export const keyboardRows = (message) => (message.reply_markup?.inline_keyboard ?? []).filter((row) => row.length > 0);

function meta(message, own) {
  return h("span", { class: "meta" }, message.edited && h("span", { class: "edited" }, "edited"),
    h("time", { title: full(message.date) }, time(message.date)), own && icon("checks"));
}

function photo(message) {
  const missing = () => h("span", { class: "photo photo-missing" }, icon("camera"), message.photo);
  if (!/^https?:/i.test(message.photo)) return missing();
  const image = h("img", { src: message.photo, alt: "Photo", loading: "lazy", onerror: () => frame.replaceWith(missing()) });
  const frame = h("span", { class: "photo" }, image);
  return frame;
}

// Telegram's own colours of buttons: core.telegram.org/bots/api#inlinekeyboardbutton
const STYLES = { danger: "danger", success: "success", primary: "primary-key" };

function key(button, message, row, col, ctx) {
  const at = `${row}:${col}`;
  const style = STYLES[button.style] ?? "";
  if (button.url) {
    const followed = ctx.followed.has(at);
    return h("a", {
      class: `key ${style} ${followed ? "opened" : ""}`, href: button.url, target: "_blank", rel: "noopener noreferrer",
      title: followed ? `${button.url} (opened)` : button.url, onclick: (event) => ctx.opened(message, at, button.url, event),
    }, button.text, icon(followed ? "check" : "link"), followed && h("span", { class: "unseen" }, "(opened)"));
  }

  const waiting = ctx.waiting.has(at);
  return h("button", {
    type: "button", class: `key ${style}`, "aria-busy": waiting ? "true" : null,
    onclick: () => (button.callback_data === undefined ? ctx.unknownKey(button) : ctx.press(message, row, col)),
  }, button.text, waiting && h("span", { class: "spinner" }));
}
