import { api } from "../api.js";
import { h } from "../dom.js";
import { load } from "../ui.js";
import { telegramBubble } from "../telegram-bubble.js";

const languages = new Intl.DisplayNames(undefined, { type: "language" });

/** The message as a sample person gets it: what was frozen when the sending began, or the template as it is now before that. */
export function message(broadcast, signal) {
  const body = h("div", null);
  const language = h("span", null);
  load(body, () => read(broadcast, signal), (shown) => {
    language.textContent = shown.isOwn ? " in the template's own language" : shown.language ? ` in ${languages.of(shown.language)}` : "";
    return telegramBubble(shown.html, shown.cta_buttons);
  }, signal);
  return h("section", { class: "card" }, h("h2", null, "Message"), body, h("p", { class: "small muted" }, "As a sample person gets it", language, ". ",
    broadcast.template_version ? `Version ${broadcast.template_version} of its template.` : "Its template as it is now.", " ",
    h("a", { href: `#/templates/${broadcast.template_id}` }, "Template")));
}

// The API chooses among the translations of a template as it is now. An earlier version, which was sent before the template was
// changed, is shown in its own language.
async function read({ template_id: id, template_version: version, message_template: own }, signal) {
  const path = `v1/admin/templates/${id}`;
  const template = await api.get(version ? `${path}/versions/${version}` : path, signal);
  const isTranslated = own === null && Object.keys(template.translations).length > 0;
  if (isTranslated && (!version || await newest(path, signal) === version)) return api.post(`${path}/preview`, {}, { signal });
  const { html } = await api.post("v1/admin/templates/preview", { content: own ?? template.content }, { signal });
  return { html, cta_buttons: template.cta_buttons, isOwn: isTranslated };
}

async function newest(path, signal) {
  try {
    return (await api.get(path, signal)).version;
  } catch (error) {
    if (error.status === 404) return null; // deleted; its versions stay
    throw error;
  }
}
