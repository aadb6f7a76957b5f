-- The ledger: one row per recipient of a plan, numbered 0..n-1. No index on state, and room in each page, so that an
-- outcome is a HOT update. No foreign key to users: its check would cost a lookup per row at a million rows, and an
-- erased person's row must stay for the counts.
CREATE TABLE deliveries (
    broadcast_id uuid NOT NULL,
    seq          integer NOT NULL,
    user_id      uuid NOT NULL,
    state        smallint NOT NULL DEFAULT 0, -- 0 pending, 1 claimed, 2 sent, 3 failed, 4 blocked, 5 skipped, 6 uncertain
    attempts     integer NOT NULL DEFAULT 0,
    claim_id     uuid,
    claimed_at   timestamptz,
    finished_at  timestamptz,
    message_id   bigint,
    reason       text,
    PRIMARY KEY (broadcast_id, seq),
    UNIQUE (broadcast_id, user_id)
) WITH (fillfactor = 70);

-- Counters per batch, kept by the statement that records its outcomes: a broadcast's totals are the sum of its batches.
CREATE TABLE delivery_batches (
    broadcast_id uuid NOT NULL REFERENCES broadcasts (id) ON DELETE CASCADE,
    first_seq    integer NOT NULL,
    size         integer NOT NULL,
    sent         integer NOT NULL DEFAULT 0,
    failed       integer NOT NULL DEFAULT 0,
    blocked      integer NOT NULL DEFAULT 0,
    skipped      integer NOT NULL DEFAULT 0,
    uncertain    integer NOT NULL DEFAULT 0,
    PRIMARY KEY (broadcast_id, first_seq)
) WITH (fillfactor = 50);

-- One row per bot: the next free send slot of all workers of all machines (GCRA's theoretical arrival time).
CREATE TABLE send_lanes (
    bot_id    bigint PRIMARY KEY,
    next_slot timestamptz NOT NULL
);
