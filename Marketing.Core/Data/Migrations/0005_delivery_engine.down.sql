ALTER TABLE send_lanes DROP COLUMN limited_share, DROP COLUMN limited_at, DROP COLUMN paused_until;
ALTER TABLE delivery_batches DROP COLUMN recorded_at;
DROP INDEX broadcasts_unsettled;
DROP INDEX broadcasts_scheduled;
CREATE INDEX broadcasts_status ON broadcasts (status, scheduled_at) WHERE status IN (1, 4);
ALTER TABLE broadcasts DROP COLUMN settled_at, DROP COLUMN on_uncertain;
