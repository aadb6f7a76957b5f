import { h, icon } from "./dom.js";

/** Where a person writes. `act` has say(text), start() and unblock(). */
export class Composer {
  constructor(root, act) {
    this.act = act;
    this.drafts = new Map();
    this.commands = [];
    this.input = h("textarea", {
      id: "composer-input", rows: "1", placeholder: "Message", "aria-label": "Message", role: "combobox", "aria-expanded": "false",
      "aria-controls": "commands", "aria-autocomplete": "list", autocomplete: "off", enterkeyhint: "send",
    });
    this.send = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send" }, icon("send"));
    this.menu = h("button", { type: "button", class: "menu-button", "aria-label": "Commands", hidden: true, onclick: () => this.toggleAll() }, icon("menu"), "Menu");
    this.list = h("div", { id: "commands", class: "commands", role: "listbox", "aria-label": "Commands", hidden: true });
    this.form = h("form", { onsubmit: (event) => this.submit(event) }, h("div", { class: "entry" }, this.menu, this.input), this.send);
    this.big = h("button", { type: "button", class: "big-action", hidden: true });
    this.root = h("div", { class: "composer" }, this.list, this.form, this.big);
    root.append(this.root);
    this.input.addEventListener("input", () => this.onInput());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => setTimeout(() => !this.root.contains(document.activeElement) && this.close(), 150));
    this.big.addEventListener("click", () => this.bigAction());
  }

  /** For the open chat: a draft of its own, its commands, and instead of the field a button where nothing can be written. */
  show(chat, commands, isEmpty) {
    if (chat.chat_id !== this.chatId) {
      if (this.chatId) this.drafts.set(this.chatId, this.input.value);
      this.chatId = chat.chat_id;
      this.input.value = this.drafts.get(chat.chat_id) ?? "";
      this.close();
    }
    this.commands = commands;
    this.menu.hidden = commands.length === 0;
    const blocked = chat.state === "blocked";
    const gone = !blocked && chat.state !== "normal";
    this.bigAction = blocked ? this.act.unblock : this.act.start;
    this.big.textContent = blocked ? "UNBLOCK THE BOT" : gone ? "THIS CHAT IS GONE" : "START";
    this.big.disabled = gone;
    this.big.hidden = !blocked && !gone && !isEmpty;
    this.form.hidden = blocked || gone;
    this.input.placeholder = `Message as ${chat.name}`;
    this.send.disabled = !this.input.value.trim();
  }

  focus() {
    if (!this.form.hidden) this.input.focus();
    else this.big.focus();
  }

  onInput() {
    this.send.disabled = !this.input.value.trim();
    const typed = /^\/(\w*)$/.exec(this.input.value);
    if (typed) this.open(this.commands.filter((c) => c.command.startsWith(typed[1])));
    else this.close();
  }

  toggleAll() {
    if (!this.list.hidden) this.close();
    else this.open(this.commands);
    this.input.focus();
  }

  open(commands) {
    this.choices = commands;
    this.list.replaceChildren(...commands.map((c, n) => h("div", {
      id: `command-${n}`, role: "option", onmousedown: (event) => event.preventDefault(), onclick: () => this.say(`/${c.command}`),
    }, h("b", null, `/${c.command}`), h("span", null, c.description))));
    this.list.hidden = commands.length === 0;
    this.input.setAttribute("aria-expanded", String(commands.length > 0));
    this.choose(0);
  }

  close() {
    this.choices = [];
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  choose(index) {
    this.choice = this.choices.length ? (index + this.choices.length) % this.choices.length : -1;
    [...this.list.children].forEach((option, n) => {
      option.setAttribute("aria-selected", String(n === this.choice));
      if (n === this.choice) option.scrollIntoView({ block: "nearest" });
    });
    if (this.choice >= 0) this.input.setAttribute("aria-activedescendant", `command-${this.choice}`);
  }

  onKey(event) {
    const isOpen = !this.list.hidden;
    if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) this.choose(this.choice + (event.key === "ArrowDown" ? 1 : -1));
    else if (isOpen && event.key === "Tab") {
      this.input.value = `/${this.choices[this.choice].command} `;
      this.close();
    } else if (isOpen && event.key === "Escape") this.close();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      if (isOpen) this.say(`/${this.choices[this.choice].command}`);
      else this.form.requestSubmit();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  submit(event) {
    event.preventDefault();
    if (this.input.value.trim()) this.say(this.input.value.trim());
  }

  say(text) {
    this.input.value = "";
    this.onInput();
    this.act.say(text);
  }
}
