import { selectBox } from "../controls.js";
import { fill, h, newId } from "../dom.js";
import { field } from "../ui.js";

const Max = 16_384;
const marks = [["Bold", "<b>", "</b>", "B"], ["Italic", "<i>", "</i>", "I"], ["Underline", "<u>", "</u>", "U"], ["Spoiler", "<tg-spoiler>", "</tg-spoiler>", "Spoiler"]];
const fields = [
  ["first_name ?? \"there\"", "First name, or “there”"], ["last_name", "Last name"], ["username", "Username"], ["language", "Language"],
  ["user_tier", "Tier"], ["region", "Region"], ["last_trade_at | date.to_string \"%d %b %Y\"", "Day of the last trade"],
  ["created_at | date.to_string \"%d %b %Y\"", "Day they joined"], ["attributes.name_of_it", "An attribute…"],
];

/**
 * The text of a message with buttons that write Telegram's HTML and template fields for whoever does not know them.
 * @returns {{field: Element, control: HTMLTextAreaElement, problem: (text: string) => void, problems: (messages: string[]) => void}}
 */
export function contentEditor({ label, value, hint, oninput }) {
  const text = h("textarea", { class: "input content", rows: 10, maxlength: Max, spellcheck: "true", value, oninput });
  const mistakes = h("ul", { class: "mistakes", id: newId("mistakes"), "aria-live": "polite" });
  const f = field(label, text, hint ?? "Telegram's HTML, and {{ }} for what depends on the person.");

  function wrap(before, after, placeholder) {
    const { selectionStart: from, selectionEnd: to } = text;
    const inner = text.value.slice(from, to) || placeholder;
    insert(text, before + inner + after);
    text.setSelectionRange(from + before.length, from + before.length + inner.length);
  }

  const insertField = selectBox([["", "Insert a field…"], ...fields], "", { "aria-label": "Insert a field", onchange: () => {
    const path = insertField.value;
    insertField.value = "";
    text.focus();
    const start = text.selectionStart;
    insert(text, `{{ ${path} }}`);
    // The name of the attribute is for the person to write.
    if (path.endsWith("name_of_it")) text.setSelectionRange(start + "{{ attributes.".length, start + "{{ attributes.name_of_it".length);
  } });
  const tool = (name, content, onclick) => h("button", { type: "button", class: "button tool", "aria-label": name, title: name, onclick }, content);
  const toolbar = h("div", { class: "toolbar", role: "group", "aria-label": "Formatting" },
    marks.map(([name, before, after, sign]) => tool(name, h("span", { class: `tool-${name.toLowerCase()}` }, sign), () => wrap(before, after, name.toLowerCase()))),
    tool("Link", "Link", () => wrap("<a href=\"https://\">", "</a>", "link text")), insertField);
  f.field.insertBefore(toolbar, text);
  f.field.append(mistakes);

  return {
    ...f,
    problem: (message) => showMistakes(message ? message.split(/; (?=line \d+, column \d+:)/) : []),
    problems: showMistakes,
  };

  function showMistakes(messages) {
    fill(mistakes, messages.map((message) => h("li", null, mistake(text, message))));
    if (messages.length) text.setAttribute("aria-invalid", "true");
    else text.removeAttribute("aria-invalid");
    f.describe(mistakes.id);
  }
}

/** What is wrong, as a button that goes there when the message says where: "line 1, column 4: unknown field ...". */
function mistake(text, message) {
  const [, line, column] = /^line (\d+), column (\d+):/.exec(message) ?? [];
  if (!line) return h("span", { class: "problem" }, message);
  return h("button", { type: "button", class: "problem", title: "Go there", onclick: () => {
    const before = text.value.split("\n").slice(0, line - 1).join("\n");
    const at = Math.min(before.length + (line > 1 ? 1 : 0) + Number(column) - 1, text.value.length);
    text.focus();
    text.setSelectionRange(at, Math.min(at + 1, text.value.length));
  } }, message);
}

/** Types the text in for the person, so that the browser can undo it. */
function insert(text, value) {
  text.focus();
  if (document.execCommand("insertText", false, value)) return;
  text.setRangeText(value, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}
