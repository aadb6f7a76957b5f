import { api } from "../api.js";
import { h, icon } from "../dom.js";
import { session } from "../session.js";
import { actionButton, toast } from "../ui.js";

/** For those who doubt the numbers: counts the rows behind them again. */
export function recount(id, changed) {
  return session.may("edit") && h("p", { class: "actions small muted" },
    "The numbers are kept as things happen. ", actionButton({ class: "button quiet" }, [icon("refresh"), "Count again"], async () => {
      const { repaired } = await api.post(`v1/admin/broadcasts/${id}/recount`);
      await changed();
      toast(repaired ? "Some numbers were off; they are right now." : "Counted again: every number was right.");
    }));
}
