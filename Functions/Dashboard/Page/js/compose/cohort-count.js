import { api } from "../api.js";
import { fill, h } from "../dom.js";
import { number } from "../format.js";
import { personName } from "../people-search.js";
import { errorText } from "../ui.js";

/** How many people a query reaches now, with some of them; onperson gets the one who was pressed. */
export function cohortCount({ onproblem, onsample, onperson, onchange, signal }) {
  const people = h("p", { class: "count", role: "status" });
  const sample = h("div", { class: "muted small sample" });
  let asked = 0;
  let count = null;

  function say(text) {
    count = null;
    people.textContent = text;
    fill(sample);
  }

  return {
    element: h("div", { class: "cohort-count" }, people, sample),
    count: () => count,
    /** Until the next count; with what is missing for one. */
    wait(text) {
      asked++;
      say(text ?? "Counting…");
    },
    async read(query) {
      const mine = ++asked;
      if (!query) return;
      try {
        const answer = await api.post("v1/admin/cohorts/preview", { cohort_query: query }, { signal });
        if (mine !== asked) return;
        count = answer.count;
        fill(people, h("strong", null, number(count)), ` ${count === 1 ? "person" : "people"} now`);
        fill(sample, answer.sample.length ? "Such as" : "Nobody would get it.", answer.sample.slice(0, 5).map((person) =>
          h("button", { type: "button", class: "button quiet", title: "Show the message as they get it", onclick: () => onperson(person) }, personName(person))));
        onsample(answer.sample);
      } catch (error) {
        if (mine !== asked || signal.aborted) return;
        const isQuery = error.status === 400 && Object.keys(error.errors).some((pointer) => pointer.startsWith("/cohort_query"));
        say(isQuery ? "The conditions cannot be counted as they are." : errorText(error));
        if (isQuery) onproblem(error.errors);
      }
      onchange();
    },
  };
}
