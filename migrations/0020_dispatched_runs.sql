-- What our own GitHub App started runs of `workflow_dispatch` for: their jobs' tokens do not say it, and the jobs run the change's code.

CREATE TABLE github_dispatched_runs (
  host          text        NOT NULL,
  repository_id text        NOT NULL CHECK (repository_id ~ '^[1-9][0-9]{0,19}$'),
  run_id        text        NOT NULL CHECK (run_id ~ '^[1-9][0-9]{0,19}$'),
  number        text        NOT NULL CHECK (number ~ '^[1-9][0-9]{0,9}$'),
  -- What the workflow was told to check out.
  commit_sha    text        NOT NULL CHECK (commit_sha ~ '^[0-9a-f]{40,64}$'),
  dispatched_at timestamptz NOT NULL,
  PRIMARY KEY (host, repository_id, run_id)
);

CREATE INDEX github_dispatched_runs_by_time ON github_dispatched_runs (dispatched_at);
