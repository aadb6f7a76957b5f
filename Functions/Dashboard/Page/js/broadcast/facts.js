import { cohortWords } from "../cohort-words.js";
import { h } from "../dom.js";
import { dateTime } from "../format.js";
import { session } from "../session.js";

/** What was set: who gets it, when, and what happens to messages of which nobody knows whether they arrived. */
export function facts(broadcast) {
  const zone = session.me.time_zone;
  const time = (at) => h("time", { datetime: at }, dateTime(at, zone), h("span", { class: "muted" }, ` ${zone}`));
  const fact = (name, content) => content && h("div", null, h("dt", null, name), h("dd", null, content));
  const words = cohortWords(broadcast.cohort_query);
  return h("section", { class: "card" }, h("h2", null, "Settings"), h("dl", { class: "facts-list" },
    fact("Who gets it", words ?? h("details", null, h("summary", null, "A query of its own"), h("pre", { class: "mono" }, JSON.stringify(broadcast.cohort_query, null, 2)))),
    fact("Scheduled for", broadcast.scheduled_at && time(broadcast.scheduled_at)),
    fact("Ended", broadcast.sent_at && time(broadcast.sent_at)),
    fact("Made", time(broadcast.created_at)),
    fact("If an answer is lost", broadcast.on_uncertain === "resend" ? "Sent again, perhaps twice" : "Not sent again"),
    fact("Approved", broadcast.approved_by && "By a second person")));
}
