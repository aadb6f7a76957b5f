import { session } from "./session.js";

const Root = "/api/";

/** What the API refused, or why it could not be asked. */
export class ApiError extends Error {
  constructor(status, problem, requestId) {
    super(problem?.detail ?? problem?.title ?? `The server answered ${status}.`);
    this.status = status;
    /** Messages by JSON pointer, such as {"/title": ["is missing"]}. */
    this.errors = problem?.errors ?? {};
    this.requestId = requestId;
  }
}

/**
 * One request; {status, data, etag, headers}. data is null for an empty answer.
 * @param {{body?: any, type?: string, headers?: object, signal?: AbortSignal}} options body: JSON, unless type says otherwise
 * @throws {ApiError} status 0 when nobody answered
 */
export async function request(method, path, { body, type, headers, signal } = {}) {
  let response;
  let text;
  try {
    response = await fetch(Root + path, {
      method, signal,
      headers: {
        Accept: "application/json",
        ...(session.token && { Authorization: `Bearer ${session.token}` }),
        ...(body !== undefined && { "Content-Type": type ?? "application/json" }),
        ...headers,
      },
      body: body === undefined || type ? body : JSON.stringify(body),
    });
    text = await response.text();
  } catch (e) {
    // A read that took too long has reached nobody; one that was called off is for who did that.
    if (signal?.aborted && signal.reason?.name !== "TimeoutError") throw e;
    throw new ApiError(0, { detail: "The server cannot be reached. Check your connection, then try again." });
  }
  const isJson = /[/+]json/.test(response.headers.get("Content-Type") ?? "");
  const data = isJson && text ? JSON.parse(text) : text || null;
  if (!response.ok) {
    if (response.status === 401 && session.me) document.dispatchEvent(new CustomEvent("signedout"));
    throw new ApiError(response.status, isJson ? data : null, response.headers.get("X-Request-Id"));
  }
  return { status: response.status, data, etag: response.headers.get("ETag"), headers: response.headers };
}

async function data(method, path, options) {
  return (await request(method, path, options)).data;
}

export const api = {
  get: (path, signal) => data("GET", path, { signal }),
  post: (path, body = {}, options) => data("POST", path, { body, ...options }),
  put: (path, body, options) => data("PUT", path, { body, ...options }),
  patch: (path, body, options) => data("PATCH", path, { body, ...options }),
  delete: (path, options) => data("DELETE", path, options),
};

/** "?a=1&b=2" of those that have a value; "" for none. */
export function query(values) {
  const given = Object.entries(values).filter(([, v]) => v !== null && v !== undefined && v !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** Saves what the path answers as a file; a link would not carry the token. */
export async function download(path, type, name) {
  const response = await fetch(Root + path, { headers: { Accept: type, ...(session.token && { Authorization: `Bearer ${session.token}` }) } });
  if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => null), response.headers.get("X-Request-Id"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
