-- Whoever has a token may also act from the chat: one Telegram account a token, linked by a one-time code. Only the code's
-- SHA-256 is kept.
ALTER TABLE admin_tokens
    ADD COLUMN time_zone            text NOT NULL DEFAULT 'UTC', -- IANA; of times in the chat
    ADD COLUMN telegram_user_id     bigint UNIQUE,
    ADD COLUMN link_code_sha256     bytea UNIQUE CHECK (length(link_code_sha256) = 32),
    ADD COLUMN link_code_expires_at timestamptz,
    ADD CHECK ((link_code_sha256 IS NULL) = (link_code_expires_at IS NULL));

-- Who did what to which object when, from where. Kept for as long as the database; the names are those of then.
CREATE TABLE audit_log (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor_id    uuid,          -- the token; null for somebody without one
    actor_name  text,
    action      text NOT NULL, -- such as broadcast.send
    object_type text,
    object_id   text,
    source      text,          -- an address, or telegram:ID
    details     jsonb
);

CREATE TABLE cohorts (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,
    cohort_query jsonb NOT NULL,
    created_by   uuid REFERENCES admin_tokens (id), -- null for those that came with the database
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX cohorts_name ON cohorts (lower(name));
INSERT INTO cohorts (id, name, cohort_query) VALUES
    ('01990000-0000-7000-8000-000000000001', 'All', '{}'),
    ('01990000-0000-7000-8000-000000000002', 'Premium', '{"user_tier": "premium"}'),
    ('01990000-0000-7000-8000-000000000003', 'EU', '{"region": "EU"}');
