import { h, icon } from "./dom.js";
import { telegramHtml } from "./telegram-html.js";

/** A message with its buttons as a phone shows them. The buttons are pictures: nothing happens on a press. */
export function telegramBubble(html, buttons = []) {
  return h("div", { class: "telegram" },
    h("div", { class: "bubble" }, telegramHtml(html)),
    buttons.length > 0 && h("ul", { class: "bubble-buttons", "aria-label": "Buttons" },
      buttons.map(({ label, action }) => h("li", null, label || "…", action === "open" && icon("link")))));
}
