-- A deleted template is only hidden: the broadcasts that were sent with it name it and its versions. Its name is free again.
ALTER TABLE broadcast_templates
    ADD COLUMN translations jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(translations) = 'object'),
    ADD COLUMN deleted_at   timestamptz,
    DROP CONSTRAINT broadcast_templates_name_key;
-- Names that differ only in case were two names so far.
UPDATE broadcast_templates t SET name = name || ' (' || id || ')'
WHERE EXISTS (SELECT 1 FROM broadcast_templates o WHERE lower(o.name) = lower(t.name) AND o.id < t.id);
CREATE UNIQUE INDEX broadcast_templates_name ON broadcast_templates (lower(name)) WHERE deleted_at IS NULL;

-- Every version as it was saved, the newest among them. Rows are only added.
CREATE TABLE template_versions (
    template_id  uuid NOT NULL REFERENCES broadcast_templates (id),
    version      integer NOT NULL,
    name         text NOT NULL,
    category     text NOT NULL,
    content      text NOT NULL,
    cta_buttons  jsonb NOT NULL,
    translations jsonb NOT NULL,
    created_by   uuid NOT NULL REFERENCES admin_tokens (id),
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (template_id, version)
);
INSERT INTO template_versions (template_id, version, name, category, content, cta_buttons, translations, created_by, created_at)
SELECT id, version, name, category, content, cta_buttons, translations, created_by, updated_at FROM broadcast_templates;

ALTER TABLE broadcasts
    ADD COLUMN translations  jsonb, -- frozen by the plan with the content
    ADD COLUMN create_key    text,  -- the Idempotency-Key of the request that made it
    ADD COLUMN create_sha256 bytea, -- of that request's body
    ADD CHECK ((create_key IS NULL) = (create_sha256 IS NULL));
CREATE UNIQUE INDEX broadcasts_create_key ON broadcasts (created_by, create_key) WHERE create_key IS NOT NULL;
