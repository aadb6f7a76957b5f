// Elements are made, never parsed: the page's policy allows no HTML from strings.

/** h("button", {class: "x", onclick: f}, child, ...): properties that are functions are listeners, null and false are left out. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `/page/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export function iconButton(name, label, onclick, attributes) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...attributes }, icon(name));
}

export function avatar(chat, small) {
  return h("span", { class: small ? "avatar small" : "avatar", "data-tint": Math.abs(chat.chat_id % 7), "aria-hidden": "true" }, initials(chat));
}

// "User 500000012" would be U5 for everybody: its last two digits tell people apart.
function initials(chat) {
  const nameless = /^(?:User|Group) -?(\d+)$/.exec(chat.name);
  if (nameless) return nameless[1].slice(-2);
  const words = chat.name.trim().split(/\s+/);
  return (([...words[0]][0] ?? "") + (words.length > 1 ? [...words.at(-1)][0] : "")).toUpperCase();
}
