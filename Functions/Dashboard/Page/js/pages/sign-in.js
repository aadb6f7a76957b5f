import { request } from "../api.js";
import { h, icon } from "../dom.js";
import { isToken, session } from "../session.js";
import { busy, field } from "../ui.js";

// Where App Service's own sign-in begins, and comes back from.
const Microsoft = "/.auth/login/aad?post_login_redirect_uri=/api/dashboard";

/**
 * The form that asks for a token; done is called once one was accepted. message: why it is asked for, if there is more to say;
 * ways: {microsoft}, whether that is another way in.
 */
export function signIn(message, ways, done) {
  const token = field("Access token", h("input", { type: "password", autocomplete: "current-password", required: true, spellcheck: "false" }),
    "An owner makes tokens under Access. The first owner's is Marketing__OwnerToken.");
  const remember = h("input", { type: "checkbox" });
  const submit = h("button", { class: "button primary" }, "Sign in");
  const form = h("form", { class: "form", onsubmit: (event) => {
    event.preventDefault();
    busy(submit, async () => {
      const value = token.control.value.trim();
      const refusal = await refusalOf(value);
      token.problem(refusal);
      if (refusal) return token.control.focus();
      session.keep(value, remember.checked);
      done();
    });
  } }, token.field, h("label", { class: "check" }, remember, h("span", null, "Stay signed in on this device")), submit,
    ways.microsoft && h("a", { class: "button", href: Microsoft }, "Sign in with Microsoft"));
  return h("div", { class: "sign-in" }, h("section", { class: "card" }, h("div", { class: "form" }, h("h1", null, "Sign in to Marketing"),
    message && h("p", { class: "notice bad", role: "alert" }, icon("warning"), h("span", null, message)), form)));
}

async function refusalOf(token) {
  if (!isToken(token)) return "This is not a token: it has blanks or other characters in it.";
  try {
    await request("GET", "v1/admin/me", { headers: { Authorization: `Bearer ${token}` } });
    return null;
  } catch (error) {
    if (error.status === 401) return "This token is not accepted. It may be mistyped, expired or revoked.";
    return error.message;
  }
}
