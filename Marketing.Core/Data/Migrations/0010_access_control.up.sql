-- Somebody signed in with Microsoft Entra has a row without a token, so that what they make points to them like to any other.
ALTER TABLE admin_tokens
    ALTER COLUMN token_sha256 DROP NOT NULL,
    ADD COLUMN principal_id text UNIQUE, -- tenant/object
    ADD COLUMN created_by   uuid REFERENCES admin_tokens (id),
    ADD COLUMN last_used_at timestamptz, -- exact to a minute
    ADD CHECK ((token_sha256 IS NULL) <> (principal_id IS NULL));

-- Four eyes: who wrote what is to be sent, and who else has looked at it.
ALTER TABLE broadcasts
    ADD COLUMN updated_by            uuid REFERENCES admin_tokens (id), -- null when nobody has changed it since it was made
    ADD COLUMN approved_by           uuid REFERENCES admin_tokens (id), -- cleared by every change
    ADD COLUMN seen_template_version integer;                           -- the template's when the broadcast was last saved
UPDATE broadcasts b SET seen_template_version = t.version FROM broadcast_templates t WHERE t.id = b.template_id AND b.status IN (0, 1);

CREATE INDEX audit_log_at ON audit_log (at, id);
CREATE INDEX audit_log_actor ON audit_log (actor_id, at, id);
CREATE INDEX audit_log_object ON audit_log (object_id, at, id);

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
