import { api } from "../api.js";
import { actions } from "../broadcast/actions.js";
import { conversions } from "../broadcast/conversions.js";
import { facts } from "../broadcast/facts.js";
import { ledger } from "../broadcast/ledger.js";
import { message } from "../broadcast/message.js";
import { buttonTable, figures, funnel, timeToClick } from "../broadcast/numbers.js";
import { outcomeTable } from "../broadcast/outcomes.js";
import { overTime } from "../broadcast/over-time.js";
import { progress } from "../broadcast/progress.js";
import { recount } from "../broadcast/recount.js";
import { segments } from "../broadcast/segments.js";
import { fill, h, icon } from "../dom.js";
import { emptyState, load, statusBadge, toast } from "../ui.js";
import { watch } from "../watch.js";

// Every second, as the sending goes on; clicks afterwards come slower. What is read row by row follows at a distance.
const Look = 1000;
const QuietLooks = 5;
const Details = 5000;

/** One broadcast: what it is, how far it is, and what came of it; live. */
export function page({ params: { id }, signal }) {
  const content = h("div", { class: "page" });
  const read = (within) => api.get(`v1/admin/broadcasts/${id}`, within);
  load(content, () => read(signal), (broadcast) => draw(broadcast, read, signal), signal);
  return { title: "Broadcast", content };
}

function draw(first, read, signal) {
  const { id } = first;
  let shown = {};
  let timer = 0;
  const head = h("div", { class: "page-head" });
  const notice = h("div", null);
  const [preview, set, numbers, buttons, delays, results] = Array.from({ length: 6 }, () => h("div", null));
  let previewed = null;
  const bar = progress();
  let parts = null;

  // Parts with numbers alone are drawn again when these changed; a part in which somebody may be at work keeps its own time.
  function show(broadcast) {
    const { stats, ...rest } = broadcast;
    const isNew = JSON.stringify(rest) !== shown.rest;
    const counts = JSON.stringify([broadcast.status, stats]);
    const isCounted = counts !== shown.counts;
    shown = { rest: JSON.stringify(rest), counts };
    document.title = `${broadcast.title} · Marketing`;
    bar.update(broadcast);
    if (isNew) drawHead(broadcast);
    if (isNew && !parts) fill(details, h("section", { class: "card" }, nothingSent(broadcast)));
    if (!stats || !isCounted) return;
    fill(numbers, figures(stats));
    fill(results, h("section", { class: "card" }, h("h2", null, "Funnel"), funnel(stats)),
      h("section", { class: "card" }, h("h2", null, "Outcomes"), outcomeTable(stats, broadcast.status)));
    fill(buttons, buttonTable(stats));
    fill(delays, timeToClick(stats));
    if (!parts) parts = drawParts(stats);
    else if (!timer) timer = setTimeout(refreshParts, Details);
  }

  function refreshParts() {
    timer = 0;
    if (signal.aborted) return;
    for (const part of parts) part.refresh();
  }

  function drawHead(broadcast) {
    const focused = head.contains(document.activeElement);
    fill(head, h("div", null, h("a", { class: "crumb", href: "#/" }, icon("back"), "Overview"),
      h("h1", null, broadcast.title), h("div", null, statusBadge(broadcast.status))), actions(broadcast, changed));
    // The button that had the focus did its work and is gone.
    if (focused && !head.contains(document.activeElement)) head.querySelector(".actions button, .actions a")?.focus();
    fill(notice, broadcast.failure_reason && h("p", { class: "notice bad" }, icon("warning"), broadcast.failure_reason));
    fill(set, facts(broadcast));
    const text = JSON.stringify([broadcast.template_id, broadcast.template_version, broadcast.message_template]);
    if (text !== previewed) fill(preview, message(broadcast, signal));
    previewed = text;
  }

  function drawParts({ total_recipients: recipients }) {
    const made = [overTime(id, signal), segments(id, signal), conversions(id, signal), ledger(id, recipients, signal)];
    fill(details, results, made[0].element,
      h("div", { class: "columns" },
        h("section", { class: "card" }, h("h2", null, "Buttons"), buttons),
        h("section", { class: "card" }, h("h2", null, "Time to the first click"), delays)),
      made[1].element, made[2].element, made[3].element, recount(id, changed));
    return made;
  }

  async function changed(text) {
    const broadcast = await watching.now();
    if (text) toast(text);
    return broadcast;
  }

  const details = h("div", { class: "page" });
  results.className = "columns";
  show(first);
  let looks = 0;
  const isDue = () => JSON.parse(shown.rest).status === "sending" || ++looks % QuietLooks === 0;
  const watching = watch({ every: Look, read, show, signal, last: new Date(), isDue });
  return [head, watching.notice, notice, bar.element, numbers, h("div", { class: "columns" }, preview, set), details];
}

function nothingSent({ status, failure_reason: reason }) {
  if (status === "failed") return emptyState("Nobody got it", reason);
  if (status === "cancelled") return emptyState("Nobody got it", "It was cancelled before its sending began.");
  return emptyState("Nothing was sent yet", "Its numbers are here as soon as the sending begins.");
}
