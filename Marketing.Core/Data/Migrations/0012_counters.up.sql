-- What a recipient was when the sending was planned, in 4 bytes of the ledger. Empty texts stand for missing ones.
CREATE TABLE segments (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_tier text NOT NULL,
    region    text NOT NULL,
    language  text NOT NULL,
    UNIQUE (user_tier, region, language)
);

-- A person's first click and first conversion in a broadcast: of two at once one finds the row still empty and counts.
ALTER TABLE deliveries
    ADD COLUMN segment_id   integer,
    ADD COLUMN clicked_at   timestamptz,
    ADD COLUMN converted_at timestamptz;

ALTER TABLE conversions ADD COLUMN occurred_at timestamptz;
UPDATE conversions SET occurred_at = created_at;
ALTER TABLE conversions ALTER COLUMN occurred_at SET NOT NULL;

-- What the statements that change rows add to the counters: a row here each time, so that none waits for another. A timer folds
-- them into the tables below; what is read is always the sum of both.
CREATE TABLE counter_deltas (
    broadcast_id  uuid NOT NULL,
    minute        timestamptz NOT NULL,
    segment_id    integer NOT NULL DEFAULT 0,  -- 0: nobody of the ledger, or planned before there were segments
    cta_button_id uuid,
    delay         smallint,                    -- delay_bucket() of a person's first click
    currency      text,
    recipients    integer NOT NULL DEFAULT 0,
    sent          integer NOT NULL DEFAULT 0,
    failed        integer NOT NULL DEFAULT 0,
    blocked       integer NOT NULL DEFAULT 0,
    skipped       integer NOT NULL DEFAULT 0,
    uncertain     integer NOT NULL DEFAULT 0,
    clicks        integer NOT NULL DEFAULT 0,
    total_clicks  integer NOT NULL DEFAULT 0,
    clickers      integer NOT NULL DEFAULT 0,
    prefetches    integer NOT NULL DEFAULT 0,
    conversions   integer NOT NULL DEFAULT 0,
    converters    integer NOT NULL DEFAULT 0,
    value         numeric
);
CREATE INDEX counter_deltas_broadcast ON counter_deltas (broadcast_id);
-- Rows live for seconds: it is vacuumed by how many came and went, not by its share of next to nothing.
ALTER TABLE counter_deltas SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_analyze_scale_factor = 1);

-- The bucket of the time from message to click: each is 10 % longer than the one before it, from a millisecond on, so that its
-- middle (DelayBuckets.cs) is at most 5 % off. 0 is at once, and so is a click that came before the answer of Telegram's did.
CREATE FUNCTION delay_bucket(sent timestamptz, clicked timestamptz) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ceil(ln(greatest(extract(epoch FROM clicked - sent)::double precision * 1000, 1)) / ln(1.1))::smallint
$$;

