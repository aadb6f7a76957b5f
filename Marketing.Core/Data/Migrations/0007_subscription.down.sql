ALTER TABLE users DROP COLUMN source, DROP COLUMN choice_at, DROP COLUMN membership_at;
