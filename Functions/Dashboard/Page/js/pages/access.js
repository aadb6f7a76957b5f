import { viewLinks } from "../controls.js";
import { h } from "../dom.js";
import { session } from "../session.js";
import { auditView } from "../access/audit.js";
import { profileView } from "../access/profile.js";
import { tokensView } from "../access/tokens.js";
import { webhookView } from "../access/webhook.js";

const views = {
  "": { label: "You", view: profileView },
  tokens: { label: "Tokens", view: tokensView, permission: "manage_tokens" },
  bot: { label: "Bot", view: webhookView },
  audit: { label: "Audit log", view: auditView, permission: "read_audit_log" },
};

export function page({ query, signal }) {
  const allowed = Object.entries(views).filter(([, { permission }]) => !permission || session.may(permission));
  const [name, { view }] = allowed.find(([key]) => key === (query.get("view") ?? "")) ?? allowed[0];
  const address = (key) => (key ? `#/access?view=${key}` : "#/access");
  return {
    title: "Access",
    content: h("div", { class: "page" },
      h("div", { class: "page-head" }, h("h1", null, "Access")),
      h("div", null, viewLinks("Access", allowed.map(([key, { label }]) => [address(key), label]), address(name))),
      view(signal)),
  };
}
