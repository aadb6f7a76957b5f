import { api } from "../api.js";
import { h, icon } from "../dom.js";
import { number } from "../format.js";
import { session } from "../session.js";
import { actionButton, busy, confirmDialog, toast } from "../ui.js";

/**
 * What can be done with the broadcast at its status by this person. changed is called with a message once something was done, reads
 * the broadcast again, shows it and answers it.
 */
export function actions(broadcast, changed) {
  const { id, status } = broadcast;
  const isOpen = status === "draft" || status === "scheduled";
  const do_ = (name, done) => async () => {
    await api.post(`v1/admin/broadcasts/${id}/${name}`);
    await changed(done);
  };
  const can = session.may("send");
  return h("div", { class: "actions" },
    can && status === "sending" && actionButton({}, [icon("pause"), "Pause"], do_("pause", "Paused. Messages under way still arrive.")),
    can && status === "paused" && actionButton({ class: "button primary" }, [icon("play"), "Resume"], do_("resume", "Going on.")),
    can && isCancellable(status) && cancelButton(broadcast, changed),
    can && isOpen && isSecondPerson(broadcast) && approveButton(broadcast, changed),
    session.may("edit") && isOpen && h("a", { class: "button primary", href: `#/compose/${id}` }, icon("compose"), can ? "Edit or send" : "Edit"),
    session.may("edit") && actionButton({}, [icon("copy"), "Duplicate"], async () => {
      const copy = await api.post(`v1/admin/broadcasts/${id}/duplicate`);
      toast("This is the copy. Change what you like.");
      location.hash = `/compose/${copy.id}`;
    }),
    session.may("edit") && isOpen && deleteButton(broadcast));
}

const isCancellable = (status) => ["scheduled", "sending", "paused"].includes(status);

// Asked by a dialog first, then done with the button busy. question is read when the button is pressed; none is asked for null.
function asking(attributes, content, question, act) {
  const button = h("button", { type: "button", class: "button", ...attributes, onclick: async () => {
    let asked = null;
    const isRead = await busy(button, async () => {
      asked = await question();
    });
    if (isRead && asked && await confirmDialog(asked)) await busy(button, act);
  } }, content);
  return button;
}

// The page draws its buttons when the status changes, and the sending goes on meanwhile: the numbers are read for the question.
function cancelButton({ id }, changed) {
  return asking({ class: "button danger" }, [icon("stop"), "Cancel"], async () => {
    const { status, stats } = await changed();
    if (!isCancellable(status)) return void toast(`It is ${status} by now; there is nothing to cancel.`);
    const rest = status === "scheduled" ? "It will not be sent at its time."
      : stats ? `${number(stats.pending)} of ${number(stats.total_recipients)} people have not been reached yet, and will not get the message.`
      : "Nobody has been reached yet, and nobody will get the message.";
    return { title: "Cancel this broadcast for good?", text: [rest, "It cannot be started again; a copy of it can."], confirm: "Cancel the broadcast", danger: true };
  }, async () => {
    await api.post(`v1/admin/broadcasts/${id}/cancel`);
    await changed("Cancelled.");
  });
}

function deleteButton({ id, title }) {
  return asking({ class: "button danger" }, [icon("trash"), "Delete"], () => ({
    title: `Delete “${title}”?`, text: "Nobody has got it yet. It cannot be brought back.", confirm: "Delete", danger: true,
  }), async () => {
    await api.delete(`v1/admin/broadcasts/${id}`);
    toast("Deleted.");
    location.hash = "/";
  });
}

// Whose approval counts where broadcasts of many recipients need a second person.
function isSecondPerson({ created_by: author, updated_by: editor, approved_by: approver }) {
  return session.me.four_eyes_over !== null && !approver && session.me.id !== author && session.me.id !== editor;
}

function approveButton({ id, updated_at: read }, changed) {
  return asking({}, [icon("check"), "Approve"], () => ({
    title: "Approve this broadcast?",
    text: [`A broadcast to more than ${number(session.me.four_eyes_over)} people needs a second person besides who wrote it. You say that its message, its buttons and who gets it are right.`,
      "Any change of it takes the approval back."],
    confirm: "Approve",
  }), async () => {
    await api.post(`v1/admin/broadcasts/${id}/approve`, { updated_at: read });
    await changed("Approved.");
  });
}
