ALTER TABLE broadcasts
    ADD COLUMN on_uncertain smallint NOT NULL DEFAULT 0, -- 0 keep: what may have arrived is not sent again; 1 resend
    ADD COLUMN settled_at   timestamptz;                 -- when no claim was open any more; null while one may be
-- The watchdog's few rows among many.
DROP INDEX broadcasts_status;
CREATE INDEX broadcasts_scheduled ON broadcasts (scheduled_at) WHERE status = 1;
CREATE INDEX broadcasts_unsettled ON broadcasts (status)
    WHERE status = 4 OR (status IN (5, 6) AND settled_at IS NULL AND planned_at IS NOT NULL);

-- When the batch's last outcomes came: the rate of now is counted over the batches at work only.
ALTER TABLE delivery_batches ADD COLUMN recorded_at timestamptz;

-- After a 429 nobody sends until paused_until; then the lane grants limited_share of the set rate, and more with time.
ALTER TABLE send_lanes
    ADD COLUMN paused_until  timestamptz,
    ADD COLUMN limited_at    timestamptz,
    ADD COLUMN limited_share double precision,
    ADD CHECK ((limited_at IS NULL) = (limited_share IS NULL));
