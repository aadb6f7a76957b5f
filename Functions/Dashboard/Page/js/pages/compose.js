import { api, request } from "../api.js";
import { fill, h, icon } from "../dom.js";
import { number } from "../format.js";
import { BroadcastStore } from "../compose/broadcast-store.js";
import { broadcastForm } from "../compose/form.js";
import { session } from "../session.js";
import { actionButton, confirmDialog, emptyState, load, openDialog, showProblems, toast } from "../ui.js";
import { guardUnsaved } from "../unsaved.js";

export function page({ params, query, signal }) {
  const content = h("div", { class: "page" });
  load(content, () => read(params.id, query.get("template"), signal), ({ broadcast, etag, template }) => {
    if (broadcast.id && broadcast.status !== "draft" && broadcast.status !== "scheduled") return cannotChange(broadcast);
    return compose(broadcast, etag, template, content, signal);
  }, signal);
  return { title: params.id ? "Edit broadcast" : "New broadcast", content };
}

async function read(id, templateId, signal) {
  const { data: broadcast, etag } = id ? await request("GET", `v1/admin/broadcasts/${id}`, { signal }) : { data: {}, etag: null };
  const wanted = broadcast.template_id ?? templateId;
  return { broadcast, etag, template: wanted ? await api.get(`v1/admin/templates/${wanted}`, signal) : null };
}

function cannotChange(broadcast) {
  return emptyState(`This broadcast is ${broadcast.status}`, "Only a draft or a scheduled one can be changed.",
    h("a", { class: "button", href: `#/broadcasts/${broadcast.id}` }, "See the broadcast"));
}

