import { fill, h, icon, iconButton, newId } from "../dom.js";
import { confirmDialog, field, openDialog } from "../ui.js";
import { buttonsEditor, buttonsOf } from "./buttons-editor.js";
import { contentEditor } from "./content-editor.js";
import { livePreview } from "./preview.js";
import { languageName, translationPanel } from "./translation-panel.js";

const Own = ""; // the tab of the template's own text

/** The form of a template, given as the API answers one, with its preview. onchange is called after each change. */
export function templateEditor({ template, categories, onchange, signal }) {
  const state = draftOf(template);
  const name = field("Name", h("input", { value: state.name, maxlength: 100, required: true, oninput: set("name") }));
  const listId = newId("categories");
  const category = field("Category", h("input", { value: state.category, maxlength: 50, list: listId, placeholder: "general", oninput: set("category") }));
  const content = contentEditor({ label: "Message", value: state.content, oninput: set("content") });
  const buttons = buttonsEditor(state.buttons, (isOther) => {
    if (isOther) for (const panel of panels.values()) panel.draw();
    changed();
  });
  const own = h("div", { class: "form" }, content.field, h("h3", null, "Buttons"), buttons.element);
  const panels = new Map();
  const tabs = h("div", { class: "choices", role: "tablist", "aria-label": "Languages", onkeydown: walk });
  const panel = h("div", { role: "tabpanel", id: newId("panel") });
  let shown = Own;
  const preview = livePreview({ signal, onproblems: (messages) => (shown === Own ? content : panels.get(shown).content).problems(messages) });
  const addLanguage = h("button", { type: "button", class: "button quiet", onclick: askLanguage }, icon("plus"), "Add a language");
  const removeLanguage = iconButton("trash", "Remove this language", async () => {
    const isSure = await confirmDialog({
      title: `Remove ${languageName(shown)}?`, text: "Its text and the words of its buttons go with it, once you save.", confirm: "Remove", danger: true,
    });
    if (!isSure) return;
    state.translations.delete(shown);
    panels.delete(shown);
    show(Own);
    changed();
  });

  function set(key) {
    return (event) => {
      state[key] = event.target.value;
      changed();
    };
  }

  function changed() {
    updatePreview();
    onchange();
  }

  function updatePreview() {
    const translation = state.translations.get(shown);
    preview.show(translation ? translation.content : state.content,
      state.buttons.map((b) => ({ ...b, label: translation?.texts.get(b)?.label || b.label })));
  }

  function panelOf(language) {
    if (!panels.has(language)) panels.set(language, translationPanel(language, state.translations.get(language), state.buttons, changed));
    return panels.get(language);
  }

  function show(language) {
    shown = language;
    fill(tabs, [Own, ...state.translations.keys()].map((l) => h("button", {
      type: "button", role: "tab", "aria-selected": String(l === shown), "aria-controls": panel.id, tabindex: l === shown ? "0" : "-1", onclick: () => show(l),
    }, l === Own ? "Everybody else" : languageName(l))));
    tabs.hidden = state.translations.size === 0;
    removeLanguage.hidden = shown === Own;
    fill(panel, shown === Own ? own : panelOf(shown).element);
    updatePreview();
  }

  function walk(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const all = [Own, ...state.translations.keys()];
    show(all[(all.indexOf(shown) + by + all.length) % all.length]);
    tabs.querySelector("[aria-selected=true]").focus();
  }

  async function askLanguage() {
    const language = await openDialog("Add a language", (close) => languageForm([...state.translations.keys()], close));
    if (!language) return;
    // Beginning with the template's own text is easier than with none.
    state.translations.set(language, { content: state.content, texts: new Map() });
    show(language);
    changed();
    panelOf(language).content.control.focus();
  }

  for (const language of state.translations.keys()) panelOf(language);
  show(Own);
  return {
    name, preview: preview.element,
    element: h("div", { class: "form" },
      h("div", { class: "row" }, name.field, category.field, h("datalist", { id: listId }, categories.map((value) => h("option", { value })))),
      h("div", { class: "language-bar" }, tabs, removeLanguage, addLanguage), panel),
    value: () => ({
      name: state.name, category: state.category || null, content: state.content, cta_buttons: buttonsOf(state.buttons),
      translations: Object.fromEntries([...state.translations].map(([language, t]) => [language, {
        content: t.content, cta_buttons: wordsOf(state.buttons, t.texts),
      }])),
    }),
    /** The fields by JSON pointer, with the language shown that the first of these errors is in. */
    fieldsOf(errors) {
      const [, language] = /^\/translations\/([^/]+)/.exec(Object.keys(errors)[0] ?? "") ?? [];
      show(state.translations.has(language) ? language : Own);
      const all = { "/name": name, "/category": category, "/content": content, ...buttons.fields() };
      for (const p of panels.values()) Object.assign(all, p.fields());
      return all;
    },
  };
}

function draftOf(template) {
  const buttons = template.cta_buttons.map((b) => ({ ...b }));
  return {
    name: template.name, category: template.category, content: template.content, buttons,
    translations: new Map(Object.entries(template.translations).map(([language, t]) => [language, {
      content: t.content, texts: new Map(t.cta_buttons.map((text, i) => [buttons[i], { ...text }])),
    }])),
  };
}

function wordsOf(buttons, texts) {
  const words = buttons.map((button) => ({
    label: texts.get(button)?.label || null, answer: (button.action === "callback" && texts.get(button)?.answer) || null,
  }));
  return words.some((w) => w.label || w.answer) ? words : [];
}

function languageForm(taken, close) {
  const tag = field("Language", h("input", { placeholder: "de, pt-br, …", spellcheck: "false", autocomplete: "off" }), "Its tag, as Telegram and your import write it.");
  return h("form", { class: "form", onsubmit: (event) => {
    event.preventDefault();
    const value = tag.control.value.trim().replaceAll("_", "-").toLowerCase();
    const isTag = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/.test(value) && value.length <= 35;
    tag.problem(!isTag ? "Write a tag such as de or pt-br." : taken.includes(value) ? "This language is there already." : null);
    if (!isTag || taken.includes(value)) return tag.control.focus();
    close(value);
  } }, tag.field, h("div", { class: "actions" },
    h("button", { type: "button", class: "button", onclick: () => close(null) }, "Not now"), h("button", { class: "button primary" }, "Add")));
}
