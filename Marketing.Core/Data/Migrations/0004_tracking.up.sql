CREATE TABLE cta_clicks (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users (id),
    broadcast_id    uuid NOT NULL REFERENCES broadcasts (id),
    cta_button_id   uuid NOT NULL,
    clicked_at      timestamptz NOT NULL DEFAULT now(),
    presses         integer NOT NULL DEFAULT 1,
    last_pressed_at timestamptz NOT NULL DEFAULT now(),
    user_agent      text,
    ip_address      inet,
    converted       boolean NOT NULL DEFAULT false,
    UNIQUE (user_id, broadcast_id, cta_button_id)
);
CREATE INDEX cta_clicks_broadcast ON cta_clicks (broadcast_id, cta_button_id) INCLUDE (user_id, presses, converted);

CREATE TABLE conversions (
    id              uuid PRIMARY KEY,
    idempotency_key text NOT NULL UNIQUE,
    user_id         uuid NOT NULL REFERENCES users (id),
    broadcast_id    uuid REFERENCES broadcasts (id),
    cta_click_id    uuid REFERENCES cta_clicks (id),
    event           text NOT NULL,
    value           numeric(18, 4),
    currency        text,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX conversions_broadcast ON conversions (broadcast_id);

-- Updates already taken, so that one sent twice is handled once; a failed one keeps its error.
CREATE TABLE telegram_updates (
    update_id   bigint PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now(),
    handled_at  timestamptz,
    error       text
);
