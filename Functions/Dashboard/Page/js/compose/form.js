import { selectBox } from "../controls.js";
import { h } from "../dom.js";
import { session } from "../session.js";
import { field } from "../ui.js";
import { cohortBuilder } from "./cohort-builder.js";
import { messageStep } from "./message-step.js";
import { testStep } from "./test-step.js";
import { whenStep } from "./when.js";

const uncertain = [["keep", "Leave it: nobody gets it twice"], ["resend", "Send it again: somebody may get it twice"]];

/**
 * All that makes a broadcast, from one as the API answers it (what it lacks is empty). saved: see test-step.js.
 * @returns elements: the steps, with the preview; body(scheduledAt): what the API takes; isMissing(): tells at its place what is not there
 *   yet; when: null for a role that does not send
 */
export function broadcastForm({ broadcast, template, onchange, saved, signal }) {
  const title = field("Title", h("input", { value: broadcast.title ?? "", maxlength: 200, required: true, oninput: onchange }), "For you and your team; nobody else sees it.");
  const message = messageStep({ template, ownText: broadcast.message_template ?? null, onchange, signal });
  const cohort = cohortBuilder({ query: broadcast.cohort_query ?? {}, onchange, onperson: message.showAs, signal });
  const when = session.may("send") && whenStep(broadcast.scheduled_at, onchange);
  const onUncertain = field("If Telegram gives no answer, a message may or may not have arrived", selectBox(uncertain, broadcast.on_uncertain ?? "keep", { onchange }));
  const fields = { "/title": title, "/template_id": message.template, "/message_template": message.text, "/on_uncertain": onUncertain };
  if (when) fields["/scheduled_at"] = when.field;

  return {
    title, when, fields, count: cohort.count, query: cohort.query, cohortProblem: cohort.problem,
    elements: [
      step(1, "Message", title.field, message.element),
      message.preview,
      step(2, "Audience", cohort.element),
      when && step(3, "When", when.element),
      step(when ? 4 : 3, "Options", onUncertain.field),
      session.may("send") && step(5, "Try it first", testStep(saved)),
    ],
    body: (scheduledAt) => ({
      title: title.control.value.trim(), template_id: message.templateId(), cohort_query: cohort.query(),
      message_template: message.ownText(), scheduled_at: scheduledAt?.toISOString() ?? null, on_uncertain: onUncertain.control.value,
    }),
    /** Says at its place what is not there yet; true when something is not. */
    isMissing() {
      const missing = [
        [title, title.control.value.trim() ? null : "Give it a title."], [message.template, message.templateId() ? null : "Choose a template."],
        [message.text, message.ownText() === null || message.ownText().trim() ? null : "Write the text, or leave the template's."],
      ];
      for (const [f, problem] of missing) if (problem || f !== message.text) f.problem(problem);
      const first = missing.find(([, problem]) => problem);
      first?.[0].control.focus();
      if (first) return true;
      if (cohort.query()) return false;
      return cohort.problem({ "/cohort_query": ["Finish the conditions, or remove the ones you do not need."] });
    },
  };
}

function step(number, heading, ...content) {
  return h("section", { class: "card step" }, h("h2", null, h("span", { class: "step-number", "aria-hidden": "true" }, number), heading), h("div", { class: "form" }, content));
}
