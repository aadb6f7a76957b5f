import { fill, h } from "../dom.js";
import { field } from "../ui.js";
import { contentEditor } from "./content-editor.js";

const languages = new Intl.DisplayNames(undefined, { type: "language" });

export function languageName(tag) {
  try {
    return languages.of(tag);
  } catch {
    return tag; // a tag of the right form that the browser knows no language for
  }
}

/**
 * A translation's text and the words of its buttons: {content, texts}, changed in place. texts maps a button to its words, so that
 * they stay with it wherever it moves.
 */
export function translationPanel(language, translation, buttons, onchange) {
  const content = contentEditor({ label: `Message in ${languageName(language)}`, value: translation.content, oninput: (event) => {
    translation.content = event.target.value;
    onchange();
  } });
  const words = h("div", { class: "form" });
  let fields = {};

  function draw() {
    fields = {};
    fill(words, buttons.length > 0 && h("h3", null, "Buttons"), buttons.map((button, index) => {
      const text = translation.texts.get(button) ?? { label: "", answer: "" };
      translation.texts.set(button, text);
      const input = (key, name, max) => {
        const f = field(name, h("input", { value: text[key] ?? "", maxlength: max, placeholder: button[key] ?? "", oninput: (event) => {
          text[key] = event.target.value;
          onchange();
        } }));
        fields[`/translations/${language}/cta_buttons/${index}/${key}`] = f;
        return f.field;
      };
      return h("div", { class: "row" }, input("label", `Label of button ${index + 1}`, 64), button.action === "callback" && input("answer", `Answer of button ${index + 1}`, 4096));
    }));
  }

  draw();
  return {
    element: h("div", { class: "form" }, content.field, words,
      buttons.length > 0 && h("p", { class: "muted small" }, "What is left empty keeps the template's own words.")),
    content, draw, fields: () => ({ [`/translations/${language}/content`]: content, ...fields }),
  };
}
