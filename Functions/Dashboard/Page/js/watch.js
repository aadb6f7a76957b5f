import { fill, h, icon } from "./dom.js";
import { timeOfDay } from "./format.js";
import { session } from "./session.js";
import { poll } from "./ui.js";

const Patience = 15_000;
const Misses = 3;

/**
 * Keeps what is shown up to date: read(signal) every so many milliseconds, one at a time, while isDue() says so; show gets each answer.
 * Numbers that stand still look like numbers that are right, so its notice says when the last three reads came to nothing.
 * @param {Date?} last when what is shown already was read; without it the first read is at once
 * @returns {{notice: Element, now: () => Promise<object>}} now reads at once, whatever is under way, and answers what it showed
 */
export function watch({ every, read, show, signal, last = null, isDue = () => true }) {
  const notice = h("div", null);
  let asked = 0;
  let underWay = 0;
  let misses = 0;

  async function now() {
    const mine = ++asked;
    underWay++;
    try {
      const answer = await read(AbortSignal.any([signal, AbortSignal.timeout(Patience)]));
      signal.throwIfAborted();
      // What was asked for before an action is older than the answer that the action asked for, whichever comes first.
      if (mine === asked) {
        last = new Date();
        misses = 0;
        fill(notice);
        show(answer);
      }
      return answer;
    } finally {
      underWay--;
    }
  }

  async function look() {
    if (underWay || !isDue()) return;
    try {
      await now();
    } catch {
      // What the person asks for tells its errors; the next look is near.
      if (!signal.aborted && ++misses === Misses) warn();
    }
  }

  function warn() {
    const text = last ? `Not up to date: last read at ${timeOfDay(last, session.me.time_zone)}.` : "Not up to date: it could not be read yet.";
    fill(notice, h("p", { class: "notice warn", role: "alert" }, icon("warning"), text));
  }

  if (!last) look();
  poll(every, signal, look);
  return { notice, now };
}
