import { api } from "../api.js";
import { combobox, debounce } from "../controls.js";
import { fill, h } from "../dom.js";
import { number } from "../format.js";
import { personName, searchPeople } from "../people-search.js";
import { telegramBubble } from "../telegram-bubble.js";
import { choices, errorText, field } from "../ui.js";

const persons = { sample: {}, nobody: { sample: {} } };

/**
 * A text as one person would get it, kept up to date while it is written. onproblems gets what is wrong with the text, with line
 * and column, and an empty list when nothing is.
 * @returns {{element: Element, showAs: (person: object) => void, show: (content: string, buttons: {label: string, action: string}[], template?: string) => void}}
 *   show: with the id of a template whose text this is, the person's language chooses among its translations
 */
export function livePreview({ onproblems, signal, heading = "Preview" }) {
  const bubble = h("div", { class: "preview-bubble", "aria-live": "polite", "aria-busy": "false" });
  const length = h("p", { class: "muted small preview-length" });
  const notice = h("p", { class: "notice warn", hidden: true });
  let person = persons.sample;
  let wanted = { content: "", buttons: [], template: null };
  let rendered = null;
  let asked = 0;

  function draw() {
    if (!wanted.content.trim()) fill(bubble, h("p", { class: "muted" }, "The message appears here."));
    else if (rendered) fill(bubble, telegramBubble(rendered.html, rendered.cta_buttons ?? wanted.buttons));
    length.textContent = rendered && wanted.content.trim() ? `${number(rendered.length)} of ${number(rendered.max_length)} characters` : "";
    length.classList.toggle("near-limit", Boolean(rendered) && rendered.length > rendered.max_length * 0.9);
  }

  function say(text) {
    notice.textContent = text ?? "";
    notice.hidden = !text;
    bubble.classList.toggle("stale", Boolean(text));
  }

  async function read() {
    const mine = ++asked;
    const { content, template } = wanted;
    if (!content.trim()) {
      rendered = null;
      say(null);
      onproblems([]);
      return draw();
    }
    bubble.setAttribute("aria-busy", "true");
    try {
      const answer = template
        ? await api.post(`v1/admin/templates/${template}/preview`, person, { signal })
        : await api.post("v1/admin/templates/preview", { content, ...person }, { signal });
      if (mine !== asked) return;
      rendered = answer;
      say(null);
      onproblems([]);
      draw();
    } catch (error) {
      if (mine !== asked || signal.aborted) return;
      const problems = error.errors?.["/content"];
      onproblems(problems ?? []);
      say(problems ? "This text cannot be sent yet. The preview shows it as it was before." : errorText(error));
    }
    bubble.setAttribute("aria-busy", "false");
  }

  const readSoon = debounce(350, read);
  const picker = personPicker((chosen) => {
    person = chosen;
    read();
  });
  return {
    element: h("section", { class: "card preview", "aria-label": heading }, h("h2", null, heading), picker.element, bubble, notice, length),
    showAs: picker.choose,
    show(content, buttons, template = null) {
      const isSameText = content === wanted.content && template === wanted.template;
      wanted = { content, buttons, template };
      if (isSameText) draw();
      else readSoon();
    },
  };
}

/** Whose fields the message is shown with; choose(person) chooses somebody of the audience and goes there. */
function personPicker(onchange) {
  const box = combobox({ search: searchPeople, placeholder: "Name, @username or Telegram id", onchoose: ({ value }) => onchange({ user_id: value }) });
  const someone = field("Who", box.input, null, box.element);
  someone.field.hidden = true;
  const kinds = choices("Show it as", [["sample", "Sample"], ["nobody", "No fields"], ["someone", "Somebody…"]], "sample", (kind) => {
    someone.field.hidden = kind !== "someone";
    if (kind === "someone") box.input.focus();
    if (kind !== "someone" || box.value) onchange(kind === "someone" ? { user_id: box.value } : persons[kind]);
  });
  return {
    element: h("div", { class: "preview-person" }, kinds, someone.field),
    choose(person) {
      box.set(person.id, personName(person));
      kinds.lastElementChild.click();
    },
  };
}
