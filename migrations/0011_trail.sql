-- What CloudTrail delivered, the calls of Sekisho's roles in it, and what was found. Delivered files are kept by name, so that each
-- counts once whatever is repeated, and a file that comes late is still new.

CREATE TABLE trail_files (
  name           text        PRIMARY KEY,
  kind           text        NOT NULL CHECK (kind IN ('log', 'digest')),
  account_id     text        NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
  region         text        NOT NULL,
  -- The time in its name: of a log file its delivery, of a digest the end of its hour.
  named_at       timestamptz NOT NULL,
  read_at        timestamptz NOT NULL,
  -- Of the content without gzip; absent where there was none to read.
  content_sha256 text        CHECK (content_sha256 ~ '^[0-9a-f]{64}$'),
  -- Of digests only.
  chain          text,
  signature      text,
  -- Of log files only: the verified digest that names it with this very content.
  vouched_by     text,
  calls          integer     NOT NULL DEFAULT 0 CHECK (calls >= 0),
  CHECK ((kind = 'digest') = (chain IS NOT NULL))
);

CREATE INDEX trail_files_by_time ON trail_files (account_id, region, named_at);
CREATE INDEX trail_files_by_chain ON trail_files (chain, named_at) WHERE kind = 'digest';
CREATE INDEX trail_files_unsigned ON trail_files (named_at) WHERE kind = 'log' AND vouched_by IS NULL;

-- CloudTrail delivers a call at least once: its id counts.
CREATE TABLE trail_calls (
  event_id     text        PRIMARY KEY,
  file         text        NOT NULL REFERENCES trail_files,
  at           timestamptz NOT NULL,
  grant_id     text        REFERENCES grants,
  role_arn     text        NOT NULL,
  session_name text        NOT NULL,
  account_id   text        NOT NULL,
  region       text        NOT NULL,
  action       text        NOT NULL,
  resource     text,
  read_only    boolean     NOT NULL,
  error_code   text,
  -- Absent where the call is explained.
  rule         text
);

CREATE INDEX trail_calls_by_grant ON trail_calls (grant_id, at);

-- Found once: the key says what is wrong with what.
CREATE TABLE trail_findings (
  key        text        PRIMARY KEY,
  rule       text        NOT NULL,
  severity   text        NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
  found_at   timestamptz NOT NULL,
  grant_id   text        REFERENCES grants,
  file       text,
  event_id   text,
  facts      jsonb       NOT NULL,
  -- When people were told; absent while they still must be.
  alarmed_at timestamptz
);

CREATE INDEX trail_findings_by_time ON trail_findings (found_at DESC);
CREATE INDEX trail_findings_to_alarm ON trail_findings (found_at) WHERE alarmed_at IS NULL;

CREATE TABLE trail_runs (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at timestamptz NOT NULL,
  ended_at   timestamptz NOT NULL,
  since      timestamptz NOT NULL,
  -- Whether it read everything that was there.
  complete   boolean     NOT NULL,
  files      integer     NOT NULL,
  calls      integer     NOT NULL,
  findings   integer     NOT NULL
);

CREATE INDEX trail_runs_complete ON trail_runs (started_at DESC) WHERE complete;

-- A finding and a call stay as they were written; only that people were told is added.
CREATE FUNCTION trail_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: % is not allowed, what was found is kept', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER trail_findings_are_kept BEFORE DELETE OR TRUNCATE ON trail_findings
  FOR EACH STATEMENT EXECUTE FUNCTION trail_is_kept();
CREATE TRIGGER trail_calls_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_calls
  FOR EACH STATEMENT EXECUTE FUNCTION trail_is_kept();
