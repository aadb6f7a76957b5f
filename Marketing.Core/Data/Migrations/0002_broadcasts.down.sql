DROP TABLE broadcasts;
DROP TABLE broadcast_templates;
