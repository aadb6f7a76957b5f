import { fill, h, icon, newId } from "../dom.js";
import { number, percent } from "../format.js";
import { errorText } from "../ui.js";
import { upload } from "./upload.js";

/**
 * A card to import a file with: chosen or dropped, tried first where the API can (canTry), then stored, with what became of its lines.
 * types maps a file's ending to its Content-Type; facts(result) are the answer's counts, the last one that of the rejected lines;
 * unfinished(isAllSent) says what a file has left behind that was to be stored and was not answered.
 * @returns {{element: Element, isBusy: () => boolean}}
 */
export function fileImport({ title, text, path, types, canTry, facts, unfinished, signal }) {
  const endings = Object.keys(types);
  const outcome = h("div", { class: "form", "aria-live": "polite" });
  const input = h("input", { type: "file", id: newId("file"), class: "unseen", accept: endings.map((e) => `.${e}`).join(","), onchange: () => take(input.files[0]) });
  const zone = h("label", { class: "drop", for: input.id,
    ondragover: (event) => {
      event.preventDefault();
      zone.classList.add("over");
    },
    ondragleave: () => zone.classList.remove("over"),
    ondrop: (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      take(event.dataTransfer.files[0]);
    },
  }, icon("upload"), h("strong", null, "Choose a file"), h("span", { class: "muted small" }, `or drop it here: ${endings.map((e) => `.${e}`).join(", ")}`));
  let isBusy = false;

  async function take(file) {
    input.value = ""; // so that the same file, mended, can be chosen again
    if (!file || isBusy) return;
    const type = types[file.name.split(".").pop().toLowerCase()];
    if (!type) return fill(outcome, h("p", { class: "notice bad", role: "alert" }, `${file.name} cannot be read here. Give a file that ends in ${endings.join(", ")}.`));
    if (!file.size) return fill(outcome, h("p", { class: "notice bad", role: "alert" }, `${file.name} is empty.`));
    await run(file, type, canTry);
  }

  async function run(file, type, isTrial) {
    isBusy = true;
    const stop = new AbortController();
    signal.addEventListener("abort", () => stop.abort());
    const bar = h("i");
    const progress = h("div", { class: "progress", role: "progressbar", "aria-label": "Upload", "aria-valuemin": "0", "aria-valuemax": "100" }, bar);
    const status = h("p", { class: "small" });
    const say = (share) => {
      bar.style.setProperty("--share", share);
      progress.setAttribute("aria-valuenow", String(Math.round(share * 100)));
      status.textContent = share < 1 ? `${percent(share)} of ${size(file.size)} sent` : isTrial ? "Reading the lines…" : "Storing the lines…";
    };
    say(0);
    fill(outcome, h("strong", null, isTrial ? `Checking ${file.name}` : `Importing ${file.name}`), progress, status,
      h("div", null, h("button", { type: "button", class: "button", onclick: () => stop.abort() }, "Stop")));
    try {
      const result = await upload(isTrial ? `${path}?dry_run=true` : path, file, type, say, isTrial ? () => "Nothing was stored." : unfinished, stop.signal);
      fill(outcome, report(result, file, type, isTrial));
      outcome.querySelector("button.primary")?.focus();
    } catch (error) {
      fill(outcome, h("p", { class: "notice bad", role: "alert" }, icon("warning"), h("span", null, errorText(error))));
    } finally {
      isBusy = false;
    }
  }

  function report(result, file, type, isTrial) {
    const counts = facts(result).map(([, n]) => n);
    const bad = counts.at(-1);
    const good = counts.slice(0, -1).reduce((sum, n) => sum + n, 0);
    return [
      h("p", { class: bad ? "notice warn" : "notice good" }, icon(bad ? "warning" : "check"), h("span", null, isTrial
        ? `${file.name} was checked and nothing is stored yet.` : `${file.name} is imported.`, bad > 0 && ` ${number(bad)} ${bad === 1 ? "line was" : "lines were"} rejected.`)),
      h("dl", { class: "numbers" }, facts(result).map(([label, value]) => h("div", null, h("dt", null, label), h("dd", null, number(value))))),
      isTrial && h("div", { class: "actions" },
        h("button", { type: "button", class: "button", onclick: () => fill(outcome) }, "Not now"),
        good > 0 && h("button", { type: "button", class: "button primary", onclick: () => run(file, type, false) }, `Import ${number(good)} ${good === 1 ? "line" : "lines"}`)),
      bad > 0 && rejected(result.rejected, bad),
    ];
  }

  return {
    element: h("section", { class: "card" }, h("h2", null, title), h("div", { class: "form" }, h("p", { class: "muted" }, text), input, zone, outcome)),
    isBusy: () => isBusy,
  };
}

function rejected(lines, total) {
  return h("div", null, h("h3", null, "Rejected lines"), lines.length < total && h("p", { class: "muted small" }, `The first ${number(lines.length)} of ${number(total)}.`),
    h("div", { class: "table-wrap rejected", tabindex: "0", role: "region", "aria-label": "Rejected lines" }, h("table", null,
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Line"), h("th", { scope: "col" }, "Why"))),
      h("tbody", null, lines.map(({ line, reason }) => h("tr", null, h("td", null, number(line)), h("td", null, reason)))))));
}

function size(bytes) {
  const [unit, of] = bytes < 1e6 ? ["kB", 1e3] : bytes < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  return `${(bytes / of).toFixed(1)} ${unit}`;
}
