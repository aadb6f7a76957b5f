import { confirmDialog } from "./ui.js";

const unsaved = {
  title: "Leave without saving?", text: "What you changed here since the last save would be lost.", confirm: "Leave", dismiss: "Stay", danger: true,
};

// What the person would lose by leaving: one page is shown at a time. The shell loads this module before it listens itself, for a
// window calls its listeners in their order, those for the capture phase too.
let guard = null;
let isAsking = false;

addEventListener("beforeunload", (event) => guard?.isChanged() && event.preventDefault());
addEventListener("hashchange", async (event) => {
  if (!guard?.isChanged() || location.hash === guard.hash) return;
  event.stopImmediatePropagation();
  const target = location.hash;
  // The address has changed by now, so it is put back for whoever stays.
  history.replaceState(null, "", guard.hash);
  if (await mayLeave()) location.hash = target;
});

/** Whether the page may be left: asks when something would be lost. It is not asked for again then. */
export async function mayLeave() {
  const asked = guard;
  if (!asked?.isChanged()) return true;
  if (isAsking) return false;
  isAsking = true;
  const isLeaving = await confirmDialog(asked.question);
  isAsking = false;
  if (isLeaving && guard === asked) guard = null;
  return isLeaving;
}

/**
 * Asks before the person leaves the page for another one, or closes the tab, while isChanged() is true. Ends with the page's signal.
 * @param question of a confirmDialog, where something else than text would be lost
 * @returns {{moved: (hash: string) => void}} for a page that has another address now, such as after a first save; nothing is loaded again
 */
export function guardUnsaved(isChanged, signal, question = unsaved) {
  const mine = { isChanged, question, hash: location.hash };
  guard = mine;
  signal.addEventListener("abort", () => {
    if (guard === mine) guard = null;
  });
  return {
    moved(hash) {
      mine.hash = hash;
      history.replaceState(null, "", hash);
    },
  };
}
