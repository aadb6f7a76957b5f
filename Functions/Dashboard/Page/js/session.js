// The token lives as long as the tab, or in this browser when the person asked for that.

const Key = "marketing.token";

/** A header holds no other characters, and a token has none. */
export const isToken = (text) => /^[\x21-\x7e]+$/.test(text);

export const session = {
  /** Null when signed out, or signed in by the host's own sign-in, whose cookie the browser sends. */
  get token() {
    return sessionStorage.getItem(Key) ?? localStorage.getItem(Key);
  },

  keep(token, remember) {
    this.forget();
    (remember ? localStorage : sessionStorage).setItem(Key, token);
  },

  forget() {
    sessionStorage.removeItem(Key);
    localStorage.removeItem(Key);
  },

  /** What GET /v1/admin/me answered: {id, name, role, permissions, time_zone, ...}; null when signed out. */
  me: null,

  /** Whether the caller's role allows it, such as "send". */
  may(permission) {
    return this.me?.permissions.includes(permission) ?? false;
  },
};
