-- An authentication code over the row, under a key that is sealed: whoever
-- can only write to the database opens no session. Sessions of before have none, and are over.
ALTER TABLE person_sessions ADD COLUMN code bytea CHECK (octet_length(code) = 32);
