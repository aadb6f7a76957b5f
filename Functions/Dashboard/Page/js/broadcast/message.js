import { api } from "../api.js";
import { h } from "../dom.js";
import { load } from "../ui.js";
import { telegramBubble } from "../telegram-bubble.js";

/** The message as a sample person gets it: what was frozen when the sending began, or the template as it is now before that. */
export function message(broadcast, signal) {
  const body = h("div", null);
  load(body, () => read(broadcast, signal), ({ html, buttons }) => telegramBubble(html, buttons), signal);
  return h("section", { class: "card" }, h("h2", null, "Message"), body, h("p", { class: "small muted" }, "As a sample person gets it. ",
    broadcast.template_version ? `Version ${broadcast.template_version} of its template.` : "Its template as it is now.", " ",
    h("a", { href: `#/templates/${broadcast.template_id}` }, "Template")));
}

async function read({ template_id: id, template_version: version, message_template: own }, signal) {
  const template = await api.get(version ? `v1/admin/templates/${id}/versions/${version}` : `v1/admin/templates/${id}`, signal);
  const { html } = await api.post("v1/admin/templates/preview", { content: own ?? template.content }, { signal });
  return { html, buttons: template.cta_buttons };
}
