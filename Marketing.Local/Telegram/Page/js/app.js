import { api } from "./api.js";
import { ChatList, searchField } from "./chat-list.js";
import { Composer } from "./composer.js";
import { History } from "./conversation.js";
import { avatar, h, icon, iconButton } from "./dom.js";
import { follow } from "./events.js";
import { alertBox, attempt, confirmLink, openLink, saidOpened, toast, warn } from "./notices.js";
import { Panel } from "./panel.js";
import { newPerson } from "./people.js";
import { applyTheme, toggleTheme } from "./theme.js";

const people = { admin: null, user: null }; // the last one of each that was looked at
let chat = null; // the open one, as last read
let bot = null;

// ---- the list

const chatsRoot = document.getElementById("chats");
const title = h("h1", null, "Telegram");
const weatherButton = iconButton("sliders", "Network weather", () => showPanel(panelRoot.hidden), { "aria-pressed": "false" });
const roles = Object.fromEntries(["user", "admin"].map((role) => [role, h("button", { type: "button", "aria-pressed": "false", onclick: () => be(role) }, role === "user" ? "User" : "Admin")]));
const finder = h("div", { class: "finder" });
chatsRoot.append(
  h("header", null, title, iconButton("moon", "Light or dark", toggleTheme), weatherButton), finder,
  h("div", { class: "roles", role: "group", "aria-label": "Be" }, roles.admin, roles.user));
const list = new ChatList(chatsRoot, { onOpen: (entry) => open(entry.chat_id), onRead: meet });
finder.append(searchField(list));
chatsRoot.append(h("button", { type: "button", class: "new-person", "aria-label": "New person", title: "New person", onclick: () => welcome() }, icon("person-add")));

function meet(entries) {
  for (const entry of entries) people[entry.admin ? "admin" : "user"] ??= entry.chat_id;
}

/** Goes to the last chat of that role; an admin there is not yet is made. */
async function be(role) {
  if (people[role]) open(people[role]);
  else await welcome(role === "admin");
}

async function welcome(asAdmin) {
  const person = await newPerson(asAdmin);
  if (!person) return;
  open(person.chat.chat_id);
  say(person.chat.chat_id, person.text);
}

// ---- the conversation

const root = document.getElementById("conversation");
const blank = h("div", { class: "blank" }, h("div", { class: "card" },
  h("strong", null, "Choose a chat"), h("span", null, "You are that person then: what you write goes to the bot.")));
const header = h("header", { hidden: true });
root.append(blank, header);
const history = new History(root, {
  link(url, isHidden, event) {
    const start = bot && new RegExp(`^https?://t\\.me/${bot.username}\\?start=([\\w-]{1,64})$`, "i").exec(url);
    if (!start && !isHidden) return saidOpened(url);
    event.preventDefault();
    if (start) say(chat.chat_id, `/start ${start[1]}`);
    else confirmLink(url);
  },
  command: (text) => say(chat.chat_id, text),
  press: (message, row, col) => press(message, row, col),
  opened(message, at, url) {
    history.marksOf(message.message_id).followed.add(at);
    saidOpened(url);
    history.redraw();
  },
  unknownKey: () => warn("This kind of button is not simulated: only callbacks and links are."),
});
const composer = new Composer(root, {
  say: (text) => say(chat.chat_id, text),
  start: () => say(chat.chat_id, "/start"),
  unblock: () => setBlocked(false),
});
composer.root.hidden = true;
history.onChat = (entry, commands) => {
  chat = entry;
  people[entry.admin ? "admin" : "user"] = entry.chat_id;
  showHeader(entry);
  composer.root.hidden = false;
  composer.show(entry, commands, !entry.last);
};

function showHeader(entry) {
  const signature = JSON.stringify([entry.name, entry.state, entry.admin, entry.language_code]);
  if (header.dataset.signature === `${entry.chat_id}${signature}`) return;
  header.dataset.signature = `${entry.chat_id}${signature}`;
  const blocked = entry.state === "blocked";
  const details = [entry.username && `@${entry.username}`, entry.language_code, `id ${entry.chat_id}`].filter(Boolean).join(" \u00B7 ");
  header.replaceChildren(
    iconButton("back", "Back to the chats", () => open(null), { class: "icon-button back" }),
    avatar(entry, true),
    h("div", { class: "who" },
      h("h2", null, h("span", { dir: "auto" }, entry.name), entry.admin && h("span", { class: "badge" }, "admin")),
      h("p", { class: blocked ? "blocked" : null }, blocked ? "blocked the bot" : entry.state === "normal" ? details : entry.state.replace("_", " "))),
    iconButton("switch", entry.admin ? "Be a user (Alt+A)" : "Be the admin (Alt+A)", () => be(entry.admin ? "user" : "admin")),
    iconButton("star", entry.admin ? "Unmark as an administrator" : "Mark as an administrator", () => attempt(() => api.introduce({ chat_id: entry.chat_id, admin: !entry.admin })), { "aria-pressed": String(entry.admin) }),
    iconButton(blocked ? "unblock" : "block", blocked ? "Unblock the bot" : "Block the bot", () => setBlocked(!blocked)));
}

