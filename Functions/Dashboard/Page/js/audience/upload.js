import { ApiError } from "../api.js";
import { session } from "../session.js";

/**
 * Posts a file and tells how much of it has left: fetch cannot. The file is streamed from the disk, whatever its size.
 * @param {(share: number) => void} onprogress 0 to 1
 * @param {(isAllSent: boolean) => string} unfinished what became of a file that was not answered, all of which had left or not
 * @returns {Promise<object>} the answer
 * @throws {ApiError} status 0 when nobody answered, or the signal aborted
 */
export function upload(path, file, type, onprogress, unfinished, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/${path}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", type);
    if (session.token) request.setRequestHeader("Authorization", `Bearer ${session.token}`);
    let isAllSent = false;
    request.upload.onload = () => {
      isAllSent = true;
    };
    request.upload.onprogress = (event) => event.lengthComputable && onprogress(event.loaded / event.total);
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) return resolve(answer);
      if (request.status === 401) document.dispatchEvent(new CustomEvent("signedout"));
      reject(new ApiError(request.status, answer, request.getResponseHeader("X-Request-Id")));
    };
    request.onerror = () => reject(new ApiError(0, { detail: `The upload broke off; check your connection. ${unfinished(isAllSent)}` }));
    request.onabort = () => reject(new ApiError(0, { detail: `The upload was stopped. ${unfinished(isAllSent)}` }));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's page in place of our answer
  }
}
