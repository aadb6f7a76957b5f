import { h } from "./dom.js";

const TOAST_MS = 5000;
const URL_SHOWN = 60;
const toasts = document.getElementById("toasts");

export function toast(text, kind = "") {
  const element = h("div", { class: `toast ${kind}` }, text);
  toasts.append(element);
  while (toasts.children.length > 3) toasts.firstChild.remove();
  setTimeout(() => element.remove(), TOAST_MS);
}

export const warn = (text) => toast(text, "warning");

/** Runs what a person asked for; a refusal becomes a toast. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    warn(error.message);
    return null;
  }
}

/** A modal dialog. The last button is the default; answers the value of the pressed one, "" when dismissed. */
export function ask(title, content, buttons) {
  const dialog = h("dialog", { "aria-labelledby": "dialog-title" });
  const form = h("form", { onsubmit: (event) => event.preventDefault() },
    h("h2", { id: "dialog-title" }, title), content,
    h("footer", null, buttons.map(({ label, value, primary }) => h("button", {
      type: primary ? "submit" : "button", class: primary ? "primary" : "quiet",
      onclick: () => (!primary || form.reportValidity()) && dialog.close(value),
    }, label))));
  dialog.append(form);
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close(""));
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue);
  }));
}

export const alertBox = (text) => ask("Telegram", h("p", null, text), [{ label: "OK", value: "ok", primary: true }]);

/** As Telegram does before it follows a link whose text hides where it leads. */
export async function confirmLink(url) {
  const answer = await ask("Open this link?", h("p", null, url), [{ label: "Cancel", value: "" }, { label: "Open", value: "open", primary: true }]);
  if (answer === "open") openLink(url);
}

export function openLink(url) {
  window.open(url, "_blank", "noopener,noreferrer");
  saidOpened(url);
}

export const saidOpened = (url) => toast(`Opened in a new tab: ${url.length > URL_SHOWN ? `${url.slice(0, URL_SHOWN)}\u2026` : url}`);

export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
