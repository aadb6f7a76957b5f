import { api, query } from "../api.js";
import { activityChart } from "../chart.js";
import { h } from "../dom.js";
import { session } from "../session.js";
import { choices, errorText } from "../ui.js";

/** Sends, clicks and conversions by minute, hour or day; refresh reads them again. */
export function overTime(id, signal) {
  const zone = session.me.time_zone;
  const chart = activityChart("Sends, clicks and conversions of this broadcast", zone, signal);
  const problem = h("p", { class: "notice bad", role: "alert", hidden: true });
  let unit = null;

  async function refresh() {
    const asked = unit;
    try {
      const series = await api.get(`v1/admin/broadcasts/${id}/stats/series${query({ unit, time_zone: zone })}`, signal);
      if (signal.aborted || asked !== unit) return;
      problem.hidden = true;
      chart.update(series);
    } catch (error) {
      if (signal.aborted || asked !== unit) return;
      problem.textContent = errorText(error);
      problem.hidden = false;
    }
  }

  refresh();
  const element = h("section", { class: "card" },
    h("div", { class: "card-head" }, h("h2", null, "Over time"), choices("Count by", [[null, "Auto"], ["minute", "Minutes"], ["hour", "Hours"], ["day", "Days"]], unit, (value) => {
      unit = value;
      refresh();
    })), problem, chart.element, h("p", { class: "small muted" }, `Times in ${zone}`));
  return { element, refresh };
}
