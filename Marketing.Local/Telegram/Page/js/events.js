const RECONNECT_MS = 2000;

/**
 * Follows /sim/events. An event says which chats changed (null: all of them); what they look like now is read from the API.
 * The browser reconnects by itself and sends the last id, so nothing is missed; only an answer that is no stream ends it for good.
 */
export function follow(onChange, onConnected) {
  const source = new EventSource("/sim/events");
  source.onopen = () => onConnected(true);
  source.onmessage = (event) => {
    onConnected(true);
    onChange(JSON.parse(event.data));
  };
  source.onerror = () => {
    onConnected(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(onChange, onConnected), RECONNECT_MS);
  };
}

/** Calls an asynchronous function again when it was asked for while it ran: any number of calls are at most one more. */
export function oneAtATime(run) {
  let running = null;
  let again = false;
  return function ask() {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await run();
      } while (again);
    })().finally(() => (running = null));
    return running;
  };
}
