// The fields and operators of docs/cohorts.md as a person reads them. An operator knows how it is written into a query (toQuery: the
// condition on a key) and which control its value needs: text, list, date, duration, scalar, broadcast, percent, days or none.

const equal = [
  ["is", "is", "text"], ["in", "is one of", "list"], ["ne", "is not", "text"], ["known", "is known", "none"], ["unknown", "is unknown", "none"],
];
const times = [
  ["within", "in the last", "duration"], ["older_than", "longer ago than", "duration"], ["gte", "on or after", "date"], ["lt", "before", "date"],
  ["known", "is known", "none"], ["unknown", "is unknown", "none"],
];
const attributes = [
  ["is", "is", "scalar"], ["in", "is one of", "list"], ["ne", "is not", "scalar"], ["gt", "is above", "bound"], ["gte", "is at least", "bound"],
  ["lt", "is below", "bound"], ["lte", "is at most", "bound"], ["within", "in the last", "duration"], ["older_than", "longer ago than", "duration"],
  ["known", "is known", "none"], ["unknown", "is unknown", "none"],
];
const broadcasts = (yes, no) => [["is", yes, "broadcast"], ["not", no, "broadcast"]];

export const fields = {
  user_tier: { label: "Tier", operators: equal },
  region: { label: "Region", operators: equal },
  language: { label: "Language", operators: equal },
  trades: { label: "Trades", operators: [["none_in", "none in the last", "days"], ["some_in", "at least one in the last", "days"]] },
  last_trade_at: { label: "Last trade", operators: times },
  last_seen_at: { label: "Last seen", operators: times },
  created_at: { label: "Joined", operators: times },
  attribute: { label: "Attribute", operators: attributes },
  received: { label: "Received", operators: broadcasts("got the broadcast", "did not get the broadcast") },
  clicked: { label: "Clicked", operators: broadcasts("clicked in the broadcast", "did not click in the broadcast") },
  converted: { label: "Converted", operators: broadcasts("converted from the broadcast", "did not convert from the broadcast") },
  sample: { label: "Random share", operators: [["is", "is", "percent"], ["not", "is not", "percent"]] },
};

export const kindOf = (row) => fields[row.field].operators.find(([name]) => name === row.operator)?.[2] ?? "none";

/** A new row for the field, with nothing in it. */
export function rowFor(field) {
  const [operator, , kind] = fields[field].operators[0];
  return { field, operator, value: kind === "duration" ? "30d" : kind === "days" ? "7" : "", key: "", label: null, seed: "" };
}

/** "5" is a number, "true" is one of the two, and quotes make a text of either. */
export function scalarOf(text) {
  const trimmed = text.trim();
  if (/^".*"$/.test(trimmed)) return trimmed.slice(1, -1);
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  return trimmed !== "" && /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

/** The other way round. */
export function scalarText(value) {
  if (typeof value !== "string") return String(value);
  return scalarOf(value) === value ? value : `"${value}"`;
}
