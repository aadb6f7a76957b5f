import { api, query } from "../api.js";
import { debounce, morePages, selectBox } from "../controls.js";
import { fill, h, icon } from "../dom.js";
import { ago } from "../format.js";
import { session } from "../session.js";
import { emptyState, load } from "../ui.js";

export function page({ signal }) {
  const filter = { search: "", category: "" };
  const list = h("div");
  const search = h("input", { class: "input", type: "search", "aria-label": "Search templates by name", placeholder: "Search by name", oninput: (event) => {
    filter.search = event.target.value.trim();
    againSoon();
  } });
  const category = selectBox([["", "All categories"]], "", { "aria-label": "Category", onchange: (event) => {
    filter.category = event.target.value;
    again();
  } });
  const read = (cursor) => api.get(`v1/admin/templates${query({ ...filter, limit: 24, cursor })}`, signal);
  const again = load(list, () => read(null), (first) => {
    offer(first.items);
    if (!first.items.length) return filter.search || filter.category ? emptyState("No template is like that") : nothing();
    const cards = h("ul", { class: "template-cards" });
    return [cards, morePages(cards, first, read, (items) => {
      offer(items);
      return items.map(card);
    })];
  }, signal);
  const againSoon = debounce(250, again);

  // The categories are those of the templates seen so far; the API keeps no list of them.
  function offer(items) {
    const names = new Set([...[...category.options].slice(1).map((o) => o.value), ...items.map((t) => t.category)]);
    const options = [["", "All categories"], ...[...names].sort().map((name) => [name, name])];
    fill(category, options.map(([value, label]) => h("option", { value }, label)));
    category.value = filter.category;
  }

  return {
    title: "Templates",
    content: h("div", { class: "page" },
      h("div", { class: "page-head" }, h("h1", null, "Templates"), session.may("edit") && newTemplate("button primary")),
      h("div", { class: "row filters" }, search, category), list),
  };
}

const newTemplate = (style) => h("a", { class: style, href: "#/templates/new" }, icon("plus"), "New template");

function nothing() {
  return emptyState("There is no template yet", "A template is a message with its buttons. Broadcasts are sent with one.", session.may("edit") && newTemplate("button"));
}

function card(template) {
  const languages = Object.keys(template.translations);
  return h("li", null, h("a", { class: "card template-card", href: `#/templates/${template.id}` },
    h("strong", null, template.name),
    h("p", { class: "muted excerpt" }, template.content.replace(/<[^>]+>/g, "")),
    h("p", { class: "muted small facts" }, h("span", { class: "badge" }, template.category),
      count(template.cta_buttons.length, "button"), languages.length > 0 && h("span", null, languages.join(", ")),
      h("span", null, `changed ${ago(template.updated_at)}`))));
}

const count = (n, noun) => n > 0 && h("span", null, `${n} ${noun}${n === 1 ? "" : "s"}`);
