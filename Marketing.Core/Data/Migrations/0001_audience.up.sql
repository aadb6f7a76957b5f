-- People the bot may write to. A row is reachable when it has neither opted out nor been suppressed.
CREATE TABLE users (
    id                 uuid PRIMARY KEY,
    telegram_user_id   bigint NOT NULL UNIQUE,
    chat_id            bigint NOT NULL,
    first_name         text,
    last_name          text,
    username           text,
    language           text,
    user_tier          text,
    region             text,
    attributes         jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
    last_trade_at      timestamptz,
    last_seen_at       timestamptz,
    opted_out_at       timestamptz,
    suppressed_at      timestamptz,
    suppression_reason text,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    CHECK ((suppressed_at IS NULL) = (suppression_reason IS NULL))
);

-- A token is 32 random bytes or an operator's own secret; only its SHA-256 is kept.
CREATE TABLE admin_tokens (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,
    role         smallint NOT NULL,
    token_sha256 bytea NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    revoked_at   timestamptz
);
