import { api } from "../api.js";
import { debounce } from "../controls.js";
import { fill, h, icon, newId } from "../dom.js";
import { choices } from "../ui.js";
import { cohortCount } from "./cohort-count.js";
import { queryOf, rowsOf } from "./cohort-query.js";
import { rowFor } from "./cohort-fields.js";
import { cohortRow, isComplete } from "./cohort-row.js";
import { savedCohorts } from "./saved-cohorts.js";

/**
 * Who a broadcast goes to: conditions joined by all or any, or the query as JSON for what these cannot say; the count beside it, with
 * some of the people, of whom onperson gets the one who was pressed.
 * @returns {{element: Element, query: () => object | null, count: () => number | null, problem: (errors: object) => boolean}}
 *   query: null while it is unfinished or not JSON; problem: shows those of an answer's errors that are the query's, and goes there; true when there was one
 */
export function cohortBuilder({ query, onchange, onperson, signal }) {
  let { rows, mode } = rowsOf(query) ?? { rows: null, mode: "all" };
  let json = JSON.stringify(query, null, 2);
  let view = rows ? "rows" : "json";
  let drawn = [];
  const suggestions = suggestionLists();
  const body = h("div", { class: "form" });
  const tabs = h("div");
  const general = h("p", { class: "problem", role: "alert", hidden: true });
  const counter = cohortCount({ signal, onproblem: showProblems, onsample: suggestions.learn, onperson, onchange });
  const countSoon = debounce(350, () => counter.read(current()));
  const saved = savedCohorts({ current, signal, take: (chosen) => {
    ({ rows, mode } = rowsOf(chosen) ?? { rows: null, mode: "all" });
    json = JSON.stringify(chosen, null, 2);
    view = rows ? "rows" : "json";
    draw();
    changed();
  } });

  /** The query as it stands; null while a condition is unfinished or the JSON is none. */
  function current() {
    if (view === "rows") return rows.every(isComplete) ? queryOf(rows, mode).query : null;
    try {
      const value = JSON.parse(json);
      return value && typeof value === "object" && !Array.isArray(value) ? value : null;
    } catch {
      return null;
    }
  }

  function changed() {
    showProblems({});
    counter.wait(current() ? null : view === "rows" ? "Finish the conditions to see how many people they reach." : "This is not a JSON object yet.");
    saved.compare();
    onchange();
    countSoon();
  }

  function showProblems(errors) {
    const { pointers } = view === "rows" ? queryOf(rows, mode) : { pointers: [] };
    const rest = [];
    const byRow = new Map();
    for (const [pointer, messages] of Object.entries(errors)) {
      const at = pointers.findIndex((p) => pointer === p || pointer.startsWith(`${p}/`));
      const where = pointer.replace(/^\/cohort_query\/?/, "");
      if (at < 0) rest.push(`${where && `${where}: `}${messages.join("; ")}`);
      else byRow.set(at, [...byRow.get(at) ?? [], ...messages]);
    }
    for (const [i, row] of drawn.entries()) row.problem(byRow.get(i)?.join("; "));
    general.textContent = rest.join(". ");
    general.hidden = !rest.length;
  }

  function drawRows() {
    drawn = rows.map((row, index) => cohortRow({
      row, number: index + 1, suggestions: suggestions.ids,
      onchange: (other) => {
        if (other) {
          rows[index] = other;
          draw();
          // The same control of the new row, since the old one is gone.
          body.querySelectorAll(".cohort-row")[index].querySelectorAll("select")[other.field === row.field ? 1 : 0].focus();
        }
        changed();
      },
      onremove: () => {
        rows.splice(index, 1);
        draw();
        changed();
        (body.querySelectorAll(".cohort-row select")[0] ?? add).focus();
      },
    }));
    fill(body,
      rows.length > 1 && h("div", { class: "joined" }, h("span", null, "People for whom"),
        choices("Joined by", [["all", "all"], ["any", "any"]], mode, (value) => {
          mode = value;
          changed();
        }), h("span", null, "of these hold:")),
      rows.length ? h("ol", { class: "cohort-rows" }, drawn.map((r) => r.element)) : h("p", null, "Everyone the bot can reach."), h("div", null, add));
  }

  const add = h("button", { type: "button", class: "button", onclick: () => {
    rows.push(rowFor("user_tier"));
    draw();
    changed();
    body.querySelector(".cohort-row:last-child select").focus();
  } }, icon("plus"), "Add a condition");

  function drawJson() {
    drawn = [];
    fill(body, h("div", { class: "field" },
      h("textarea", { class: "input content", rows: 8, "aria-label": "Cohort query as JSON", spellcheck: "false", value: json, oninput: (event) => {
        json = event.target.value;
        changed();
      } }),
      h("p", { class: "hint" }, "Groups nest: {\"any\": [{\"region\": \"EU\"}, {\"all\": [...]}]}, {\"not\": {...}}.")));
  }

  function change(to) {
    if (to === "json" && rows) json = JSON.stringify(queryOf(rows, mode).query, null, 2);
    if (to === "rows") {
      const query = current();
      const found = query && rowsOf(query);
      if (!found) {
        general.textContent = query ? "These nested groups cannot be shown as conditions; edit them here." : "This is not a JSON object.";
        general.hidden = false;
        return draw();
      }
      ({ rows, mode } = found);
    }
    view = to;
    draw();
    changed();
  }

  function draw() {
    fill(tabs, choices("Edit as", [["rows", "Conditions"], ["json", "As JSON"]], view, change));
    if (view === "rows") drawRows();
    else drawJson();
  }

  draw();
  counter.read(current());
  saved.compare();
  const element = h("div", { class: "form" }, h("div", { class: "cohort-head" }, saved.element, tabs), body, general, counter.element, suggestions.element);
  return {
    element,
    query: current,
    count: counter.count,
    problem(errors) {
      const mine = Object.fromEntries(Object.entries(errors).filter(([pointer]) => pointer.startsWith("/cohort_query")));
      if (!Object.keys(mine).length) return false;
      showProblems(mine);
      element.scrollIntoView({ block: "center" });
      return true;
    },
  };
}

/** What people of the samples have in these fields, to choose from while writing. */
function suggestionLists() {
  const seen = { user_tier: new Set(), region: new Set(), language: new Set() };
  const lists = Object.fromEntries(Object.keys(seen).map((name) => [name, h("datalist", { id: newId("seen") })]));
  const learn = (people) => {
    for (const [name, values] of Object.entries(seen)) {
      for (const person of people) if (person[name]) values.add(person[name]);
      fill(lists[name], [...values].sort().map((value) => h("option", { value })));
    }
  };
  // Suggestions only: without them the values are typed.
  api.get("v1/admin/audience/users?limit=200").then(({ items }) => learn(items), () => {});
  return { element: h("div", { hidden: true }, Object.values(lists)), ids: Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.id])), learn };
}
