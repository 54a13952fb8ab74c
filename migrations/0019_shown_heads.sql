-- Since when our comment on a pull request shows a commit: a command counts only on the commit that its author could read about.
-- Kept here and not in the comment, which others may edit.

CREATE TABLE github_shown_heads (
  host          text        NOT NULL,
  repository_id text        NOT NULL CHECK (repository_id ~ '^[1-9][0-9]{0,19}$'),
  number        text        NOT NULL CHECK (number ~ '^[1-9][0-9]{0,9}$'),
  head          text        NOT NULL CHECK (head ~ '^[0-9a-f]{40,64}$'),
  -- By GitHub's clock, as of the answer to the request that showed it.
  shown_at      timestamptz NOT NULL,
  PRIMARY KEY (host, repository_id, number)
);
