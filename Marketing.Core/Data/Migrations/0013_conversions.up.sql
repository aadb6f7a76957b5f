-- A page of one broadcast's conversions, newest first, is one range of it.
DROP INDEX conversions_broadcast;
CREATE INDEX conversions_broadcast ON conversions (broadcast_id, id);

-- Clicks that still hold something personal: only these are in it, so a night's work is to read its beginning.
CREATE INDEX cta_clicks_personal ON cta_clicks (clicked_at) WHERE user_agent IS NOT NULL OR ip_address IS NOT NULL;
