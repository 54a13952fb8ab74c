-- What people are told: made from the audit log by a cursor, kept until it is sent, and never made twice of one entry.

CREATE TABLE message_cursor (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- The first audit entry that was not looked at yet.
  position bigint  NOT NULL CHECK (position >= 0)
);

CREATE TABLE messages (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  destination text        NOT NULL CHECK (length(destination) BETWEEN 1 AND 64),
  -- The audit entry that it tells of.
  position    bigint      NOT NULL CHECK (position >= 0),
  kind        text        NOT NULL CHECK (kind IN ('waiting', 'approved', 'rejected', 'refused', 'applied', 'failed', 'break-glass', 'revoked', 'alarm')),
  -- What belongs together: `pull 700100 12`.
  thread      text        NOT NULL CHECK (length(thread) BETWEEN 1 AND 300),
  -- What says the same says it once in a while; absent where each is news of its own.
  key         text        CHECK (length(key) BETWEEN 1 AND 1000),
  stack       text,
  fingerprint text        CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
  made_at     timestamptz NOT NULL,
  ended_at    timestamptz,
  ending      text        CHECK (ending IN ('sent', 'no-longer-true', 'refused', 'too-old')),
  -- Why it was refused; never a secret.
  problem     text        CHECK (length(problem) <= 1000),
  CHECK ((ended_at IS NULL) = (ending IS NULL)),
  CONSTRAINT messages_once UNIQUE (destination, position)
);

CREATE INDEX messages_open ON messages (destination, id) WHERE ended_at IS NULL;
CREATE INDEX messages_said ON messages (destination, key, made_at) WHERE key IS NOT NULL;
CREATE INDEX messages_of_meaning ON messages (stack, fingerprint, id) WHERE fingerprint IS NOT NULL;

-- Where the other side keeps a thread: Slack's timestamp of its first message.
CREATE TABLE message_threads (
  destination text NOT NULL,
  thread      text NOT NULL,
  reference   text NOT NULL CHECK (length(reference) BETWEEN 1 AND 100),
  PRIMARY KEY (destination, thread)
);

-- One replica at a time sends to a destination, and none while it rests after a failure.
CREATE TABLE message_destinations (
  name         text        PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
  leased_until timestamptz,
  attempts     integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_try_at  timestamptz,
  problem      text        CHECK (length(problem) <= 1000),
  CHECK ((attempts = 0) = (next_try_at IS NULL))
);
