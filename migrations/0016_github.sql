-- GitHub Apps that administrators connected, what their webhooks delivered, and what GitHub must be made to show. Nothing here is
-- a fact about a pull request: a webhook only makes a subject dirty, and who works on it reads the facts from GitHub again.

CREATE TABLE github_apps (
  id                text        PRIMARY KEY CHECK (id ~ '^gha_[0-9a-f-]{36}$'),
  host              text        NOT NULL CHECK (host ~ '^[a-z0-9][a-z0-9.-]{0,252}(:[0-9]{1,5})?$'),
  app_id            bigint      NOT NULL CHECK (app_id > 0),
  slug              text        NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,99}$'),
  -- Private key and webhook secret, with the host and the id that they are for; gone once disconnected.
  secrets_sealed    bytea,
  connected_at      timestamptz NOT NULL,
  connected_by      text        NOT NULL,
  disconnected_at   timestamptz,
  disconnected_by   text,
  CHECK ((disconnected_at IS NULL) = (disconnected_by IS NULL)),
  CHECK ((disconnected_at IS NULL) = (secrets_sealed IS NOT NULL))
);

CREATE UNIQUE INDEX github_apps_once ON github_apps (host, app_id) WHERE disconnected_at IS NULL;

-- A connection by the manifest flow that an administrator began. The link opens once, in one browser; the state comes back once, to that browser.
CREATE TABLE github_connects (
  app            text        PRIMARY KEY CHECK (app ~ '^gha_[0-9a-f-]{36}$'),
  ticket_sha256  text        NOT NULL UNIQUE CHECK (ticket_sha256 ~ '^[0-9a-f]{64}$'),
  host           text        NOT NULL,
  -- The organization that will own the App; the person's own account if absent.
  organization   text,
  begun_by       text        NOT NULL,
  begun_at       timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  browser_sha256 text        CHECK (browser_sha256 ~ '^[0-9a-f]{64}$'),
  state_sha256   text        UNIQUE CHECK (state_sha256 ~ '^[0-9a-f]{64}$'),
  used_at        timestamptz,
  CHECK ((browser_sha256 IS NULL) = (state_sha256 IS NULL)),
  CHECK (used_at IS NULL OR state_sha256 IS NOT NULL)
);

-- Where a repository was last found; only a hint, GitHub is asked with it.
CREATE TABLE github_repositories (
  host            text        NOT NULL,
  id              text        NOT NULL CHECK (id ~ '^[1-9][0-9]{0,19}$'),
  app             text        NOT NULL REFERENCES github_apps,
  installation_id bigint      NOT NULL,
  found_at        timestamptz NOT NULL,
  PRIMARY KEY (host, id)
);

-- GitHub delivers at least once: its id counts.
CREATE TABLE github_deliveries (
  app         text        NOT NULL REFERENCES github_apps,
  delivery    text        NOT NULL CHECK (delivery ~ '^[A-Za-z0-9-]{1,64}$'),
  event       text        NOT NULL,
  action      text,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (app, delivery)
);

CREATE INDEX github_deliveries_by_time ON github_deliveries (received_at);

CREATE TABLE github_subjects (
  kind          text        NOT NULL CHECK (kind IN ('repository', 'pull-request', 'drift')),
  host          text        NOT NULL,
  repository_id text        NOT NULL CHECK (repository_id ~ '^[1-9][0-9]{0,19}$'),
  key           text        NOT NULL,
  -- Absent while nothing is known to have changed since it was last worked on.
  dirty_since   timestamptz,
  -- Counts marks: what was marked while it was worked on stays dirty.
  generation    bigint      NOT NULL DEFAULT 1,
  attempts      integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  tried_at      timestamptz,
  next_try_at   timestamptz NOT NULL,
  last_problem  text,
  -- Whether reconciliation looks at it again.
  is_open       boolean     NOT NULL DEFAULT true,
  synced_at     timestamptz,
  -- What GitHub last said when it was changed: reconciliation marks it where that differs.
  version       text,
  PRIMARY KEY (kind, host, repository_id, key)
);

CREATE INDEX github_subjects_due ON github_subjects (next_try_at) WHERE dirty_since IS NOT NULL;
CREATE INDEX github_subjects_open ON github_subjects (host, repository_id) WHERE is_open;

-- Comments that may hold commands, each handled once: what was first written counts.
CREATE TABLE github_comments (
  host          text        NOT NULL,
  comment_id    text        NOT NULL CHECK (comment_id ~ '^[1-9][0-9]{0,19}$'),
  repository_id text        NOT NULL CHECK (repository_id ~ '^[1-9][0-9]{0,19}$'),
  number        text        NOT NULL CHECK (number ~ '^[1-9][0-9]{0,9}$'),
  author_id     text        NOT NULL CHECK (author_id ~ '^[1-9][0-9]{0,19}$'),
  -- Of what the webhook said was written; what the API answers must be the same.
  body_sha256   text        NOT NULL CHECK (body_sha256 ~ '^[0-9a-f]{64}$'),
  received_at   timestamptz NOT NULL,
  handled_at    timestamptz,
  outcome       text,
  PRIMARY KEY (host, comment_id),
  CHECK ((handled_at IS NULL) = (outcome IS NULL))
);

CREATE INDEX github_comments_to_handle ON github_comments (host, repository_id, number) WHERE handled_at IS NULL;

-- Once handled, it stays handled, and what was received stays as it was.
CREATE FUNCTION github_comments_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.handled_at IS NULL AND
     (to_jsonb(NEW) - '{handled_at,outcome}'::text[]) = (to_jsonb(OLD) - '{handled_at,outcome}'::text[])
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'github_comments: % is not allowed, a command is handled once', TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER github_comments_change BEFORE UPDATE OR DELETE ON github_comments
  FOR EACH ROW EXECUTE FUNCTION github_comments_are_kept();
CREATE TRIGGER github_comments_truncate BEFORE TRUNCATE ON github_comments
  FOR EACH STATEMENT EXECUTE FUNCTION github_comments_are_kept();

-- How far the audit log was followed: entries from this position on are still to be looked at.
CREATE TABLE github_cursor (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  position  bigint  NOT NULL CHECK (position >= 0)
);
