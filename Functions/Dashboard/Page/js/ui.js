import { fill, h, icon, iconButton, newId } from "./dom.js";

/** A message for a moment; an error stays until it is closed. It is where the person is: in the dialog that is open on top, if any. */
export function toast(text, isError = false) {
  const note = h("div", { class: isError ? "toast bad" : "toast", role: isError ? "alert" : null }, text);
  if (isError) note.append(iconButton("close", "Close", () => note.remove()));
  else setTimeout(() => note.remove(), 5000);
  // Dialogs are put at the end of the page, each above the ones before; nothing behind one can be read or pressed.
  const dialog = isError && [...document.querySelectorAll("dialog[open]")].at(-1);
  (dialog || document.getElementById("toasts")).append(note);
  if (dialog) note.scrollIntoView({ block: "nearest" });
}

/** What went wrong, with the request's id to look for in the logs. */
export function errorText(error) {
  const fields = Object.entries(error.errors ?? {}).map(([pointer, messages]) => `${pointer.slice(1) || "request"}: ${messages.join("; ")}`);
  const id = error.status >= 500 && error.requestId ? ` (request ${error.requestId})` : "";
  return (fields.length ? fields.join(". ") : error.message) + id;
}

export function skeleton() {
  return h("div", { class: "skeleton", role: "status", "aria-label": "Loading" }, h("i"), h("i"), h("i"));
}

export function emptyState(title, text, ...actions) {
  return h("div", { class: "state" }, h("strong", null, title), text && h("p", null, text), ...actions);
}

export function errorState(error, retry) {
  return h("div", { class: "state bad", role: "alert" }, icon("warning"), h("strong", null, "This could not be loaded"), h("p", null, errorText(error)),
    retry && h("button", { type: "button", class: "button", onclick: retry }, icon("refresh"), "Try again"));
}

/**
 * Fills the element with what draw makes of what read brings: a skeleton until then, and an error with a way to try again.
 * Returns a function that reads again without the skeleton. What was asked for last is what is drawn, whichever answer is first.
 */
export function load(element, read, draw, signal) {
  let asked = 0;
  const run = async (quietly) => {
    const mine = ++asked;
    const isStale = () => signal?.aborted || mine !== asked;
    if (!quietly) fill(element, skeleton());
    element.setAttribute("aria-busy", "true");
    try {
      const data = await read();
      if (!isStale()) fill(element, draw(data));
    } catch (error) {
      if (!isStale()) fill(element, errorState(error, () => run(false)));
    } finally {
      if (!isStale()) element.removeAttribute("aria-busy");
    }
  };
  run(false);
  return () => run(true);
}

/** A button that shows that it works, cannot be pressed twice, and tells errors. */
export function actionButton(attributes, content, action) {
  const button = h("button", { type: "button", class: "button", ...attributes, onclick: () => busy(button, action) }, content);
  return button;
}

/** Runs the action with the button busy; an error becomes a toast, unless the person has left the page. True when it went well. */
export async function busy(button, action) {
  if (button.getAttribute("aria-busy") === "true") return false;
  // Not disabled: a button that is loses the keyboard's place.
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
  try {
    await action();
    return true;
  } catch (error) {
    if (error.name !== "AbortError") toast(errorText(error), true);
    return false;
  } finally {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
}

/**
 * A label, its control and room for hint and problem: {field, control, problem(text), describe(id)}. A control inside of something
 * larger, such as a combobox, comes with that as its frame.
 */
export function field(label, control, hint, frame = control) {
  control.id ||= newId("field");
  if (!control.className) control.className = "input";
  const hintId = hint && newId("hint");
  const problem = h("p", { class: "problem", id: newId("problem"), hidden: true });
  const describe = (id) => control.setAttribute("aria-describedby", [hintId, id].filter(Boolean).join(" "));
  describe(null);
  return {
    control, describe,
    field: h("div", { class: "field" }, h("label", { for: control.id }, label), frame, hint && h("p", { class: "hint", id: hintId }, hint), problem),
    problem(text) {
      problem.textContent = text ?? "";
      problem.hidden = !text;
      describe(text && problem.id);
      if (text) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    },
  };
}

/** Puts an ApiError's messages at their fields ({"/title": field}); what belongs to none is a toast. The first field gets the focus. */
export function showProblems(error, fields) {
  for (const f of Object.values(fields)) f.problem(null);
  const rest = [];
  let first = null;
  for (const [pointer, messages] of Object.entries(error.errors ?? {})) {
    const at = fields[pointer] ?? fields[`/${pointer.split("/")[1]}`];
    if (!at) rest.push(`${pointer.slice(1) || "request"}: ${messages.join("; ")}`);
    else at.problem(messages.join("; "));
    first ??= at;
  }
  first?.control.focus();
  if (!first || rest.length) toast(rest.length ? rest.join(". ") : errorText(error), true);
}

/** One of several, as buttons side by side: [[value, label], ...]. */
export function choices(label, options, value, onchange) {
  const buttons = options.map(([v, text]) => h("button", {
    type: "button", "aria-pressed": String(v === value),
    onclick: () => {
      for (const [i, b] of buttons.entries()) b.setAttribute("aria-pressed", String(options[i][0] === v));
      onchange(v);
    },
  }, text));
  return h("div", { class: "choices", role: "group", "aria-label": label }, buttons);
}

/** Asks before something that cannot be undone; true when confirmed. */
export function confirmDialog({ title, text, confirm, dismiss = "Not now", danger = false }) {
  return new Promise((resolve) => {
    const heading = newId("dialog");
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": heading, onclose: () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    } }, h("form", { method: "dialog" }, h("h2", { id: heading }, title), [text].flat().map((t) => (t instanceof Node ? t : h("p", null, t))),
      h("div", { class: "actions" },
        h("button", { class: "button", value: "no", autofocus: true }, dismiss),
        h("button", { class: danger ? "button danger primary" : "button primary", value: "yes" }, confirm))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Closes every dialog as its dismissal would. */
export function closeDialogs() {
  for (const dialog of [...document.querySelectorAll("dialog[open]")].reverse()) dialog.close();
}

/** A dialog with content of its own; content gets a function that closes it. Resolves with what that was given. */
export function openDialog(title, content) {
  return new Promise((resolve) => {
    const heading = newId("dialog");
    let result = null;
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": heading, onclose: () => {
      dialog.remove();
      resolve(result);
    } });
    dialog.append(h("div", { class: "dialog-body" }, h("h2", { id: heading }, title), content((value) => {
      result = value ?? null;
      dialog.close();
    })));
    document.body.append(dialog);
    dialog.showModal();
  });
}

const tones = { draft: "", scheduled: "warn", sending: "busy", paused: "warn", sent: "good", failed: "bad", cancelled: "" };

export function statusBadge(status) {
  return h("span", { class: `badge ${tones[status] ?? ""}` }, status[0].toUpperCase() + status.slice(1));
}

/** Calls read every so many milliseconds until the signal aborts, and not while the tab is hidden. */
export function poll(milliseconds, signal, read) {
  const timer = setInterval(() => {
    if (document.visibilityState === "visible") read();
  }, milliseconds);
  signal.addEventListener("abort", () => clearInterval(timer));
}
