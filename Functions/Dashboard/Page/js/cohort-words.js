import { fields } from "./compose/cohort-fields.js";
import { rowsOf } from "./compose/cohort-query.js";

/** Who a cohort query reaches, as a person says it; null when only the query itself can say. */
export function cohortWords(query) {
  if (!Object.keys(query).length) return "Everyone who can be reached";
  const found = rowsOf(query);
  return found && found.rows.map(condition).join(found.mode === "any" ? " or " : " and ");
}

function condition({ field, operator, value, key }) {
  const [, words, kind] = fields[field].operators.find(([name]) => name === operator);
  const unit = { days: " days", percent: " %" }[kind] ?? "";
  return `${field === "attribute" ? key : fields[field].label} ${words}${kind === "none" ? "" : ` ${value}${unit}`}`;
}