CREATE TABLE broadcast_counters (
    broadcast_id uuid PRIMARY KEY,
    sent         bigint NOT NULL DEFAULT 0,
    failed       bigint NOT NULL DEFAULT 0,
    blocked      bigint NOT NULL DEFAULT 0,
    skipped      bigint NOT NULL DEFAULT 0,
    uncertain    bigint NOT NULL DEFAULT 0,
    clicks       bigint NOT NULL DEFAULT 0,
    total_clicks bigint NOT NULL DEFAULT 0,
    clickers     bigint NOT NULL DEFAULT 0,
    prefetches   bigint NOT NULL DEFAULT 0,
    conversions  bigint NOT NULL DEFAULT 0,
    converters   bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE button_counters (
    broadcast_id  uuid NOT NULL,
    cta_button_id uuid NOT NULL,
    clicks        bigint NOT NULL DEFAULT 0,
    total_clicks  bigint NOT NULL DEFAULT 0,
    prefetches    bigint NOT NULL DEFAULT 0,
    conversions   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (broadcast_id, cta_button_id)
) WITH (fillfactor = 50);

CREATE TABLE segment_counters (
    broadcast_id uuid NOT NULL,
    segment_id   integer NOT NULL,
    recipients   bigint NOT NULL DEFAULT 0,
    sent         bigint NOT NULL DEFAULT 0,
    clicks       bigint NOT NULL DEFAULT 0,
    total_clicks bigint NOT NULL DEFAULT 0,
    clickers     bigint NOT NULL DEFAULT 0,
    conversions  bigint NOT NULL DEFAULT 0,
    converters   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (broadcast_id, segment_id)
) WITH (fillfactor = 50);

CREATE TABLE minute_counters (
    broadcast_id uuid NOT NULL,
    minute       timestamptz NOT NULL,
    sent         bigint NOT NULL DEFAULT 0,
    clicks       bigint NOT NULL DEFAULT 0,
    conversions  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (broadcast_id, minute)
) WITH (fillfactor = 50);

CREATE TABLE delay_counters (
    broadcast_id uuid NOT NULL,
    delay        smallint NOT NULL,
    clickers     bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (broadcast_id, delay)
) WITH (fillfactor = 50);

CREATE TABLE revenue_counters (
    broadcast_id uuid NOT NULL,
    currency     text NOT NULL,                -- empty for a value without one
    conversions  bigint NOT NULL DEFAULT 0,
    value        numeric NOT NULL DEFAULT 0,
    PRIMARY KEY (broadcast_id, currency)
) WITH (fillfactor = 50);

-- All broadcasts together, for the trend of the overview. Quarters of an hour are days and hours in every time zone there is.
CREATE TABLE quarter_counters (
    quarter     timestamptz PRIMARY KEY,
    sent        bigint NOT NULL DEFAULT 0,
    clicks      bigint NOT NULL DEFAULT 0,
    conversions bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- The overview's broadcasts.
CREATE INDEX broadcasts_planned ON broadcasts (planned_at, id) WHERE planned_at IS NOT NULL;

-- What there is already is counted as if there had been counters, but by tier, region and language: nobody knows what people were.
UPDATE deliveries d SET clicked_at = c.clicked_at, converted_at = v.converted_at
FROM (SELECT broadcast_id, user_id FROM cta_clicks UNION SELECT broadcast_id, user_id FROM conversions WHERE broadcast_id IS NOT NULL) people
LEFT JOIN (SELECT broadcast_id, user_id, min(clicked_at) AS clicked_at FROM cta_clicks GROUP BY 1, 2) c USING (broadcast_id, user_id)
LEFT JOIN (SELECT broadcast_id, user_id, min(occurred_at) AS converted_at FROM conversions GROUP BY 1, 2) v USING (broadcast_id, user_id)
WHERE d.broadcast_id = people.broadcast_id AND d.user_id = people.user_id;

CREATE TEMPORARY TABLE past ON COMMIT DROP AS
SELECT broadcast_id, date_trunc('minute', finished_at) AS minute, NULL::uuid AS cta_button_id, NULL::smallint AS delay,
    NULL::text AS currency, count(*) AS recipients, count(*) FILTER (WHERE state = 2) AS sent, count(*) FILTER (WHERE state = 3) AS failed,
    count(*) FILTER (WHERE state = 4) AS blocked, count(*) FILTER (WHERE state = 5) AS skipped,
    count(*) FILTER (WHERE state = 6) AS uncertain, 0::bigint AS clicks, 0::bigint AS total_clicks, 0::bigint AS clickers,
    0::bigint AS conversions, count(converted_at) AS converters, NULL::numeric AS value
FROM deliveries GROUP BY 1, 2
UNION ALL
SELECT broadcast_id, NULL, NULL, delay_bucket(finished_at, clicked_at), NULL, 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0, 0, NULL
FROM deliveries WHERE clicked_at IS NOT NULL GROUP BY 1, 4
UNION ALL
SELECT broadcast_id, date_trunc('minute', clicked_at), cta_button_id, NULL, NULL, 0, 0, 0, 0, 0, 0, count(*), sum(presses), 0, 0, 0, NULL
FROM cta_clicks GROUP BY 1, 2, 3
UNION ALL
SELECT v.broadcast_id, date_trunc('minute', v.occurred_at), c.cta_button_id, NULL, COALESCE(v.currency, ''),
    0, 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0, sum(v.value)
FROM conversions v LEFT JOIN cta_clicks c ON c.id = v.cta_click_id
WHERE v.broadcast_id IS NOT NULL GROUP BY 1, 2, 3, 5, v.value IS NULL
UNION ALL -- of broadcasts whose ledger was deleted (docs/operations.md)
SELECT b.broadcast_id, date_trunc('minute', COALESCE(b.recorded_at, s.planned_at)), NULL, NULL, NULL, sum(b.size), sum(b.sent), sum(b.failed),
    sum(b.blocked), sum(b.skipped), sum(b.uncertain), 0, 0, 0, 0, 0, NULL
FROM delivery_batches b JOIN broadcasts s ON s.id = b.broadcast_id
WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.broadcast_id = b.broadcast_id) GROUP BY 1, 2
UNION ALL
SELECT s.id, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, (SELECT count(DISTINCT user_id) FROM cta_clicks c WHERE c.broadcast_id = s.id), 0,
    (SELECT count(DISTINCT user_id) FROM conversions v WHERE v.broadcast_id = s.id), NULL
FROM broadcasts s WHERE s.planned_at IS NOT NULL AND NOT EXISTS (SELECT FROM deliveries d WHERE d.broadcast_id = s.id);

INSERT INTO broadcast_counters (broadcast_id, sent, failed, blocked, skipped, uncertain, clicks, total_clicks, clickers, conversions, converters)
SELECT broadcast_id, sum(sent), sum(failed), sum(blocked), sum(skipped), sum(uncertain), sum(clicks), sum(total_clicks), sum(clickers),
    sum(conversions), sum(converters)
FROM past GROUP BY 1;
INSERT INTO button_counters (broadcast_id, cta_button_id, clicks, total_clicks, conversions)
SELECT broadcast_id, cta_button_id, sum(clicks), sum(total_clicks), sum(conversions) FROM past WHERE cta_button_id IS NOT NULL GROUP BY 1, 2;
INSERT INTO segment_counters (broadcast_id, segment_id, recipients, sent, clicks, total_clicks, clickers, conversions, converters)
SELECT broadcast_id, 0, sum(recipients), sum(sent), sum(clicks), sum(total_clicks), sum(clickers), sum(conversions), sum(converters)
FROM past GROUP BY 1;
INSERT INTO minute_counters (broadcast_id, minute, sent, clicks, conversions)
SELECT broadcast_id, minute, sum(sent), sum(clicks), sum(conversions) FROM past WHERE sent + clicks + conversions > 0 AND minute IS NOT NULL GROUP BY 1, 2;
INSERT INTO delay_counters (broadcast_id, delay, clickers)
SELECT broadcast_id, delay, sum(clickers) FROM past WHERE delay IS NOT NULL GROUP BY 1, 2;
INSERT INTO revenue_counters (broadcast_id, currency, conversions, value)
SELECT broadcast_id, currency, sum(conversions), sum(value) FROM past WHERE value IS NOT NULL GROUP BY 1, 2;
INSERT INTO quarter_counters (quarter, sent, clicks, conversions)
SELECT date_bin('15 minutes', minute, '2000-01-01Z'), sum(sent), sum(clicks), sum(conversions) FROM minute_counters GROUP BY 1;
DROP TABLE past;
