import { api } from "../api.js";
import { fill, h, icon } from "../dom.js";
import { busy, field } from "../ui.js";

const Max = 10;

/** Sends the message to a few chats before everybody gets it. saved() saves the broadcast and answers its id, or null when it cannot. */
export function testStep(saved) {
  const chats = field("Chat ids", h("input", { autocomplete: "off", placeholder: "100000001, 100000002" }),
    `Up to ${Max}, with commas between. The draft is saved first; nothing is counted in its numbers.`);
  const results = h("div", { role: "status" });
  const submit = h("button", { class: "button" }, icon("send"), "Send a test");
  return h("form", { class: "form", onsubmit: (event) => {
    event.preventDefault();
    const ids = chats.control.value.split(/[\s,;]+/).filter(Boolean);
    const wrong = ids.find((id) => !/^-?\d{1,15}$/.test(id));
    const problem = wrong ? `“${wrong}” is not a chat id: those are whole numbers.` : !ids.length ? "Give at least one chat id." : ids.length > Max ? `At most ${Max} at once.` : null;
    chats.problem(problem);
    if (problem) return chats.control.focus();
    busy(submit, async () => {
      fill(results);
      const id = await saved();
      if (!id) return;
      const answer = await api.post(`v1/admin/broadcasts/${id}/test`, { chat_ids: ids.map(Number) });
      fill(results, h("ul", { class: "lines" }, answer.results.map(({ chat_id: chat, outcome }) => h("li", null, h("span", { class: "mono" }, String(chat)),
        h("span", { class: outcome === "sent" ? "badge good" : "badge bad" }, outcome === "sent" ? "Sent" : "Not sent"),
        outcome !== "sent" && h("span", { class: "small" }, outcome)))));
    });
  } }, chats.field, h("div", null, submit), results);
}
