-- Sessions of people: opened by a statement signed with one of their keys, kept only as a hash of the token.

CREATE TABLE person_sessions (
  token_sha256     text        PRIMARY KEY CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
  person           text        NOT NULL,
  -- The signed statement that opened it serves once.
  statement_sha256 text        NOT NULL UNIQUE CHECK (statement_sha256 ~ '^[0-9a-f]{64}$'),
  opened_at        timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  closed_at        timestamptz,
  CHECK (expires_at > opened_at)
);

CREATE INDEX person_sessions_by_person ON person_sessions (person, opened_at DESC);
