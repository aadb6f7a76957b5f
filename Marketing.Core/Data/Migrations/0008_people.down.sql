DROP INDEX conversions_user;
-- Not checked for the rows there are: those of erased people lead to nobody.
ALTER TABLE conversions ADD FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
ALTER TABLE cta_clicks ADD FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
DROP TABLE erased_people, suppressions;
DROP INDEX users_name, users_last_name, users_username, users_suppressed, users_opted_out;
