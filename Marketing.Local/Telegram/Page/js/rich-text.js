import { h, icon } from "./dom.js";
import { toast } from "./notices.js";

// What Telegram finds by itself in a text: addresses, commands, mentions and hashtags.
const FOUND = /(https?:\/\/[^\s<>"]+[^\s<>".,!?;:)\]'])|(?<![\w/])(\/[A-Za-z0-9_]{1,32}(?:@\w+)?)|(?<![\w@])([@#][A-Za-z]\w{2,31})/g;
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const LITERAL = new Set(["pre", "code", "text_link", "url", "bot_command"]);

/**
 * A message's text with its entities (offsets in UTF-16 units, which is how JavaScript counts too).
 * `on` has link(url, isHidden, event), command(text), and `open`, the set of spoilers and quotes that the reader opened.
 */
export function richText(text, entities, on) {
  // Outer ones first; Telegram nests entities and never lets them overlap.
  const sorted = entities.map((e, index) => ({ ...e, index })).sort((a, b) => a.offset - b.offset || b.length - a.length);
  return nodes(text, sorted, 0, text.length, false, on);
}

function nodes(text, entities, from, to, literal, on) {
  const result = [];
  let at = from;
  const plain = (until, beforeBlock, afterBlock) => {
    let part = text.slice(at, until);
    // The block breaks the line already.
    if (afterBlock && part.startsWith("\n")) part = part.slice(1);
    if (beforeBlock && part.endsWith("\n")) part = part.slice(0, -1);
    if (part) result.push(...(literal ? [part] : found(part, on)));
  };
  let afterBlock = false;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i];
    if (entity.offset < at) continue;
    const end = Math.min(entity.offset + entity.length, to);
    const isBlock = BLOCKS.has(entity.type);
    plain(entity.offset, isBlock, afterBlock);
    const inner = entities.slice(i + 1).filter((e) => e.offset >= entity.offset && e.offset + e.length <= end);
    const isLiteral = literal || LITERAL.has(entity.type);
    result.push(styled(entity, text.slice(entity.offset, end), nodes(text, inner, entity.offset, end, isLiteral, on), on));
    at = end;
    afterBlock = isBlock;
  }
  plain(to, false, afterBlock);
  return result;
}

function styled(entity, text, children, on) {
  switch (entity.type) {
    case "bold": return h("b", null, children);
    case "italic": return h("i", null, children);
    case "underline": return h("u", null, children);
    case "strikethrough": return h("s", null, children);
    case "code": return h("code", null, children);
    case "pre": return pre(entity.language, text, children);
    case "spoiler": return spoiler(entity, children, on);
    case "blockquote": return h("span", { class: "quote", role: "blockquote" }, h("span", { class: "quote-text" }, children));
    case "expandable_blockquote": return foldedQuote(entity, children, on);
    case "text_link": return link(entity.url, children, on, true);
    case "url": return link(text, children, on, false);
    case "bot_command": return command(text, on);
    // The picture of a custom emoji is in Telegram's cloud; the text is the emoji that stands for it.
    case "custom_emoji": return h("span", { class: "custom-emoji", title: `custom emoji ${entity.custom_emoji_id}` }, children);
    default: return h("span", null, children);
  }
}

function found(part, on) {
  const result = [];
  let at = 0;
  for (const match of part.matchAll(FOUND)) {
    if (match.index > at) result.push(part.slice(at, match.index));
    const [text, url, name] = match;
    result.push(url ? link(url, [url], on, false) : name ? command(name, on) : h("span", { class: "tag" }, text));
    at = match.index + text.length;
  }
  if (at < part.length) result.push(part.slice(at));
  return result;
}

function link(url, children, on, isHidden) {
  const href = /^[a-z]+:/i.test(url) ? url : `http://${url}`;
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", onclick: (event) => on.link(href, isHidden, event) }, children);
}

const command = (text, on) => h("button", { type: "button", class: "command", onclick: () => on.command(text) }, text);

function spoiler(entity, children, on) {
  const key = `s${entity.index}`;
  const isShown = on.open.has(key);
  const element = h("span", { class: isShown ? "spoiler shown" : "spoiler", role: "button", tabindex: isShown ? null : "0", "aria-label": isShown ? null : "Hidden text" }, children);
  const show = (event) => {
    if (on.open.has(key)) return;
    event.preventDefault();
    event.stopPropagation();
    on.open.add(key);
    element.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) element.removeAttribute(name);
  };
  element.addEventListener("click", show, true);
  element.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && show(event));
  return element;
}

function foldedQuote(entity, children, on) {
  const key = `q${entity.index}`;
  const unfold = h("button", {
    type: "button", class: "unfold", "aria-label": "Show the whole quote", "aria-expanded": String(on.open.has(key)),
    onclick: () => {
      on.open[on.open.has(key) ? "delete" : "add"](key);
      quote.classList.toggle("folded", !on.open.has(key));
      unfold.setAttribute("aria-expanded", String(on.open.has(key)));
    },
  }, icon("down"));
  const quote = h("span", { class: on.open.has(key) ? "quote" : "quote folded", role: "blockquote" }, h("span", { class: "quote-text" }, children), unfold);
  return quote;
}

function pre(language, text, children) {
  const copy = h("button", {
    type: "button", "aria-label": "Copy", title: "Copy",
    onclick: async () => {
      await navigator.clipboard.writeText(text);
      toast("Copied");
    },
  }, icon("copy"));
  return h("span", { class: "pre" }, h("header", null, language || "code", copy), h("code", null, children));
}
