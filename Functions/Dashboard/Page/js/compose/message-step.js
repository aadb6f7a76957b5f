import { api, query } from "../api.js";
import { combobox } from "../controls.js";
import { h } from "../dom.js";
import { field } from "../ui.js";
import { contentEditor } from "../template/content-editor.js";
import { livePreview } from "../template/preview.js";

/**
 * The template, with a text of this broadcast's own in its place if wanted.
 * @returns {{element: Element, preview: Element, showAs: (person: object) => void, template: object, text: object, templateId: () => string | null, ownText: () => string | null}}
 *   template and text: the fields
 */
export function messageStep({ template, ownText, onchange, signal }) {
  let chosen = template;
  let isOwn = ownText !== null;
  const box = combobox({
    placeholder: "Choose a template",
    search: async (text) => (await api.get(`v1/admin/templates${query({ search: text, limit: 10 })}`)).items
      .map((t) => ({ value: t.id, label: t.name, detail: t.category, template: t })),
    onchoose: (option) => {
      chosen = option.template;
      templateField.problem(null);
      show();
      onchange();
    },
  });
  if (template) box.set(template.id, template.name);
  const templateField = field("Template", box.input, null, box.element);
  const edit = h("a", { class: "small" }, "Edit the template");
  const text = contentEditor({ label: "Text of this broadcast", value: ownText ?? "", oninput: changed, hint: "In place of the template's text and its translations. The buttons stay the template's." });
  const toggle = h("input", { type: "checkbox", checked: isOwn, onchange: () => {
    isOwn = toggle.checked;
    // Most changes are small, so it begins with what is there.
    if (isOwn && !text.control.value) text.control.value = chosen?.content ?? "";
    changed();
    if (isOwn) text.control.focus();
  } });
  const preview = livePreview({ signal, onproblems: (messages) => text.problems(isOwn ? messages : []) });

  function changed() {
    show();
    onchange();
  }

  function show() {
    text.field.hidden = !isOwn;
    edit.hidden = !chosen;
    if (chosen) edit.href = `#/templates/${chosen.id}`;
    preview.show(isOwn ? text.control.value : chosen?.content ?? "", chosen?.cta_buttons ?? [], isOwn ? null : chosen?.id);
  }

  show();
  return {
    element: h("div", { class: "form" }, templateField.field, edit, h("label", { class: "check" }, toggle, h("span", null, "Write another text for this broadcast only")), text.field),
    preview: preview.element, showAs: preview.showAs, template: templateField, text,
    templateId: () => chosen?.id ?? null,
    ownText: () => (isOwn ? text.control.value : null),
  };
}
