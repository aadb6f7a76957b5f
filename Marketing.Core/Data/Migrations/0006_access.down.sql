DROP TABLE cohorts, audit_log;
ALTER TABLE admin_tokens
    DROP COLUMN time_zone, DROP COLUMN telegram_user_id, DROP COLUMN link_code_sha256, DROP COLUMN link_code_expires_at;
