-- What an admin is doing in the chat, so that a restart of the app between two presses loses nothing.
CREATE TABLE conversations (
    id           uuid PRIMARY KEY,
    chat_id      bigint NOT NULL,
    admin_id     uuid NOT NULL REFERENCES admin_tokens (id),
    step         smallint NOT NULL,         -- 0 to 8 are open, 9 confirmed, 10 watching its broadcast, 11 ended
    state        jsonb NOT NULL,
    message_id   integer,                   -- the one message that is edited; null until it was sent
    broadcast_id uuid,                      -- made with the confirm screen, before the broadcast is
    version      integer NOT NULL DEFAULT 1,
    updated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX conversations_open ON conversations (chat_id) WHERE step <= 8;
CREATE INDEX conversations_watching ON conversations (broadcast_id) WHERE step = 10;
