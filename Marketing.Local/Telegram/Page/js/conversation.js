import { api } from "./api.js";
import { h, icon } from "./dom.js";
import { oneAtATime } from "./events.js";
import { isOwn, messageElement } from "./message.js";
import { announce } from "./notices.js";
import { dayKey, dayName } from "./time.js";

const NEAR_END = 80; // px
const NEAR_START = 300;
// A chat that goes on growing while its end is in sight keeps so many.
const MOST_KEPT = 200;

/** The messages of the open chat, as they are now: each reading replaces what differs. `ctx` is what messages can do. */
export class History {
  constructor(root, ctx) {
    this.ctx = ctx;
    this.chatId = null;
    this.marks = new Map(); // message id -> what the reader did with it
    this.list = h("div", { class: "messages" });
    this.scroller = h("div", { class: "history", role: "log", "aria-label": "Messages", "aria-live": "off", tabindex: "0" }, this.list);
    this.missed = h("span", { hidden: true });
    this.toEnd = h("button", { type: "button", class: "to-end", "aria-label": "Go to the latest message", hidden: true, onclick: () => this.scrollToEnd() },
      icon("down"), this.missed);
    root.append(this.scroller, h("div", { class: "below" }, this.toEnd));
    this.refresh = oneAtATime(() => this.read());
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    new ResizeObserver(() => this.stick && this.scrollToEnd()).observe(this.scroller);
  }

  /** Shows a chat from its end. */
  async open(chatId) {
    Object.assign(this, { chatId, messages: [], shown: new Map(), more: false, stick: true, loaded: false, missedCount: 0 });
    this.marks.clear();
    this.list.replaceChildren();
    this.toEnd.hidden = true;
    const waiting = setTimeout(() => this.list.replaceChildren(h("div", { class: "waiting" }, h("span", { class: "spinner" }))), 150);
    try {
      await this.refresh();
    } finally {
      clearTimeout(waiting);
    }
  }

  async read() {
    const { chatId, messages } = this;
    if (chatId === null) return;
    let answer;
    try {
      answer = await api.conversation(chatId, messages?.length ? { from: messages[0].message_id } : {});
    } catch {
      return; // as the list: the events ask again
    }
    if (chatId !== this.chatId) return;
    const wasEmpty = !this.loaded;
    if (wasEmpty || messages.length === 0) this.more = answer.more;
    this.onChat(answer.chat, answer.commands);
    this.take(answer.messages, wasEmpty);
    this.loaded = true;
    if (wasEmpty && this.scroller.scrollHeight <= this.scroller.clientHeight) this.readOlder(); // too short to be scrolled
  }

  take(messages, isFirst) {
    const known = this.messages.at(-1)?.message_id ?? 0;
    const fresh = isFirst ? [] : messages.filter((m) => m.message_id > known);
    if (this.stick && messages.length > 2 * MOST_KEPT) {
      messages = messages.slice(-MOST_KEPT);
      this.more = true;
    }
    this.messages = messages;
    this.render(new Set(fresh.map((m) => m.message_id)));
    const heard = fresh.filter((m) => !isOwn(m));
    if (heard.length > 0) announce(heard.length > 1 ? `${heard.length} new messages. ${heard.at(-1).text}` : `New message: ${heard[0].text}`);
    if (this.stick || fresh.some(isOwn)) this.scrollToEnd();
    else this.count(heard.length);
    this.markRead();
  }

  render(fresh) {
    const wanted = [];
    this.messages.forEach((message, n) => {
      const before = this.messages[n - 1];
      const after = this.messages[n + 1];
      const isNewDay = !before || dayKey(before.date) !== dayKey(message.date);
      if (isNewDay) wanted.push(this.keep(`day ${dayKey(message.date)}`, dayName(message.date), () => h("div", { class: "day" }, h("span", null, dayName(message.date)))));
      const place = {
        first: isNewDay || isOwn(before) !== isOwn(message),
        last: !after || isOwn(after) !== isOwn(message) || dayKey(after.date) !== dayKey(message.date),
      };
      const marks = this.marksOf(message.message_id);
      const signature = JSON.stringify([message, place, [...marks.waiting], [...marks.followed]]);
      const element = this.keep(message.message_id, signature, () => messageElement(message, place, { ...this.ctx, ...marks }));
      if (fresh.has(message.message_id)) element.classList.add("new");
      wanted.push(element);
    });
    const keys = new Set(wanted);
    for (const [key, { element }] of this.shown) if (!keys.has(element)) this.shown.delete(key);
    for (const child of [...this.list.children]) if (!keys.has(child)) child.remove();
    wanted.forEach((element, n) => this.list.children[n] !== element && this.list.insertBefore(element, this.list.children[n] ?? null));
  }

  // The element stays as long as its content does, and with it the focus.
  keep(key, signature, make) {
    const shown = this.shown.get(key);
    if (shown?.signature === signature) return shown.element;
    const element = make();
    const held = shown && heldFocus(shown.element);
    this.shown.set(key, { signature, element });
    if (shown?.element.isConnected) shown.element.replaceWith(element);
    if (held) element.querySelectorAll("button, a[href]")[held.index]?.focus({ preventScroll: true });
    return element;
  }

  marksOf(messageId) {
    if (!this.marks.has(messageId)) this.marks.set(messageId, { open: new Set(), waiting: new Set(), followed: new Set() });
    return this.marks.get(messageId);
  }

  /** Draws again what a mark changed. */
  redraw() {
    this.render(new Set());
  }

  async readOlder() {
    if (!this.more || this.loadingOlder || !this.loaded) return;
    this.loadingOlder = true;
    try {
      const { chatId } = this;
      const answer = await api.conversation(chatId, { before: this.messages[0].message_id });
      if (chatId !== this.chatId) return;
      const fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
      this.more = answer.more;
      this.messages = [...answer.messages, ...this.messages];
      this.render(new Set());
      this.scroller.scrollTop = this.scroller.scrollHeight - fromEnd;
    } catch {
      // Scrolling asks again.
    } finally {
      this.loadingOlder = false;
    }
  }

  onScroll() {
    const left = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
    this.stick = left < NEAR_END;
    this.toEnd.hidden = this.stick;
    if (this.stick) this.count(-this.missedCount);
    // At the end nobody reads back: a scroll while the first messages are laid out looks like one near the start.
    if (this.scroller.scrollTop < NEAR_START && !this.stick) this.readOlder();
  }

  count(more) {
    this.missedCount += more;
    this.missed.hidden = this.missedCount === 0;
    this.missed.textContent = this.missedCount;
  }

  scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  // What is in a window that nobody looks at is not read.
  markRead() {
    const last = this.messages.at(-1)?.message_id;
    if (!last || last === this.readUntil || document.hidden) return;
    this.readUntil = last;
    api.markRead(this.chatId, last).catch(() => (this.readUntil = 0));
  }
}

function heldFocus(element) {
  const index = [...element.querySelectorAll("button, a[href]")].indexOf(document.activeElement);
  return index < 0 ? null : { index };
}
