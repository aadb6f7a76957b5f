import { api } from "./api.js";
import { fields } from "./compose/cohort-fields.js";
import { rowsOf } from "./compose/cohort-query.js";
import { h } from "./dom.js";

/** Who a cohort query reaches, as a person says it, as text or an element; null when only the query itself can say. */
export function cohortWords(query) {
  if (!Object.keys(query).length) return "Everyone who can be reached";
  const found = rowsOf(query);
  return found && h("p", null, found.rows.map((row, i) => [i > 0 && (found.mode === "any" ? " or " : " and "), condition(row, i === 0)]));
}

function condition({ field, operator, value, key }, isFirst) {
  const [, words, kind] = fields[field].operators.find(([name]) => name === operator);
  if (kind === "broadcast") return [isFirst ? words[0].toUpperCase() + words.slice(1) : words, " ", broadcastLink(value)];
  const unit = { days: " days", percent: " %" }[kind] ?? "";
  return `${field === "attribute" ? key : fields[field].label} ${words}${kind === "none" ? "" : ` ${value}${unit}`}`;
}

/** By its title as soon as that is known. */
function broadcastLink(id) {
  const link = h("a", { href: `#/broadcasts/${id}` }, "linked here");
  api.get(`v1/admin/broadcasts/${id}`).then(({ title }) => link.textContent = `“${title}”`, (error) => error.status === 404 && link.replaceWith("that was deleted"));
  return link;
}
