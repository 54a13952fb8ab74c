-- What GitHub needs: which pull request a plan belongs to, reviews that served as approvals, and which pull request holds a stack.

ALTER TABLE plans
  -- By the token's ref; of a job of `workflow_dispatch` by its own word, which nothing may rest on.
  ADD COLUMN pull_request bigint CHECK (pull_request > 0),
  -- What was planned of it: by GitHub, for the merge commit that the token names; of `workflow_dispatch` by the job's own word.
  ADD COLUMN head_commit text CHECK (head_commit ~ '^[0-9a-f]{40,64}$'),
  ADD CHECK (head_commit IS NULL OR pull_request IS NOT NULL);

CREATE INDEX plans_by_pull_request ON plans (repository_id, pull_request, id DESC) WHERE pull_request IS NOT NULL;

-- Reviews are read from GitHub whenever they matter; only their use is kept. One review serves one grant of a stack.
CREATE TABLE used_reviews (
  issuer       text        NOT NULL,
  review_id    text        NOT NULL CHECK (review_id ~ '^[1-9][0-9]{0,19}$'),
  stack        text        NOT NULL,
  fingerprint  text        NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
  approver     text        NOT NULL,
  pull_request bigint      NOT NULL CHECK (pull_request > 0),
  commit_sha   text        NOT NULL CHECK (commit_sha ~ '^[0-9a-f]{40,64}$'),
  given_at     timestamptz NOT NULL,
  grant_id     text        NOT NULL REFERENCES grants,
  PRIMARY KEY (issuer, review_id, stack, fingerprint)
);

CREATE INDEX used_reviews_by_meaning ON used_reviews (stack, fingerprint);
CREATE INDEX used_reviews_by_grant ON used_reviews (grant_id);

-- Given back only by a grant of which nobody received anything.
CREATE FUNCTION used_reviews_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT FROM grants WHERE grants.id = OLD.grant_id AND grants.status IN ('failed', 'abandoned'))
  THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'used_reviews: % is not allowed, a review serves once', TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER used_reviews_change BEFORE UPDATE OR DELETE ON used_reviews
  FOR EACH ROW EXECUTE FUNCTION used_reviews_are_kept();
CREATE TRIGGER used_reviews_truncate BEFORE TRUNCATE ON used_reviews
  FOR EACH STATEMENT EXECUTE FUNCTION used_reviews_are_kept();

-- A pull request that was applied before its merge holds the stack until it is merged or closed: one holds it, or none.
CREATE TABLE stack_locks (
  stack           text        PRIMARY KEY,
  issuer          text        NOT NULL,
  repository_id   text        NOT NULL,
  repository_name text        NOT NULL,
  pull_request    bigint      NOT NULL CHECK (pull_request > 0),
  since           timestamptz NOT NULL,
  -- Whose run applied it first, and by which grant.
  by_whom         text        NOT NULL,
  grant_id        text        NOT NULL REFERENCES grants
);

CREATE INDEX stack_locks_by_pull_request ON stack_locks (repository_id, pull_request);
