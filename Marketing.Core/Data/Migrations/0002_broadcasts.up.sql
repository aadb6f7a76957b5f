CREATE TABLE broadcast_templates (
    id          uuid PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    category    text NOT NULL,
    content     text NOT NULL,
    cta_buttons jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(cta_buttons) = 'array'),
    version     integer NOT NULL DEFAULT 1,
    created_by  uuid NOT NULL REFERENCES admin_tokens (id),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE broadcasts (
    id               uuid PRIMARY KEY,
    title            text NOT NULL,
    template_id      uuid NOT NULL REFERENCES broadcast_templates (id),
    cohort_query     jsonb NOT NULL,
    message_template text,                 -- in place of the template's content, when given
    status           smallint NOT NULL,    -- 0 draft, 1 scheduled, 2 sent, 3 failed, 4 sending, 5 paused, 6 cancelled
    scheduled_at     timestamptz,
    sent_at          timestamptz,
    failure_reason   text,
    send_key         text,                 -- the Idempotency-Key of the send that was accepted
    recipients       integer,              -- the cohort's count when the send was accepted
    -- Frozen by the plan; later edits of the template do not reach a broadcast that has begun.
    planned_at       timestamptz,
    content          text,
    cta_buttons      jsonb,
    template_version integer,
    total_recipients integer,
    created_by       uuid NOT NULL REFERENCES admin_tokens (id),
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CHECK (status <> 1 OR scheduled_at IS NOT NULL)
);
-- Lists go newest first; ids are time-ordered, so the primary key serves them. The timers look for few rows among many.
CREATE INDEX broadcasts_status ON broadcasts (status, scheduled_at) WHERE status IN (1, 4);
CREATE INDEX broadcasts_template ON broadcasts (template_id);
