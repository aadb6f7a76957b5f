import { fill, h, newId } from "./dom.js";
import { busy, errorText } from "./ui.js";

/** A select with [[value, label], ...]. */
export function selectBox(options, value, attributes) {
  const select = h("select", { class: "input", ...attributes }, options.map(([v, label]) => h("option", { value: v }, label)));
  select.value = value;
  return select;
}

/** Views of one page as links, for an address of each: [[path, label], ...]. */
export function viewLinks(label, links, current) {
  return h("nav", { class: "choices views", "aria-label": label },
    links.map(([href, text]) => h("a", { href, "aria-current": href === current ? "page" : null }, text)));
}

/** Calls action so many milliseconds after the last call. */
export function debounce(milliseconds, action) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}

/**
 * Rows that come page by page: read(cursor) answers {items, next_cursor}, draw(items) makes their elements. The first page is
 * given; further ones come with a button.
 */
export function morePages(body, first, read, draw) {
  let cursor = first.next_cursor;
  body.append(...draw(first.items));
  const button = h("button", { type: "button", class: "button", onclick: () => busy(button, async () => {
    const next = await read(cursor);
    cursor = next.next_cursor;
    body.append(...draw(next.items));
    more.hidden = !cursor;
  }) }, "Show more");
  const more = h("div", { class: "actions more" }, button);
  more.hidden = !cursor;
  return more;
}

/** Puts the text on the clipboard and says so on the button. */
export function copyButton(text, label = "Copy") {
  const button = h("button", { type: "button", class: "button", onclick: async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // A browser may refuse (no secure context, no permission); the text stands beside the button to be selected.
      button.textContent = "Select and copy it by hand";
    }
    setTimeout(() => button.textContent = label, 2500);
  } }, label);
  return button;
}

/**
 * A field to search in and choose from (WAI-ARIA combobox with a listbox): search(text) answers [{value, label, detail}].
 * set(value, label) chooses without calling onchoose; value is what was chosen, null for nothing.
 */
export function combobox({ search, onchoose, placeholder, wait = 250 }) {
  const listId = newId("list");
  const list = h("ul", { class: "listbox", role: "listbox", id: listId, hidden: true });
  const input = h("input", {
    class: "input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder,
    "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list",
  });
  const element = h("div", { class: "combobox" }, input, list);
  let options = [];
  let at = -1;
  let shown = "";
  let asked = 0;
  let isBehind = false; // the list is that of an earlier text
  const box = { element, input, value: null, set };

  function set(value, label) {
    box.value = value;
    shown = label ?? "";
    input.value = shown;
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) input.removeAttribute("aria-activedescendant");
  }

  // Nothing that is still to be found opens the list again.
  function close() {
    asked++;
    isBehind = false;
    open(false);
  }

  function mark(index) {
    at = index;
    for (const [i, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(i === at));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function choose(option) {
    set(option.value, option.label);
    close();
    onchoose?.(option);
  }

  async function find() {
    const mine = ++asked;
    let found = [];
    let note = null;
    try {
      found = await search(input.value === shown ? "" : input.value.trim());
    } catch (error) {
      note = errorText(error);
    }
    if (mine !== asked || document.activeElement !== input) return;
    isBehind = false;
    options = found;
    fill(list, options.map((option) => h("li", {
      role: "option", id: newId("option"), "aria-selected": "false",
      // Before the field loses the focus, and with it the list.
      onmousedown: (event) => event.preventDefault(),
      onclick: () => choose(option),
    }, h("span", null, option.label), option.detail && h("span", { class: "muted small" }, option.detail))));
    if (!options.length) list.append(h("li", { class: "muted", role: "option", "aria-disabled": "true", id: newId("option") }, note ?? "Nothing found"));
    open(true);
    mark(options.length && input.value !== shown ? 0 : -1);
  }

  const findSoon = debounce(wait, () => isBehind && find());
  input.addEventListener("input", () => {
    asked++;
    isBehind = true;
    mark(-1);
    findSoon();
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => list.hidden && find());
  input.addEventListener("blur", () => {
    close();
    // What was typed and not chosen is not the choice.
    input.value = shown;
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden || isBehind) find();
      else if (options.length) mark(event.key === "ArrowDown" ? (at + 1) % options.length : (at <= 0 ? options.length : at) - 1);
    } else if (event.key === "Enter" && (isBehind || !list.hidden)) {
      event.preventDefault();
      // Nobody has seen yet what this text finds.
      if (isBehind) find();
      else if (at >= 0) choose(options[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
      input.value = shown;
    }
  });
  return box;
}
