-- How many entries of one topic the log has had in one hour, and how many it was spared (docs/adr/0024). A row lives until its
-- hour is over and what was left out has an entry of its own.

CREATE TABLE audit_tallies (
  topic          text        NOT NULL,
  hour           timestamptz NOT NULL,
  written        integer     NOT NULL DEFAULT 0 CHECK (written >= 0),
  left_out       bigint      NOT NULL DEFAULT 0 CHECK (left_out >= 0),
  first_left_out timestamptz,
  last_left_out  timestamptz,
  PRIMARY KEY (topic, hour),
  CHECK ((left_out = 0) = (first_left_out IS NULL) AND (left_out = 0) = (last_left_out IS NULL))
);
