import { viewLinks } from "../controls.js";
import { h } from "../dom.js";
import { session } from "../session.js";
import { peopleView } from "../audience/people.js";
import { personView } from "../audience/person.js";
import { importView } from "../audience/import.js";
import { suppressionsView } from "../audience/suppressions.js";

const views = { "": peopleView, import: importView, suppressions: suppressionsView };

export function page({ query, signal }) {
  const name = query.get("view") ?? "";
  const person = query.get("person");
  const mayImport = session.may("manage_audience") || session.may("record_conversions");
  const view = Object.hasOwn(views, name) && (name !== "import" || mayImport) ? name : "";
  return {
    title: "Audience",
    content: h("div", { class: "page" },
      h("div", { class: "page-head" }, h("h1", null, "Audience")),
      h("div", null, viewLinks("Audience", [
        ["#/audience", "People"],
        ...(mayImport ? [["#/audience?view=import", "Import"]] : []),
        ["#/audience?view=suppressions", "Suppressions"],
      ], view ? `#/audience?view=${view}` : "#/audience")),
      person ? personView(person, signal) : views[view](signal)),
  };
}
