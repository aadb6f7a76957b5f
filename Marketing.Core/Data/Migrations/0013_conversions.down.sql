DROP INDEX cta_clicks_personal;
DROP INDEX conversions_broadcast;
CREATE INDEX conversions_broadcast ON conversions (broadcast_id);
