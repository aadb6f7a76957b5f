DROP TABLE telegram_updates;
DROP TABLE conversions;
DROP TABLE cta_clicks;
