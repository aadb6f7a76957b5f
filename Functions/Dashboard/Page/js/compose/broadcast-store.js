import { request } from "../api.js";

/** 128 random bits: unlike crypto.randomUUID, to be had without https too, as on another machine of the same network. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/**
 * Keeps one broadcast at the server. However often a press or its request is repeated, one broadcast is made of it and sent once:
 * the same content goes with the same Idempotency-Key.
 */
export class BroadcastStore {
  #keys = new Map();

  /** @param {object | null} broadcast as the API answered it, null for a new one */
  constructor(broadcast, etag) {
    this.broadcast = broadcast;
    this.etag = etag;
  }

  #key(purpose) {
    if (!this.#keys.has(purpose)) this.#keys.set(purpose, newKey());
    return { "Idempotency-Key": this.#keys.get(purpose) };
  }

  /** @throws {ApiError} 412 when somebody else changed it; over is whether that is to be ignored */
  async save(body, over = false) {
    const answer = this.broadcast
      ? await request("PUT", `v1/admin/broadcasts/${this.broadcast.id}`, { body, headers: over ? {} : { "If-Match": this.etag } })
      : await request("POST", "v1/admin/broadcasts", { body, headers: this.#key(JSON.stringify(body)) });
    this.broadcast = answer.data;
    this.etag = answer.etag;
    return this.broadcast;
  }

  /** Sends what was saved. */
  async send() {
    const { id, updated_at: revision } = this.broadcast;
    return (await request("POST", `v1/admin/broadcasts/${id}/send`, { headers: this.#key(`send ${revision}`) })).data;
  }
}
