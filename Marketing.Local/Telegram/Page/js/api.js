// The simulator's /sim endpoints. A refusal is an Error with what the simulator said.

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `${method} ${path} was answered ${response.status}`);
  return answer;
}

const get = (path, query = {}) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return call("GET", given.length ? `${path}?${new URLSearchParams(given)}` : path);
};

export const api = {
  chats: (search, offset, limit) => get("/sim/chats", { search, offset, limit }),
  conversation: (chatId, range) => get(`/sim/chats/${chatId}`, range),
  bot: () => get("/sim/bot"),
  say: (chatId, text) => call("POST", "/sim/say", { chat_id: chatId, text, wait_ms: 10_000 }),
  press: (chatId, messageId, row, col) =>
    call("POST", "/sim/press", { chat_id: chatId, message_id: messageId, row, col, wait_ms: 10_000 }),
  introduce: (person) => call("POST", "/sim/people", person),
  setState: (chatId, state) => call("POST", `/sim/chats/${chatId}`, { state, notify: true }),
  markRead: (chatId, messageId) => call("POST", "/sim/read", { chat_id: chatId, message_id: messageId }),
  settings: () => get("/sim/settings"),
  change: (settings) => call("PUT", "/sim/settings", settings),
  close: (seconds) => call("POST", "/sim/close", { seconds }),
  clear: () => call("DELETE", "/sim/messages"),
};
