import { api } from "../api.js";
import { fill, h } from "../dom.js";
import { session } from "../session.js";
import { actionButton, busy, confirmDialog, errorText, field, openDialog, showProblems, toast } from "../ui.js";

/** The same text for queries that differ in the order of their keys alone, which the database does not keep. */
function canonical(query) {
  return JSON.stringify(query, (_, value) => (value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, value[key]])) : value));
}

/** Cohorts under a name: to take one, and to save the current query as one. */
export function savedCohorts({ current, take, signal }) {
  const select = h("select", { class: "input", "aria-label": "Saved cohort", onchange: () => {
    const cohort = cohorts.find((c) => c.id === select.value);
    if (cohort) take(cohort.cohort_query);
  } });
  const save = actionButton({ class: "button quiet" }, "Save this cohort…", () => openDialog("Save this cohort", nameForm));
  const remove = actionButton({ class: "button quiet" }, "Delete it", drop);
  let cohorts = [];
  read();

  async function read(chosen) {
    try {
      cohorts = (await api.get("v1/admin/cohorts", signal)).items;
    } catch (error) {
      if (!signal.aborted) fill(select, h("option", { value: "" }, `Saved cohorts: ${errorText(error)}`));
      return;
    }
    fill(select, h("option", { value: "" }, cohorts.length ? "Take a saved cohort…" : "No saved cohorts"), cohorts.map((c) => h("option", { value: c.id }, c.name)));
    if (chosen) select.value = chosen;
    compare();
  }

  /** Shows which saved cohort the query is, if any. */
  function compare() {
    const query = current();
    const text = query && canonical(query);
    const same = cohorts.find((c) => canonical(c.cohort_query) === text);
    select.value = same?.id ?? "";
    remove.hidden = !same || !session.may("edit");
    save.hidden = !query || Boolean(same) || !session.may("edit");
  }

  async function drop() {
    const cohort = cohorts.find((c) => c.id === select.value);
    const isSure = await confirmDialog({ title: `Delete the cohort “${cohort.name}”?`, text: "Broadcasts made from it keep their conditions.", confirm: "Delete", danger: true });
    if (!isSure) return;
    await api.delete(`v1/admin/cohorts/${cohort.id}`);
    toast("Deleted");
    await read();
  }

  function nameForm(close) {
    const name = field("Name", h("input", { maxlength: 100, required: true, autocomplete: "off" }));
    const submit = h("button", { class: "button primary" }, "Save");
    return h("form", { class: "form", onsubmit: (event) => {
      event.preventDefault();
      busy(submit, async () => {
        const body = { name: name.control.value.trim(), cohort_query: current() };
        const taken = cohorts.find((c) => c.name.toLowerCase() === body.name.toLowerCase());
        if (taken && !await confirmDialog({ title: `Replace “${taken.name}”?`, text: "There is a cohort of this name.", confirm: "Replace" })) return;
        try {
          const saved = taken ? await api.put(`v1/admin/cohorts/${taken.id}`, body) : await api.post("v1/admin/cohorts", body);
          close();
          toast("Saved");
          await read(saved.id);
        } catch (error) {
          showProblems(error.status === 409 ? { errors: { "/name": [error.message] } } : error, { "/name": name });
        }
      });
    } }, name.field, h("div", { class: "actions" },
      h("button", { type: "button", class: "button", onclick: () => close() }, "Not now"), submit));
  }

  return { element: h("div", { class: "saved-cohorts" }, select, save, remove), compare };
}
