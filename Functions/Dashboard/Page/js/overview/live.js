import { api } from "../api.js";
import { fill, h } from "../dom.js";
import { duration, number } from "../format.js";
import { watch } from "../watch.js";

/**
 * What is being sent right now, read every two seconds; nothing is shown while nothing is. onend is called when one has ended or
 * begun, and with it the numbers elsewhere have changed. Two elements: the one that says so when it cannot be read, and the list.
 */
export function live(signal, onend) {
  const section = h("section", { class: "card live", hidden: true, "aria-label": "Sending now" });
  let known = null;
  const show = ({ items }) => {
    const ids = items.map((item) => item.id).sort().join();
    if (known !== null && known !== ids) onend();
    known = ids;
    section.hidden = items.length === 0;
    // Links keep the focus that they have: only what changed is drawn again.
    if (section.contains(document.activeElement) && section.dataset.ids === ids) update(items);
    else fill(section, h("h2", null, "Sending now"), h("ul", { class: "live-list" }, items.map(row)));
    section.dataset.ids = ids;
  };

  function update(items) {
    for (const item of items) section.querySelector(`[data-id="${item.id}"] .live-rest`).replaceWith(rest(item));
  }

  const { notice } = watch({ every: 2000, read: (within) => api.get("v1/admin/broadcasts?status=sending&limit=20", within), show, signal });
  return [notice, section];
}

function row(item) {
  return h("li", { "data-id": item.id }, h("a", { href: `#/broadcasts/${item.id}` }, item.title), rest(item));
}

function rest({ stats }) {
  const { total_recipients: all, pending, rate, seconds_left: left } = stats ?? { total_recipients: 0, pending: 0 };
  const share = all ? 1 - pending / all : 0;
  return h("div", { class: "live-rest" },
    h("div", { class: "progress", role: "progressbar", "aria-label": "Progress", "aria-valuenow": Math.round(share * 100) }, h("i", { style: { "--share": share } })),
    h("span", { class: "small muted" }, all ? `${number(all - pending)} of ${number(all)}` : "Starting",
      rate ? ` · ${number(Math.round(rate))} messages/s` : "", left ? ` · ${duration(left)} left` : ""));
}
