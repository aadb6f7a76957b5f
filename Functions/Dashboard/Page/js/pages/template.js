import { api, request } from "../api.js";
import { fill, h, icon } from "../dom.js";
import { session } from "../session.js";
import { templateEditor } from "../template/editor.js";
import { versionList } from "../template/versions.js";
import { actionButton, confirmDialog, load, openDialog, showProblems, toast } from "../ui.js";
import { guardUnsaved } from "../unsaved.js";

const empty = { name: "", category: "", content: "", cta_buttons: [], translations: {} };

export function page({ params, signal }) {
  const id = params.id === "new" ? null : params.id;
  const content = h("div", { class: "page" });
  const categories = [];
  let isChanged = false;
  guardUnsaved(() => isChanged, signal);
  // Suggestions only: without them the category is typed.
  const suggestions = session.may("edit") ? api.get("v1/admin/templates?limit=100", signal).then(({ items }) => categories.push(...new Set(items.map((t) => t.category))), () => {}) : null;

  function draw(saved, etag, template = saved, changed = template !== saved) {
    isChanged = changed;
    const state = h("p", { class: "summary", role: "status" }, changed ? "Not saved yet" : null);
    const editor = templateEditor({ template, categories, signal, onchange: () => {
      isChanged = true;
      state.textContent = "Not saved yet";
    } });
    const form = h("fieldset", { disabled: !session.may("edit") }, editor.element);
    const save = actionButton({ class: "button primary" }, "Save", () => store(editor, form, saved, etag));
    document.title = `${saved.name || "New template"} · Marketing`;
    fill(content,
      h("div", { class: "page-head" },
        h("div", null, h("a", { class: "crumb", href: "#/templates" }, icon("back"), "Templates"), h("h1", null, saved.name || "New template")),
        session.may("edit") && h("div", { class: "actions" },
          saved.id && h("a", { class: "button", href: `#/compose?template=${saved.id}` }, icon("send"), "Use in a broadcast"),
          saved.id && actionButton({ class: "button danger" }, "Delete", () => remove(saved)))),
      h("div", { class: "with-preview" }, h("section", { class: "card" }, form), editor.preview),
      saved.id && versionList(saved.id, saved.version, (version) => {
        draw(saved, etag, version);
        toast(`This is version ${version.version}. Save to make it the current one.`);
        scrollTo(0, 0);
      }, signal),
      session.may("edit") && h("div", { class: "send-bar" }, state, h("div", { class: "actions" }, save)));
    if (!saved.id) editor.name.control.focus();
  }

  async function store(editor, form, saved, etag) {
    try {
      const answer = await write(editor.value(), form, saved.id, etag);
      isChanged = false;
      toast("Saved");
      if (saved.id) {
        draw(answer.data, answer.etag);
        // The button that was pressed is gone with the old form.
        content.querySelector(".send-bar .button").focus({ preventScroll: true });
      } else location.hash = `#/templates/${answer.data.id}`;
    } catch (error) {
      if (error.status === 412) return changedByOthers(editor, form, saved);
      if (error.status === 409) return showProblems({ errors: { "/name": [error.message] } }, editor.fieldsOf({}));
      if (!Object.keys(error.errors ?? {}).length) throw error;
      showProblems(error, editor.fieldsOf(error.errors));
    }
  }

  // The answer draws the form anew, so nothing can be typed until it is there.
  async function write(body, form, id, etag) {
    form.disabled = true;
    try {
      return id
        ? await request("PUT", `v1/admin/templates/${id}`, { body, headers: etag ? { "If-Match": etag } : {} })
        : await request("POST", "v1/admin/templates", { body });
    } finally {
      form.disabled = false;
    }
  }

  async function changedByOthers(editor, form, saved) {
    const choice = await openDialog("Somebody else changed this template", (close) => [
      h("p", null, "It was saved again after you opened it. Saving yours now would undo what they did; theirs stays readable among the versions."),
      h("div", { class: "actions stacked" },
        h("button", { type: "button", class: "button", onclick: () => close("look") }, "Keep editing"),
        h("button", { type: "button", class: "button", onclick: () => close("theirs") }, "Take theirs, drop mine"),
        h("button", { type: "button", class: "button danger", onclick: () => close("mine") }, "Save mine over theirs")),
    ]);
    if (choice === "mine") return store(editor, form, saved, null);
    if (choice !== "theirs") return;
    const { data, etag } = await request("GET", `v1/admin/templates/${saved.id}`);
    draw(data, etag);
  }

  async function remove(saved) {
    const isSure = await confirmDialog({
      title: `Delete “${saved.name}”?`, text: "Broadcasts that were sent with it keep their message and their numbers.", confirm: "Delete", danger: true,
    });
    if (!isSure) return;
    await api.delete(`v1/admin/templates/${saved.id}`);
    isChanged = false;
    toast("Deleted");
    location.hash = "#/templates";
  }

  load(content, async () => {
    await suggestions;
    return id ? request("GET", `v1/admin/templates/${id}`, { signal }) : { data: empty, etag: null };
  }, ({ data, etag }) => {
    queueMicrotask(() => draw(data, etag));
    return [];
  }, signal);
  return { title: id ? "Template" : "New template", content };
}
