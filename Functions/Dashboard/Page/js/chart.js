import uPlot from "./uplot.js";
import { fill, h } from "./dom.js";
import { bucket, compact, number } from "./format.js";

const Height = 250;
const Steps = { minute: 60, hour: 3600, day: 86_400 };

/**
 * What happened over time: sends as bars against the left axis, clicks and conversions as lines against the right one, with a
 * legend that tells the totals or the values at the cursor. Arrow keys move the cursor. The same numbers as a table are below.
 * @returns {{element: HTMLElement, update: (series: {unit, items: {at, sent, clicks, conversions}[]}) => void}}
 */
export function activityChart(label, timeZone, signal) {
  const kinds = [["sent", "Sent", 1], ["clicks", "Clicks", 2], ["conversions", "Conversions", 3]];
  const values = kinds.map(() => h("strong", null));
  const swatches = kinds.map(([, , n]) => h("i", { class: `series-${n}` }));
  const moment = h("span", { class: "chart-moment" });
  const stage = h("div", {
    class: "chart-stage", tabindex: 0, role: "slider", "aria-label": `${label}: point in time`, "aria-valuemin": 0, "aria-valuemax": 0, "aria-valuenow": 0, onkeydown: move,
    onfocus: () => stage.matches(":focus-visible") && point(at ?? series.items.length - 1), onblur: () => point(null),
  });
  const rows = h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": `${label}: table` });
  const table = h("details", { class: "chart-table", ontoggle: () => table.open && drawTable() }, h("summary", null, "Show as table"), rows);
  const element = h("div", { class: "chart" },
    h("ul", { class: "legend" }, h("li", null, moment), kinds.map(([, name], i) => h("li", null, swatches[i], `${name} `, values[i]))), stage, table);
  let series = { unit: "day", items: [] };
  let plot = null;
  let at = null;

  function data() {
    return [series.items.map((item) => new Date(item.at) / 1000), ...kinds.map(([key]) => series.items.map((item) => item[key]))];
  }

  function draw() {
    plot?.destroy();
    plot = new uPlot(options(stage, swatches, series, timeZone, (index) => tell(index)), data(), stage);
    tell(null);
  }

  function tell(index) {
    at = index ?? null;
    const item = series.items[at];
    moment.textContent = item ? bucket(item.at, series.unit, timeZone) : "In total";
    for (const [i, [key]] of kinds.entries())
      values[i].textContent = number(item ? item[key] : series.items.reduce((sum, other) => sum + other[key], 0));
    stage.setAttribute("aria-valuenow", at ?? 0);
    stage.setAttribute("aria-valuetext", `${moment.textContent}: ${kinds.map(([, name], i) => `${name} ${values[i].textContent}`).join(", ")}`);
  }

  // Where the pointer would be, so that uPlot draws the same cursor for it.
  function point(index) {
    if (!plot || !series.items.length) return;
    plot.setCursor(index === null ? { left: -10, top: -10 } : { left: plot.valToPos(plot.data[0][index], "x"), top: 0 });
  }

  function move(event) {
    const last = series.items.length - 1;
    const to = { ArrowLeft: (at ?? last + 1) - 1, ArrowRight: (at ?? -1) + 1, PageUp: (at ?? last) - 10, PageDown: (at ?? 0) + 10, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    point(Math.min(last, Math.max(0, to)));
  }

  // Times without anything are in the picture, and not worth a row.
  function drawTable() {
    const busy = series.items.filter((item) => kinds.some(([key]) => item[key] > 0));
    fill(rows, h("table", null,
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Time"), kinds.map(([, name]) => h("th", { scope: "col", class: "number" }, name)))),
      h("tbody", null, busy.map((item) => h("tr", null,
        h("th", { scope: "row" }, bucket(item.at, series.unit, timeZone)), kinds.map(([key]) => h("td", { class: "number" }, number(item[key]))))))));
  }

  const resized = new ResizeObserver(() => plot && stage.clientWidth && plot.setSize({ width: stage.clientWidth, height: Height }));
  resized.observe(stage);
  document.addEventListener("themechange", draw, { signal });
  signal.addEventListener("abort", () => {
    resized.disconnect();
    plot?.destroy();
  });

  return {
    element,
    update(next) {
      const isSameUnit = plot && next.unit === series.unit;
      const index = at;
      series = next;
      stage.setAttribute("aria-valuemax", Math.max(0, series.items.length - 1));
      if (isSameUnit) {
        plot.setData(data());
        tell(series.items[index] ? index : null);
      } else if (element.isConnected) draw();
      else requestAnimationFrame(() => signal.aborted || draw());
      if (table.open) drawTable();
    },
  };
}

function options(stage, swatches, series, timeZone, onpoint) {
  const step = Steps[series.unit];
  const style = getComputedStyle(stage);
  const colours = swatches.map((swatch) => getComputedStyle(swatch).backgroundColor);
  const axis = { stroke: style.color, font: "12px system-ui, sans-serif", ticks: { show: false } };
  const counts = { ...axis, size: 52, incrs: [1, 2, 5].flatMap((n) => [...Array(10).keys()].map((e) => n * 10 ** e)).sort((a, b) => a - b), values: (_, ticks) => ticks.map(compact) };
  const fromZero = (_, __, most) => [0, Math.max(1, most * 1.08)];
  const line = (i, scale) => ({ scale, stroke: colours[i], width: 2, points: { show: series.items.length <= 45, size: 6, fill: colours[i] } });
  return {
    width: stage.clientWidth || 600, height: Height, padding: [10, 0, 0, 0], legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: {
      // Room for the outer bars, and for ten of them at least: one alone would be as wide as the picture.
      x: { range: ({ data: [times] }) => (times.length ? [times[0] - step * 0.6, Math.max(times.at(-1), times[0] + step * 9) + step * 0.6] : [0, step]) },
      left: { range: fromZero }, right: { range: fromZero },
    },
    axes: [
      { ...axis, size: 30, grid: { show: false }, values: (_, ticks, __, ___, gap) => ticks.map((tick) => tickText(tick, gap, timeZone)), space: 64 },
      { ...counts, scale: "left", grid: { stroke: style.borderTopColor, width: 1 }, label: "Sent", labelSize: 18, labelFont: axis.font, labelGap: 0 },
      { ...counts, scale: "right", side: 1, grid: { show: false }, label: "Clicks, conversions", labelSize: 18, labelFont: axis.font, labelGap: 0 },
    ],
    series: [
      {},
      { scale: "left", stroke: colours[0], fill: `color-mix(in srgb, ${colours[0]} 35%, transparent)`, width: 1, paths: uPlot.paths.bars({ size: [0.7, 36], radius: 0.15 }), points: { show: false } },
      line(1, "right"), { ...line(2, "right"), dash: [5, 4] },
    ],
    hooks: { setCursor: [(plot) => onpoint(plot.cursor.idx !== null && plot.cursor.left >= 0 ? plot.cursor.idx : null)] },
  };
}

function tickText(seconds, gap, timeZone) {
  const time = new Date(seconds * 1000);
  const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", timeZone });
  const isMidnight = /^(12:00.AM|0?0:00|24:00)$/.test(clock.format(time));
  return gap >= Steps.day || isMidnight ? new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone }).format(time) : clock.format(time);
}
