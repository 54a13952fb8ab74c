-- Browsers: sessions by cookie, links that sign somebody in once, and sign-ins that were begun at a provider.
-- Tokens are kept as SHA-256 only. `code` is an authentication code over the row under a key that is sealed: whoever can only write to
-- the database signs nobody in. It is gone with the row's end, so that nothing is opened again.

CREATE TABLE browser_sessions (
  id            text        PRIMARY KEY CHECK (id ~ '^bse_[0-9a-f-]{36}$'),
  person        text        NOT NULL,
  -- JSON, as it was signed: by which link, passkey or provider it was opened.
  how           text        NOT NULL,
  -- What the browser says of itself; for people only.
  device        text        NOT NULL CHECK (length(device) <= 512),
  opened_at     timestamptz NOT NULL,
  ends_at       timestamptz NOT NULL,
  token_sha256  text        NOT NULL UNIQUE CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
  issued_at     timestamptz NOT NULL,
  -- When the newest token was first shown: only then the one before it stops being good.
  first_used_at timestamptz,
  former_sha256 text        CHECK (former_sha256 ~ '^[0-9a-f]{64}$'),
  -- Older tokens. Whoever shows one has stolen it, or was stolen from.
  spent_sha256  text[]      NOT NULL DEFAULT '{}',
  last_used_at  timestamptz NOT NULL,
  closed_at     timestamptz,
  closed_why    text        CHECK (closed_why IN ('signed-out', 'replaced', 'revoked', 'stolen', 'over')),
  code          bytea       CHECK (octet_length(code) = 32),
  CHECK (ends_at > opened_at),
  CHECK ((closed_at IS NULL) = (closed_why IS NULL)),
  CHECK (closed_at IS NULL OR code IS NULL)
);

CREATE INDEX browser_sessions_by_person ON browser_sessions (person, opened_at DESC);
CREATE INDEX browser_sessions_by_former ON browser_sessions (former_sha256) WHERE former_sha256 IS NOT NULL;
CREATE INDEX browser_sessions_by_spent ON browser_sessions USING gin (spent_sha256);

CREATE TABLE sign_in_links (
  id               text        PRIMARY KEY CHECK (id ~ '^sil_[0-9a-f-]{36}$'),
  token_sha256     text        NOT NULL UNIQUE CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
  person           text        NOT NULL,
  purpose          text        NOT NULL CHECK (purpose IN ('first', 'invite', 'recovery')),
  -- Who vouches that the person is who opens it; the server's terminal vouches for the first.
  made_by          text,
  reason           text,
  -- The signed request for it serves once.
  statement_sha256 text        UNIQUE CHECK (statement_sha256 ~ '^[0-9a-f]{64}$'),
  made_at          timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  used_at          timestamptz,
  -- A newer link for the person took its place.
  withdrawn_at     timestamptz,
  code             bytea       CHECK (octet_length(code) = 32),
  CHECK (expires_at > made_at),
  CHECK ((purpose = 'first') = (made_by IS NULL)),
  CHECK ((purpose = 'first') = (statement_sha256 IS NULL)),
  CHECK ((purpose = 'recovery') = (reason IS NOT NULL)),
  CHECK (used_at IS NULL OR withdrawn_at IS NULL),
  CHECK (code IS NULL OR (used_at IS NULL AND withdrawn_at IS NULL))
);

CREATE INDEX sign_in_links_by_person ON sign_in_links (person);

-- Nothing in it is believed that the browser's own secret does not prove.
CREATE TABLE sign_in_attempts (
  state_sha256   text        PRIMARY KEY CHECK (state_sha256 ~ '^[0-9a-f]{64}$'),
  browser_sha256 text        NOT NULL CHECK (browser_sha256 ~ '^[0-9a-f]{64}$'),
  provider       text        NOT NULL,
  return_to      text        NOT NULL,
  expires_at     timestamptz NOT NULL
);

CREATE INDEX sign_in_attempts_by_end ON sign_in_attempts (expires_at);
