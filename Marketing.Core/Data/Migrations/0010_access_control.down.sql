DROP TRIGGER append_only ON audit_log;
DROP FUNCTION audit_log_is_append_only();
DROP INDEX audit_log_at, audit_log_actor, audit_log_object;
ALTER TABLE broadcasts DROP COLUMN updated_by, DROP COLUMN approved_by, DROP COLUMN seen_template_version;
ALTER TABLE admin_tokens DROP COLUMN principal_id, DROP COLUMN created_by, DROP COLUMN last_used_at;
-- Broadcasts point to the rows of people signed in with Entra, so these stay, revoked and with a hash that no token has.
UPDATE admin_tokens SET token_sha256 = sha256(convert_to(gen_random_uuid()::text, 'UTF8')), revoked_at = COALESCE(revoked_at, now())
WHERE token_sha256 IS NULL;
ALTER TABLE admin_tokens ALTER COLUMN token_sha256 SET NOT NULL;
