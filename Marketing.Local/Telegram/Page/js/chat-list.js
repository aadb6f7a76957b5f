import { api } from "./api.js";
import { avatar, h, icon } from "./dom.js";
import { oneAtATime } from "./events.js";
import { listTime } from "./time.js";

const ROW = 72; // px, as .chat in chats.css
const SPARE = 8; // rows above and below those in sight
// Browsers end an element at some 17 million px; whoever is further down is found by searching.
const MOST_ROWS = 200_000;

/** The list of chats. Only rows in sight exist, read from the simulator by their place in the list; so its length does not matter. */
export class ChatList {
  constructor(root, { onOpen, onRead }) {
    this.onOpen = onOpen;
    this.onRead = onRead;
    this.search = "";
    this.total = null;
    this.current = null;
    this.rows = new Map(); // chat id -> { element, button, entry, index }
    this.space = h("div", { class: "rows-space", role: "list" });
    this.scroller = h("div", { class: "rows", tabindex: "-1" }, this.space);
    root.append(this.scroller);
    this.refresh = oneAtATime(() => this.read());
    this.scroller.addEventListener("scroll", () => this.refresh(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.onKey(event));
    new ResizeObserver(() => this.refresh()).observe(this.scroller);
    this.showSkeleton();
  }

  find(text) {
    this.search = text;
    this.scroller.scrollTop = 0;
    return this.refresh();
  }

  select(chatId) {
    this.current = chatId;
    for (const [id, row] of this.rows) this.mark(id, row.button);
  }

  /** Goes to the chat so many rows further, from the open one. */
  step(by) {
    const row = this.rows.get(this.current);
    const next = [...this.rows.values()].find((r) => r.index === (row ? row.index + by : 0));
    if (next) this.onOpen(next.entry);
  }

  /** Puts the focus on a row, which may have to be read first. */
  async focus(index) {
    if (!this.total) return;
    const target = Math.max(0, Math.min(index, this.total - 1));
    const top = target * ROW;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW > this.scroller.scrollTop + this.scroller.clientHeight) this.scroller.scrollTop = top + ROW - this.scroller.clientHeight;
    let row = this.at(target);
    if (!row) {
      await this.refresh();
      row = this.at(target);
    }
    if (!row) return;
    for (const { button } of this.rows.values()) button.tabIndex = -1;
    row.button.tabIndex = 0;
    row.button.focus({ preventScroll: true });
  }

  at(index) {
    return [...this.rows.values()].find((row) => row.index === index);
  }

  onKey(event) {
    const focused = [...this.rows.values()].find((row) => row.button === document.activeElement);
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW) - 1);
    const from = focused?.index ?? -1;
    const to = { ArrowDown: from + 1, ArrowUp: from - 1, PageDown: from + page, PageUp: from - page, Home: 0, End: this.total - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.focus(to);
  }

  async read() {
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - SPARE);
    const count = Math.ceil(this.scroller.clientHeight / ROW) + 2 * SPARE;
    const search = this.search;
    try {
      const { total, chats } = await api.chats(search, first, Math.min(count, 200));
      if (search === this.search) this.show(Math.min(total, MOST_ROWS), first, chats);
    } catch {
      // The events say that the simulator is away, and ask for this again when it is back.
    }
  }

  show(total, first, chats) {
    if (this.total === null || (total > 0 && this.total === 0)) this.space.replaceChildren();
    this.total = total;
    this.space.style.height = total > 0 ? `${total * ROW + 88}px` : "auto";
    const seen = new Set(chats.map((entry) => entry.chat_id));
    for (const [id, row] of this.rows) {
      if (seen.has(id)) continue;
      row.element.remove();
      this.rows.delete(id);
    }
    chats.forEach((entry, n) => this.place(entry, first + n));
    const rows = [...this.rows.values()];
    if (rows.length > 0 && !rows.some((row) => row.button.tabIndex === 0)) (this.at(0) ?? rows[0]).button.tabIndex = 0;
    if (total === 0) this.showNothing();
    this.onRead(chats, total);
  }

  place(entry, index) {
    let row = this.rows.get(entry.chat_id);
    const signature = JSON.stringify(entry);
    if (!row) {
      const button = h("button", { type: "button", class: "chat", tabindex: "-1", "data-chat": entry.chat_id, onclick: () => this.onOpen(row.entry) });
      row = { button, element: h("div", { class: "row", role: "listitem" }, button) };
      this.rows.set(entry.chat_id, row);
      this.space.append(row.element);
    }
    if (row.signature !== signature) row.button.replaceChildren(...rowContent(entry));
    Object.assign(row, { entry, index, signature });
    row.element.style.transform = `translateY(${index * ROW}px)`;
    row.element.setAttribute("aria-posinset", index + 1);
    row.element.setAttribute("aria-setsize", this.total);
    this.mark(entry.chat_id, row.button);
  }

  mark(chatId, button) {
    if (chatId === this.current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }

  showNothing() {
    this.space.replaceChildren(h("div", { class: "nothing" }, this.search
      ? [h("strong", null, "Nobody found"), h("span", null, "Search by name, @username or the number of a chat.")]
      : [h("strong", null, "No chats yet"), h("span", null, "What the bot sends appears here. Or add a person, who then writes /start.")]));
  }

  showSkeleton() {
    for (let n = 0; n < 8; n++) {
      const row = h("div", { class: "row" }, h("div", { class: "chat skeleton" }, h("span", { class: "avatar" }), h("span", null, h("i"), h("i"))));
      row.style.transform = `translateY(${n * ROW}px)`;
      this.space.append(row);
    }
  }
}

function rowContent(entry) {
  const { last } = entry;
  return [
    avatar(entry),
    h("span", { class: "chat-text" },
      h("span", { class: "chat-line" }, h("span", { class: "chat-name", dir: "auto" }, entry.name),
        entry.admin && h("span", { class: "badge" }, "admin"), entry.state !== "normal" && h("span", { class: "badge blocked" }, entry.state.replace("_", " ")),
        last && h("time", { class: "chat-time" }, listTime(last.date))),
      h("span", { class: "chat-line" },
        h("span", { class: "chat-last", dir: "auto" }, last?.from_person && h("b", null, "You: "), last?.photo && "\u{1F5BC} ",
          last ? last.text || (last.photo ? "Photo" : "") : "No messages yet"),
        entry.unread > 0 && h("span", { class: "chat-unread" }, entry.unread > 99 ? "99+" : entry.unread, h("span", { class: "unseen" }, " unread")))),
  ];
}

/** The field above the list. */
export function searchField(list) {
  const input = h("input", { type: "search", placeholder: "Search", "aria-label": "Search chats", autocomplete: "off", spellcheck: "false" });
  input.addEventListener("input", () => list.find(input.value.trim()));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") list.focus(0);
    else if (event.key === "Enter" && list.at(0)) list.onOpen(list.at(0).entry);
    else if (event.key === "Escape" && input.value) {
      input.value = "";
      list.find("");
    } else return;
    event.preventDefault();
  });
  return h("div", { class: "search" }, icon("search"), input);
}
