DROP INDEX broadcasts_create_key;
ALTER TABLE broadcasts DROP COLUMN create_sha256, DROP COLUMN create_key, DROP COLUMN translations;
DROP TABLE template_versions;
DROP INDEX broadcast_templates_name;
-- Broadcasts refer to them, so they stay; a newer template may have their name.
UPDATE broadcast_templates SET name = name || ' (' || id || ')' WHERE deleted_at IS NOT NULL;
ALTER TABLE broadcast_templates DROP COLUMN deleted_at, DROP COLUMN translations, ADD UNIQUE (name);
