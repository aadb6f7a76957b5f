import { api, query } from "../api.js";
import { combobox, selectBox } from "../controls.js";
import { h, iconButton, newId } from "../dom.js";
import { date } from "../format.js";
import { fields, kindOf, rowFor } from "./cohort-fields.js";

const units = [["m", "minutes"], ["h", "hours"], ["d", "days"], ["w", "weeks"]];

/**
 * One condition of a cohort: what, how, and a value. onchange gets the row that is to take its place when another field was chosen,
 * or nothing; suggestions maps a field to a datalist's id.
 */
export function cohortRow({ row, number, suggestions, onchange, onremove }) {
  const problem = h("p", { class: "problem", id: newId("problem"), hidden: true });
  const field = selectBox(Object.entries(fields).map(([name, { label }]) => [name, label]), row.field, {
    "aria-label": `Condition ${number}: field`, onchange: () => onchange(rowFor(field.value)),
  });
  const operator = selectBox(fields[row.field].operators.map(([name, label]) => [name, label]), row.operator, {
    "aria-label": `Condition ${number}: how`, onchange: () => {
      const before = kindOf(row);
      const changed = { ...row, operator: operator.value };
      if (kindOf(changed) !== before) changed.value = kindOf(changed) === "duration" ? "30d" : "";
      onchange(changed);
    },
  });
  const label = `Condition ${number}: value`;
  const set = (key) => (event) => {
    row[key] = event.target.value;
    onchange();
  };
  const text = (attributes) => h("input", { class: "input", "aria-label": label, "aria-describedby": problem.id, value: row.value, oninput: set("value"), ...attributes });

  function control() {
    switch (kindOf(row)) {
      case "none": return null;
      case "duration": return durationInput(row, label, problem.id, onchange);
      case "date": return [text({ type: /T/.test(row.value) ? "text" : "date" }), h("span", { class: "muted small" }, "UTC")];
      case "days": return [text({ type: "number", min: 1, max: 3650, inputmode: "numeric" }), h("span", null, "days")];
      case "percent": return [text({ type: "number", min: 0, max: 100, step: "any", inputmode: "decimal" }), h("span", null, "% of all people"),
        h("input", { class: "input", "aria-label": `Condition ${number}: seed`, placeholder: "seed (optional)", maxlength: 100, value: row.seed, oninput: set("seed") })];
      case "broadcast": return broadcastInput(row, label, problem.id, onchange);
      case "list": return text({ placeholder: "EU, US", list: suggestions[row.field] });
      default: return text({ maxlength: 256, list: suggestions[row.field] });
    }
  }

  const name = row.field === "attribute" && h("input", {
    class: "input", "aria-label": `Condition ${number}: name of the attribute`, placeholder: "name, such as plan", maxlength: 100, value: row.key, oninput: set("key"),
  });
  const element = h("li", { class: "cohort-row" }, h("div", { class: "cohort-cells" }, field, name, operator, control()),
    iconButton("trash", `Remove condition ${number}`, onremove), problem);
  return { element, problem(message) {
    problem.textContent = message ?? "";
    problem.hidden = !message;
    for (const input of element.querySelectorAll(".input:not(select)")) {
      if (message) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  } };
}

/** Whether the row has all that its condition needs; an unfinished one is not asked about yet. */
export function isComplete(row) {
  return (row.field !== "attribute" || row.key.trim() !== "") && (kindOf(row) === "none" || row.value.trim() !== "");
}

function durationInput(row, label, describedBy, onchange) {
  const [, amount, unit] = /^(\d+)([mhdw])$/.exec(row.value) ?? [null, "", "d"];
  const changed = () => {
    row.value = count.value === "" ? "" : count.value + size.value;
    onchange();
  };
  const count = h("input", { class: "input", type: "number", min: 1, inputmode: "numeric", "aria-label": label, "aria-describedby": describedBy, value: amount, oninput: changed });
  const size = selectBox(units, unit, { "aria-label": `${label}, unit`, onchange: changed });
  return [count, size];
}

function broadcastInput(row, label, describedBy, onchange) {
  const box = combobox({
    placeholder: "Choose a broadcast",
    search: async (text) => (await api.get(`v1/admin/broadcasts${query({ search: text, limit: 8 })}`)).items
      .map((b) => ({ value: b.id, label: b.title, detail: `${b.status}, ${date(b.sent_at ?? b.created_at)}` })),
    onchoose: ({ value, label: title }) => {
      row.value = value;
      row.label = title;
      onchange();
    },
  });
  box.input.setAttribute("aria-label", label);
  box.input.setAttribute("aria-describedby", describedBy);
  if (row.value) box.set(row.value, row.label ?? row.value);
  if (row.value && !row.label) {
    api.get(`v1/admin/broadcasts/${row.value}`).then((b) => {
      row.label = b.title;
      if (box.value === row.value) box.set(row.value, b.title);
    }, () => {}); // its id is shown instead, and the count says what is wrong with it
  }
  return box.element;
}
