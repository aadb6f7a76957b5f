import { api } from "./api.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { isToken, session } from "./session.js";
import { toggleTheme } from "./theme.js";
import { closeDialogs, emptyState, errorState, skeleton } from "./ui.js";
import { signIn } from "./pages/sign-in.js";
import { mayLeave } from "./unsaved.js"; // before the listeners below, which it may stop

// Where App Service's own sign-in ends, and comes back from.
const MicrosoftSignOut = "/.auth/logout?post_logout_redirect_uri=/api/dashboard";

// A page is a module with page({params, query, signal}), which returns {title, content}: content at once, with its own loading
// state. The signal aborts when the person goes elsewhere. Modules are loaded when they are first needed.
const routes = [
  [/^\/$/, () => import("./pages/overview.js")],
  [/^\/compare$/, () => import("./pages/compare.js")],
  [/^\/broadcasts\/(?<id>[0-9a-f-]{36})$/, () => import("./pages/broadcast.js")],
  [/^\/compose(?:\/(?<id>[0-9a-f-]{36}))?$/, () => import("./pages/compose.js")],
  [/^\/templates$/, () => import("./pages/templates.js")],
  [/^\/templates\/(?<id>new|[0-9a-f-]{36})$/, () => import("./pages/template.js")],
  [/^\/audience$/, () => import("./pages/audience.js")],
  [/^\/access$/, () => import("./pages/access.js")],
];

const links = [
  ["/", "overview", "Overview"],
  ["/compose", "compose", "Compose", "edit"],
  ["/templates", "templates", "Templates"],
  ["/audience", "audience", "Audience"],
  ["/access", "access", "Access"],
];

const Stale = "Your token is no longer accepted.";
const main = document.getElementById("main");
const bar = document.getElementById("bar");
let leave = new AbortController();

async function show() {
  leave.abort();
  closeDialogs();
  leave = new AbortController();
  const { signal } = leave;
  const [path, search] = (location.hash.slice(1) || "/").split("?");
  markCurrent(path);
  const route = routes.find(([pattern]) => pattern.test(path));
  if (!route) return place("Not found", emptyState("There is no such page", null, h("a", { class: "button", href: "#/" }, "Overview")));
  fill(main, skeleton());
  try {
    const module = await route[1]();
    if (signal.aborted) return;
    const { title, content } = module.page({ params: route[0].exec(path).groups ?? {}, query: new URLSearchParams(search), signal });
    place(title, content);
  } catch (error) {
    if (!signal.aborted) place("Error", errorState(error, show));
  }
}

function place(title, content) {
  document.title = `${title} · Marketing`;
  fill(main, content);
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function markCurrent(path) {
  for (const link of bar.querySelectorAll(".nav a")) {
    const target = link.getAttribute("href").slice(1);
    const isCurrent = target === "/" ? path === "/" || path.startsWith("/broadcasts") || path === "/compare" : path.startsWith(target);
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function drawBar() {
  bar.hidden = false;
  fill(bar,
    h("a", { class: "brand", href: "#/" }, h("img", { src: "/api/dashboard/icon.svg", alt: "" }), "Marketing"),
    h("nav", { class: "nav", "aria-label": "Main" }, links.filter(([, , , permission]) => !permission || session.may(permission))
      .map(([path, name, label]) => h("a", { href: `#${path}` }, icon(name), label))),
    h("div", { class: "who" },
      h("div", { class: "who-text" }, h("div", { class: "who-name" }, session.me.name), h("div", { class: "muted small" }, session.me.role)),
      h("div", { class: "who-tools" },
        iconButton("theme", "Light or dark", toggleTheme),
        iconButton("out", "Sign out", signOut))));
}

async function signOut() {
  if (!await mayLeave()) return;
  const isMicrosoft = session.token === null;
  session.forget();
  if (isMicrosoft) location.assign(MicrosoftSignOut);
  else start();
}

function askForToken(message, ways) {
  document.title = "Sign in · Marketing";
  fill(main, signIn(message, ways, start));
}

// The address that ./dev run prints ends in #token=..., a fragment, which no server gets. It is taken out before anything else,
// so that neither the history nor a copied address has it, and signs in this tab alone.
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return false;
  history.replaceState(null, "", location.pathname);
  if (isToken(token)) session.keep(token, false);
  return true;
}

// {me}, or {refusal}: why the visitor is nobody here, null when nothing is known of them.
async function whoAmI() {
  try {
    return { me: await api.get("v1/admin/me") };
  } catch (error) {
    if (error.status === 403) return { refusal: error.message };
    if (error.status === 401) return { refusal: session.token && Stale };
    throw error;
  }
}

/** Asks who the visitor is: a token's owner, or somebody whom the host itself has signed in. */
async function start(message) {
  leave.abort();
  closeDialogs();
  leave = new AbortController();
  const { signal } = leave;
  session.me = null;
  bar.hidden = true;
  fill(main, skeleton());
  try {
    const ways = session.token ? null : await api.get("dashboard/sign-in.json");
    if (signal.aborted) return;
    if (ways && !ways.microsoft) return askForToken(message, ways);
    const { me, refusal } = await whoAmI();
    if (signal.aborted) return;
    if (!me) {
      session.forget();
      return askForToken(message ?? refusal, ways ?? await api.get("dashboard/sign-in.json"));
    }
    session.me = me;
  } catch (error) {
    if (!signal.aborted) fill(main, errorState(error, () => start()));
    return;
  }
  drawBar();
  await show();
}

// The hash is the page's address, and the link's own would be that of no page.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("hashchange", () => {
  if (takeToken()) start();
  else if (session.me) show();
});
document.addEventListener("signedout", () => {
  const message = session.token ? Stale : "Your sign-in has ended.";
  session.forget();
  start(message);
});
takeToken();
start();
