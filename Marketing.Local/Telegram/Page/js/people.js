import { api } from "./api.js";
import { h } from "./dom.js";
import { ask, attempt } from "./notices.js";

const LANGUAGES = { en: "English", de: "German", es: "Spanish", fr: "French", it: "Italian", pt: "Portuguese", tr: "Turkish", uk: "Ukrainian", ar: "Arabic", ja: "Japanese" };

/** Asks for somebody new, who then writes /start, with the payload of the deep link they came by. Answers the chat, or null. */
export async function newPerson(asAdmin = false) {
  const field = (label, attributes) => {
    const input = h("input", { autocomplete: "off", ...attributes });
    return { input, element: h("label", { class: "field" }, label, input) };
  };
  const name = field("Name", { required: true, maxlength: "64", autofocus: true });
  const username = field("Username, if any", { pattern: "@?[A-Za-z0-9_]{3,32}", placeholder: "@name", title: "3 to 32 letters, digits and _" });
  const payload = field("Came by the link t.me/bot?start=", { pattern: "[A-Za-z0-9_\\-]{1,64}", placeholder: "payload, if any", title: "up to 64 letters, digits, _ and -" });
  const language = h("select", null, Object.entries(LANGUAGES).map(([code, text]) => h("option", { value: code }, `${text} (${code})`)));
  const admin = h("input", { type: "checkbox", checked: asAdmin });
  const answer = await ask("New person", [
    name.element, username.element, h("label", { class: "field" }, "Language of their Telegram", language), payload.element,
    h("label", { class: "field check" }, admin, "Mark as an administrator (who becomes one by /link CODE)"),
  ], [{ label: "Cancel", value: "" }, { label: "Write /start", value: "ok", primary: true }]);
  if (answer !== "ok") return null;

  return await attempt(async () => {
    const chat = await api.introduce({
      first_name: name.input.value.trim(), username: username.input.value.trim().replace(/^@/, "") || null,
      language_code: language.value, admin: admin.checked || null,
    });
    return { chat, text: payload.input.value ? `/start ${payload.input.value}` : "/start" };
  });
}
