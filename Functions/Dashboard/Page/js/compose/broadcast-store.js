import { request } from "../api.js";

/** 128 random bits: unlike crypto.randomUUID, to be had without https too, as on another machine of the same network. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/**
 * Keeps one broadcast at the server. However often a press or its request is repeated, one broadcast is made of it and sent once:
 * the same content goes with the same Idempotency-Key. What somebody else made of it meanwhile is neither undone nor sent unseen.
 */
export class BroadcastStore {
  #keys = new Map();
  #unanswered = null; // the body of a create that may have been done

  /** @param {object | null} broadcast as the API answered it, null for a new one */
  constructor(broadcast, etag) {
    this.broadcast = broadcast;
    this.etag = etag;
  }

  #key(purpose) {
    if (!this.#keys.has(purpose)) this.#keys.set(purpose, newKey());
    return { "Idempotency-Key": this.#keys.get(purpose) };
  }

  #path(action = "") {
    return `v1/admin/broadcasts/${this.broadcast.id}${action}`;
  }

  #keep({ data, etag }) {
    this.broadcast = data;
    this.etag = etag;
  }

  /** @throws {ApiError} 412 when somebody else changed it; over is whether that is to be ignored */
  async save(body, over = false) {
    const isOther = this.#unanswered && JSON.stringify(this.#unanswered) !== JSON.stringify(body);
    // First to have what it made, or this body would make a second broadcast.
    if (isOther) await this.#create(this.#unanswered).catch((error) => {
      if (this.#unanswered) throw error;
    });
    if (!this.broadcast) return this.#create(body);
    this.#keep(await request("PUT", this.#path(), { body, headers: over ? {} : { "If-Match": this.etag } }));
  }

  async #create(body) {
    this.#unanswered = body;
    try {
      this.#keep(await request("POST", "v1/admin/broadcasts", { body, headers: this.#key(JSON.stringify(body)) }));
      this.#unanswered = null;
    } catch (error) {
      // A refusal says that the key made nothing before.
      if (error.status >= 400 && error.status < 500) this.#unanswered = null;
      throw error;
    }
  }

  /** Sends what was saved or seen. @throws {ApiError} 412 when it is something else by now */
  async send() {
    try {
      await this.#send();
    } catch (error) {
      if (error.status !== 412 || !await this.isAsSeen()) throw error;
      await this.#send();
    }
  }

  #send() {
    return request("POST", this.#path("/send"), { headers: { ...this.#key(`send ${this.broadcast.updated_at}`), "If-Match": this.etag } });
  }

  /** Reads it again. An approval is another ETag of the same content, and is kept; false when somebody changed it. */
  async isAsSeen() {
    const now = await request("GET", this.#path());
    if (now.data.updated_at !== this.broadcast.updated_at) return false;
    this.#keep(now);
    return true;
  }
}
