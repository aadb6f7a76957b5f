import { fill, h } from "../dom.js";
import { duration, number } from "../format.js";
import { outcomes } from "./outcomes.js";

/** How far the sending is, by outcome, how fast it goes and how long it still takes. Told aloud at every tenth, not every second. */
export function progress() {
  const bar = h("div", { class: "progress large", role: "progressbar", "aria-label": "Sending", "aria-valuemin": 0, "aria-valuemax": 100 },
    outcomes.map(({ key }) => h("i", { class: `outcome-${key}` })));
  const text = h("p", { class: "progress-text" });
  const pace = h("p", { class: "muted" });
  const spoken = h("p", { class: "unseen", role: "status" });
  const element = h("section", { class: "card progress-card", "aria-label": "Progress", hidden: true }, h("div", { class: "card-head" }, text, pace), bar, spoken);
  let tenth = null;

  function update({ status, stats }) {
    element.hidden = status !== "sending" && status !== "paused";
    if (element.hidden) return;
    const all = stats?.total_recipients ?? 0;
    const done = all - (stats?.pending ?? 0);
    const percent = all ? Math.floor((done / all) * 100) : 0;
    for (const [i, { key }] of outcomes.entries()) bar.children[i].style.setProperty("--share", all ? stats[key] / all : 0);
    bar.setAttribute("aria-valuenow", percent);
    fill(text, h("strong", null, `${percent} %`), all ? ` ${number(done)} of ${number(all)}` : " Recipients are being listed");
    pace.textContent = status === "paused" ? "Paused" : pacing(stats);
    const step = `${status} ${Math.floor(percent / 10)}`;
    if (tenth !== null && step !== tenth) spoken.textContent = status === "paused" ? `Paused at ${percent} percent` : `${percent} percent sent. ${pacing(stats)}`;
    tenth = step;
  }

  return { element, update };
}

function pacing(stats) {
  if (!stats?.rate) return "Starting";
  const rate = stats.rate < 10 ? stats.rate.toFixed(1) : number(Math.round(stats.rate));
  return `${rate} messages/s${stats.seconds_left ? ` · about ${duration(stats.seconds_left)} left` : ""}`;
}
