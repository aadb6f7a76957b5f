DROP INDEX broadcasts_planned;
DROP TABLE quarter_counters, revenue_counters, delay_counters, minute_counters, segment_counters, button_counters, broadcast_counters, counter_deltas;
DROP FUNCTION delay_bucket;
ALTER TABLE conversions DROP COLUMN occurred_at;
ALTER TABLE deliveries DROP COLUMN converted_at, DROP COLUMN clicked_at, DROP COLUMN segment_id;
DROP TABLE segments;
