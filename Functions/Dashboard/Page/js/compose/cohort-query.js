import { fields, kindOf, scalarOf, scalarText } from "./cohort-fields.js";

// Rows to a query and back. A query that rows cannot say (nested groups, several broadcasts) has none, and is edited as JSON.

/** [key, condition] of a row. */
function condition(row) {
  const key = row.field === "attribute" ? `attributes.${row.key}` : row.field;
  const value = row.value.trim();
  const isAttribute = row.field === "attribute";
  const scalar = isAttribute ? scalarOf(value) : value;
  if (row.field === "trades") return [`no_trades_${value}d`, row.operator === "none_in"];
  if (row.field === "sample") return negatable(row, key, { percent: Number(value), ...(row.seed && { seed: row.seed }) });
  if (row.operator === "not" || kindOf(row) === "broadcast") return negatable(row, key, value);
  switch (row.operator) {
    case "is": return [key, scalar];
    case "in": return [key, { in: value.split(",").map((part) => (isAttribute ? scalarOf(part) : part.trim())).filter((part) => part !== "") }];
    case "known": return [key, { exists: true }];
    case "unknown": return [key, { exists: false }];
    default: return [key, { [row.operator]: scalar }];
  }
}

const negatable = (row, key, value) => (row.operator === "not" ? ["not", { [key]: value }] : [key, value]);

/** The query, and where each row's condition is in it: {query, pointers}. */
export function queryOf(rows, mode) {
  const conditions = rows.map(condition);
  const keys = conditions.map(([key]) => key);
  const isFlat = new Set(keys).size === keys.length && (mode === "all" || rows.length < 2);
  const escaped = keys.map((key) => key.replaceAll("~", "~0").replaceAll("/", "~1"));
  return isFlat
    ? { query: Object.fromEntries(conditions), pointers: escaped.map((key) => `/cohort_query/${key}`) }
    : { query: { [mode]: conditions.map(([key, value]) => ({ [key]: value })) }, pointers: escaped.map((key, i) => `/cohort_query/${mode}/${i}`) };
}

/** {rows, mode} that say the same, or null when rows cannot. */
export function rowsOf(query) {
  const [only] = Object.keys(query);
  const isList = Object.keys(query).length === 1 && (only === "all" || only === "any") && Array.isArray(query[only]);
  const mode = isList ? only : "all";
  const rows = [];
  for (const part of isList ? query[only] : [query]) {
    const found = rowsOfConditions(part);
    // Inside of any, an object of several conditions is a group.
    if (!found || (mode === "any" && found.length !== 1)) return null;
    rows.push(...found);
  }
  return { rows, mode };
}

function rowsOfConditions(part) {
  const rows = Object.entries(part).map(([key, value]) => {
    const inner = key === "not" && value && typeof value === "object" ? Object.entries(value) : null;
    if (!inner) return rowsOfCondition(key, value, false);
    return inner.length === 1 && ["received", "clicked", "converted", "sample"].includes(inner[0][0]) ? rowsOfCondition(...inner[0], true) : null;
  });
  return rows.includes(null) ? null : rows.flat();
}

function rowsOfCondition(key, value, isNot) {
  const row = (field, operator, text, more) => ({ field, operator, value: text, key: "", label: null, seed: "", ...more });
  const days = /^no_trades_(\d+)d$/.exec(key);
  if (days) return typeof value === "boolean" ? [row("trades", value ? "none_in" : "some_in", days[1])] : null;
  const isAttribute = key.startsWith("attributes.");
  const field = isAttribute ? "attribute" : key;
  const more = isAttribute ? { key: key.slice("attributes.".length) } : {};
  if (!Object.hasOwn(fields, field) || (field === "attribute" && !isAttribute) || field === "trades") return null;
  const operators = fields[field].operators.map(([name]) => name);
  if (field === "sample") return value?.percent === undefined ? null : [row(field, isNot ? "not" : "is", String(value.percent), { seed: value.seed ?? "" })];
  if (operators.includes("not")) return typeof value === "string" ? [row(field, isNot ? "not" : "is", value)] : null;
  if (value === null) return [row(field, "unknown", "", more)];
  if (typeof value !== "object") return operators.includes("is") ? [row(field, "is", isAttribute ? scalarText(value) : String(value), more)] : null;
  const rows = Object.entries(value).map(([operator, operand]) => {
    if (operator === "exists" && typeof operand === "boolean") return row(field, operand ? "known" : "unknown", "", more);
    if (!operators.includes(operator)) return null;
    if (operator !== "in") return isScalar(operand, isAttribute) ? row(field, operator, isAttribute ? scalarText(operand) : operand, more) : null;
    const isListable = Array.isArray(operand) && operand.every((o) => isScalar(o, isAttribute) && !String(o).includes(",") && String(o).trim() === String(o));
    return isListable ? row(field, operator, operand.map((o) => (isAttribute ? scalarText(o) : o)).join(", "), more) : null;
  });
  return rows.includes(null) || !rows.length ? null : rows;
}

const isScalar = (value, isAttribute) => typeof value === "string" || (isAttribute && (typeof value === "number" || typeof value === "boolean"));
