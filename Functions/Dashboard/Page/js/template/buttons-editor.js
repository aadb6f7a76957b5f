import { selectBox } from "../controls.js";
import { fill, h, icon, iconButton } from "../dom.js";
import { field } from "../ui.js";

const Max = 10;
const actions = [["open", "Opens a web page"], ["callback", "Is answered in the chat"], ["unsubscribe", "Stops all messages"]];

/**
 * The buttons below a message: [{id, label, action, url, answer}], changed in place. onchange is called after each change, with
 * true when a button came, went or moved.
 * @returns {{element: Element, draw: () => void, fields: () => Object<string, object>}} fields by JSON pointer
 */
export function buttonsEditor(buttons, onchange) {
  const list = h("ol", { class: "button-list" });
  const add = h("button", { type: "button", class: "button", onclick: () => {
    buttons.push({ id: null, label: "", action: "open", url: "", answer: "" });
    changed(buttons.length - 1, ".input");
  } }, icon("plus"), "Add a button");
  const limit = h("p", { class: "muted small" }, `A message has at most ${Max} buttons.`);
  let fields = {};

  function changed(index, selector) {
    draw();
    onchange(true);
    (list.children[index]?.querySelector(selector) ?? add).focus();
  }

  function move(index, by) {
    const to = index + by;
    [buttons[index], buttons[to]] = [buttons[to], buttons[index]];
    const isAtEnd = to === 0 || to === buttons.length - 1;
    // The focus goes along with the button; at the end its own arrow is off, so to the other one.
    changed(to, `[data-move="${isAtEnd ? -by : by}"]`);
  }

  function row(button, index) {
    const name = `Button ${index + 1}`;
    const set = (key) => (event) => {
      button[key] = event.target.value;
      onchange(false);
    };
    const label = field("Label", h("input", { value: button.label, maxlength: 64, oninput: set("label") }));
    const action = field("When pressed", selectBox(actions, button.action, { onchange: (event) => {
      button.action = event.target.value;
      changed(index, "select");
    } }));
    const url = button.action !== "unsubscribe" && field(button.action === "open" ? "Address" : "Address to send, if any",
      h("input", { type: "url", inputmode: "url", value: button.url ?? "", maxlength: 2048, placeholder: "https://", spellcheck: "false", oninput: set("url") }));
    const answer = button.action === "callback" && field("Answer in the chat",
      h("textarea", { class: "input", rows: 2, value: button.answer ?? "", maxlength: 4096, oninput: set("answer") }));
    Object.assign(fields, { [`/cta_buttons/${index}/label`]: label, [`/cta_buttons/${index}/action`]: action, [`/cta_buttons/${index}`]: label });
    if (url) fields[`/cta_buttons/${index}/url`] = url;
    if (answer) fields[`/cta_buttons/${index}/answer`] = answer;
    const arrow = (by, text, isOff) => h("button", {
      type: "button", class: "icon-button", "aria-label": `Move ${name} ${text}`, title: `Move ${text}`, disabled: isOff, "data-move": String(by), onclick: () => move(index, by),
    }, icon(by < 0 ? "up" : "down"));
    return h("li", null, h("fieldset", null, h("legend", { class: "unseen" }, name),
      h("div", { class: "button-tools" }, h("span", { class: "muted small" }, name),
        arrow(-1, "up", index === 0), arrow(1, "down", index === buttons.length - 1),
        iconButton("trash", `Remove ${name}`, () => {
          buttons.splice(index, 1);
          changed(Math.min(index, buttons.length - 1), ".input");
        })),
      h("div", { class: "row" }, label.field, action.field), url && url.field, answer && answer.field));
  }

  function draw() {
    fields = {};
    fill(list, buttons.map(row));
    add.hidden = buttons.length >= Max;
    limit.hidden = !add.hidden;
  }

  draw();
  return { element: h("div", { class: "form" }, list, h("div", null, add, limit)), draw, fields: () => fields };
}

/** What the API takes: no empty texts, and nothing that the action has no use for. */
export function buttonsOf(buttons) {
  return buttons.map(({ id, label, action, url, answer }) => ({
    id, label, action,
    url: action !== "unsubscribe" && url ? url : null,
    answer: action === "callback" && answer ? answer : null,
  }));
}
