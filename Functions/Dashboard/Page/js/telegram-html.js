import { h } from "./dom.js";

// What an answer's html may hold (docs/templates.md, "HTML"); the API has checked it.
const elements = {
  b: "b", strong: "b", i: "i", em: "i", u: "u", ins: "u", s: "s", strike: "s", del: "s", code: "code", pre: "pre", blockquote: "blockquote", a: "a",
};
const token = /<(\/?)([a-z-]+)((?:\s+[a-z-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*>|&(#x[0-9a-f]+|#[0-9]+|lt|gt|amp|quot);|[^<&]+|[<&]/gi;
const attribute = /([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi;
const named = { lt: "<", gt: ">", amp: "&", quot: "\"" };

/** Telegram's HTML as elements: read token by token, since the page's policy lets no parser make elements of a string. */
export function telegramHtml(html) {
  const root = document.createDocumentFragment();
  const open = [{ tag: null, element: root }];
  for (const [text, closing, tag, attributes, entity] of html.matchAll(token)) {
    const inner = open.at(-1);
    if (!tag) inner.element.append(entity ? character(entity) : text);
    else if (closing) {
      if (inner.tag === tag.toLowerCase()) open.pop();
    } else {
      const element = elementOf(tag.toLowerCase(), attributesOf(attributes));
      inner.element.append(element);
      open.push({ tag: tag.toLowerCase(), element });
    }
  }
  return root;
}

function attributesOf(text) {
  return Object.fromEntries([...text.matchAll(attribute)].map(([, name, a, b, c]) => [name.toLowerCase(), decoded(a ?? b ?? c ?? "")]));
}

function elementOf(tag, { href, class: name }) {
  if (tag === "tg-spoiler" || (tag === "span" && name === "tg-spoiler")) return spoiler();
  if (tag !== "a") return h(elements[tag] ?? "span");
  // An address that a browser would run or look up here is shown, and leads nowhere.
  return /^(https?|tg|mailto|tel):/i.test(href ?? "") ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }) : h("span", { class: "link-like" });
}

function spoiler() {
  const element = h("span", { class: "spoiler", role: "button", tabindex: "0", title: "Hidden until it is pressed" });
  const show = (event) => {
    if (event.key && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    element.classList.add("shown");
    for (const attributeName of ["role", "tabindex", "title"]) element.removeAttribute(attributeName);
  };
  element.addEventListener("click", show, { once: true });
  element.addEventListener("keydown", show);
  return element;
}

const decoded = (text) => text.replace(/&(#x[0-9a-f]+|#[0-9]+|lt|gt|amp|quot);/gi, (_, entity) => character(entity));

function character(entity) {
  if (entity[0] !== "#") return named[entity.toLowerCase()];
  const code = /^#x/i.test(entity) ? parseInt(entity.slice(2), 16) : parseInt(entity.slice(1), 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}
