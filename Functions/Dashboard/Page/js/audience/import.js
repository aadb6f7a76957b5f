import { h } from "../dom.js";
import { session } from "../session.js";
import { guardUnsaved } from "../unsaved.js";
import { fileImport } from "./file-import.js";

/** Files into the audience, and of what its people did elsewhere. */
export function importView(signal) {
  const cards = [
    session.may("manage_audience") && fileImport({
      title: "Import people",
      text: "A CSV file whose first line names the columns, or one JSON object a line (NDJSON). Only telegram_user_id is required; people who are known are updated, and columns of your own become attributes.",
      path: "v1/admin/audience/import", types: { csv: "text/csv", ndjson: "application/x-ndjson", jsonl: "application/x-ndjson" }, canTry: true,
      facts: (result) => [["New", result.inserted], ["Updated", result.updated], ["Twice in the file", result.duplicates], ["Rejected", result.rejected_total]],
      // Everybody is stored in one transaction, once all have arrived.
      unfinished: (isAllSent) => (isAllSent ? "All of it had arrived, so it may be stored. Import it again to be sure: nobody is added twice." : "Nothing was stored."),
      signal,
    }),
    session.may("record_conversions") && fileImport({
      title: "Import conversions",
      text: "A CSV file with event, idempotency_key and telegram_user_id or user_id in each line; value, currency, occurred_at and broadcast_id if you have them. A key that was used before is not counted again, so a file may be sent twice.",
      path: "v1/conversions/import", types: { csv: "text/csv" }, canTry: false,
      facts: (result) => [["Recorded", result.recorded], ["Known already", result.repeated], ["Rejected", result.rejected_count]],
      // They are recorded 1,000 at a time, as they arrive.
      unfinished: () => "A part of it may be recorded. Import the same file again: nothing is counted twice.",
      signal,
    }),
  ].filter(Boolean);
  guardUnsaved(() => cards.some((card) => card.isBusy()), signal, {
    title: "Leave during the upload?", text: "It is stopped when you leave.", confirm: "Leave", dismiss: "Stay", danger: true,
  });
  return h("div", { class: "form" }, cards.map((card) => card.element));
}