const setBlocked = (blocked) => attempt(() => api.setState(chat.chat_id, blocked ? "blocked" : "normal"));

function say(chatId, text) {
  history.scrollToEnd();
  attempt(async () => {
    const result = await api.say(chatId, text);
    if (result.webhook_status === null) warn(result.update_id === null ? "The bot does not want messages." : "The bot's webhook does not answer.");
    else if (result.webhook_status >= 300) warn(`The bot's webhook answered ${result.webhook_status}; Telegram tries again.`);
  });
}

async function press(message, row, col) {
  const { waiting } = history.marksOf(message.message_id);
  const at = `${row}:${col}`;
  if (waiting.has(at)) return;
  waiting.add(at);
  history.redraw();
  await attempt(async () => {
    const { answer, webhook_status: status } = await api.press(message.chat_id, message.message_id, row, col);
    if (!answer) warn(status >= 300 ? `The bot's webhook answered ${status}; Telegram tries again.` : "The bot did not answer within 10 seconds.");
    else if (answer.url) confirmLink(answer.url);
    else if (answer.text && answer.show_alert) alertBox(answer.text);
    else if (answer.text) toast(answer.text);
  });
  waiting.delete(at);
  history.redraw();
}

// ---- the panel

const panelRoot = document.getElementById("panel");
const panel = new Panel(panelRoot, () => showPanel(false));

function showPanel(shown) {
  panelRoot.hidden = !shown;
  panel.isOpen = shown;
  document.body.dataset.panel = shown ? "open" : "";
  weatherButton.setAttribute("aria-pressed", String(shown));
  if (shown) panel.open();
  else weatherButton.focus({ preventScroll: true });
}

// ---- which chat is open: the address says it, so that back and reload work

function open(chatId) {
  const hash = chatId === null ? "" : `#${chatId}`;
  if (location.hash === hash) show();
  else if (chatId === null) window.history.pushState(null, "", location.pathname), show();
  else location.hash = hash;
}

async function show() {
  const chatId = /^#-?\d+$/.test(location.hash) ? Number(location.hash.slice(1)) : null;
  document.body.dataset.screen = chatId === null ? "list" : "chat";
  list.select(chatId);
  blank.hidden = chatId !== null;
  header.hidden = history.scroller.hidden = chatId === null;
  composer.root.hidden = true;
  if (chatId === null) {
    chat = null;
    history.chatId = null;
    return;
  }
  await history.open(chatId);
  markRole();
  if (matchMedia("(hover: hover)").matches) composer.focus();
}

function markRole() {
  for (const [role, button] of Object.entries(roles)) button.setAttribute("aria-pressed", String(Boolean(chat) && chat.admin === (role === "admin")));
}

window.addEventListener("hashchange", show);
window.addEventListener("popstate", show);
document.addEventListener("visibilitychange", () => !document.hidden && history.chatId !== null && history.markRead());
document.addEventListener("keydown", (event) => {
  if (event.altKey && event.code === "KeyA") be(chat?.admin ? "user" : "admin");
  else if (event.altKey && event.key === "ArrowDown") list.step(1);
  else if (event.altKey && event.key === "ArrowUp") list.step(-1);
  else if (event.key === "Escape" && !document.querySelector("dialog")) panelRoot.hidden ? open(null) : showPanel(false);
  else return;
  event.preventDefault();
});

// ---- what happens meanwhile

applyTheme();
show();
follow((event) => {
  panel.count(event.totals);
  if (event.chats?.length === 0) return;
  list.refresh();
  if (!bot) api.bot().then((answer) => (bot = answer.bot), () => {});
  if (history.chatId !== null && (event.chats === null || event.chats.includes(history.chatId))) history.refresh().then(markRole);
}, (connected) => {
  const text = connected ? "Telegram" : "Connecting ...";
  if (title.textContent !== text) title.replaceChildren(connected ? text : h("span", { class: "offline" }, h("span", { class: "spinner" }), text));
  document.body.dataset.connected = String(connected);
});