function compose(broadcast, etag, template, content, signal) {
  const store = new BroadcastStore(broadcast.id ? broadcast : null, etag);
  const isScheduled = () => store.broadcast?.status === "scheduled";
  const form = broadcastForm({ broadcast, template, signal, onchange: () => summarize(), saved: saveForTest });
  const written = () => form.body(form.when && form.when.isLater() ? form.when.at() : null);
  const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  let kept = written();
  // But for its time, which is no reason to save before it is tested or sent now: that would take its approval back.
  const isStored = () => store.broadcast && isSame({ ...written(), scheduled_at: null }, { ...kept, scheduled_at: null });
  const guard = guardUnsaved(() => kept !== null && !isSame(written(), kept), signal);
  const summary = h("p", { class: "summary", role: "status" });
  const go = session.may("send") && actionButton({ class: "button primary" }, "", () => start());
  const draft = actionButton({ class: "button" }, "", async () => {
    if (await save(null)) summarize();
  });

  function summarize() {
    const count = form.count();
    const people = count === null ? null : `${number(count)} ${count === 1 ? "person" : "people"}`;
    const time = form.when && (form.when.isLater() ? form.when.words() ?? "no time yet" : "now");
    summary.textContent = [people, time].filter(Boolean).join(" · ");
    if (go) fill(go, icon(form.when.isLater() ? "clock" : "send"), form.when.isLater() ? (isScheduled() ? "Schedule again" : "Schedule") : "Send");
    fill(draft, isScheduled() ? "Back to draft" : "Save draft");
  }

  /** Saves the form; false when it was refused, which its fields then tell. */
  async function save(scheduledAt, over = false) {
    if (form.isMissing()) return false;
    const saved = written(); // what is typed until the answer is not
    try {
      await store.save(form.body(scheduledAt), over);
    } catch (error) {
      if (error.status === 412) return changedByOthers(scheduledAt);
      if (!Object.keys(error.errors ?? {}).length) throw error;
      form.cohortProblem(error.errors);
      const rest = Object.entries(error.errors).filter(([pointer]) => !pointer.startsWith("/cohort_query"));
      if (rest.length) showProblems({ errors: Object.fromEntries(rest) }, form.fields);
      return false;
    }
    kept = saved;
    if (!signal.aborted) guard.moved(`#/compose/${store.broadcast.id}`);
    if (!scheduledAt) toast("Draft saved");
    return true;
  }

  async function saveForTest() {
    // What is scheduled stays so: a test is no reason to take it off.
    const at = isScheduled() ? form.when.at() ?? new Date(store.broadcast.scheduled_at) : null;
    const isReady = isStored() ? await store.isAsSeen() || await changedByOthers(at) : await save(at);
    summarize();
    return isReady ? store.broadcast.id : null;
  }

  async function changedByOthers(scheduledAt) {
    const choice = await openDialog("Somebody else changed this broadcast", (close) => [
      h("p", null, "It was saved again, or sent, after you opened it. Saving yours now would undo what they did."),
      h("div", { class: "actions stacked" },
        h("button", { type: "button", class: "button", onclick: () => close("stay") }, "Keep editing"),
        h("button", { type: "button", class: "button", onclick: () => close("theirs") }, "Take theirs, drop mine"),
        h("button", { type: "button", class: "button danger", onclick: () => close("mine") }, "Save mine over theirs")),
    ]);
    if (choice === "mine") return save(scheduledAt, true);
    if (choice === "theirs") {
      leaveTo(`#/compose/${store.broadcast.id}`);
    }
    return false;
  }

  function leaveTo(hash) {
    kept = null; // nothing here is to be kept any more
    if (location.hash === hash) dispatchEvent(new HashChangeEvent("hashchange"));
    else location.hash = hash;
  }

  async function start() {
    if (form.isMissing()) return;
    const isLater = form.when.isLater();
    const wrong = form.when.problem();
    form.when.field.problem(wrong);
    if (wrong) return form.when.field.control.focus();
    const counted = written();
    let recipients;
    try {
      recipients = (await api.post("v1/admin/cohorts/preview", { cohort_query: form.query() })).count;
    } catch (error) {
      if (form.cohortProblem(error.errors ?? {})) return;
      throw error;
    }
    if (!isSame(written(), counted)) return toast("Something was changed while the people were counted. Look at it, then press again.", true);
    if (!recipients && !isLater) return void await openDialog("Nobody would get it", (close) => [
      h("p", null, "The conditions reach nobody now. Change them, or choose another audience."),
      h("div", { class: "actions" }, h("button", { type: "button", class: "button primary", onclick: () => close() }, "Change the audience")),
    ]);
    if (!await confirmed(recipients, isLater)) return;
    if (isLater) {
      if (await save(form.when.at())) {
        toast("Scheduled");
        leaveTo(`#/broadcasts/${store.broadcast.id}`);
      }
    } else if (isStored() || await save(null)) await send();
  }

  function confirmed(recipients, isLater) {
    const people = `${number(recipients)} ${recipients === 1 ? "person" : "people"}`;
    return confirmDialog(isLater ? {
      title: `Schedule for ${people}?`,
      text: [`It is sent at ${form.when.words()}, to everybody whom the conditions reach then; now that is ${people}.`],
      confirm: "Schedule",
    } : { title: `Send to ${people} now?`, text: "Messages that have left cannot be taken back. You can pause or cancel the rest.", confirm: `Send to ${people}` });
  }

  async function send() {
    try {
      await store.send();
      toast("Sending");
      leaveTo(`#/broadcasts/${store.broadcast.id}`);
    } catch (error) {
      if (error.status === 412) return void (await changedByOthers(null) && await send());
      if (error.status !== 403) throw error;
      const isLeaving = await openDialog("A second person has to send this", (close) => [
        h("p", null, error.message),
        h("p", null, isScheduled() ? "It stays scheduled." : "It is saved as a draft.", " Ask another sender to open it and to approve or send it; your own change later takes an approval back."),
        h("div", { class: "actions" }, h("button", { type: "button", class: "button", onclick: () => close(false) }, "Go on editing"),
          h("button", { type: "button", class: "button primary", onclick: () => close(true) }, "See the broadcast")),
      ]);
      if (isLeaving) leaveTo(`#/broadcasts/${store.broadcast.id}`);
    }
  }

  summarize();
  if (!broadcast.id) queueMicrotask(() => form.title.control.focus());
  return [
    h("div", { class: "page-head" }, h("h1", null, broadcast.id ? "Edit broadcast" : "New broadcast")),
    h("div", { class: "with-preview" }, form.elements),
    h("div", { class: "send-bar" }, summary, h("div", { class: "actions" }, draft, go),
      !session.may("send") && h("p", { class: "muted small" }, "Your role writes drafts. Somebody with the role sender sends them.")),
  ];
}
