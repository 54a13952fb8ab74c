-- Plans on their way from CI to AWS, the approvals given to what they mean, and the state last known of each stack.

CREATE TABLE plans (
  id              text        PRIMARY KEY CHECK (id ~ '^pln_[0-9a-f-]{36}$'),
  stack           text        NOT NULL,
  account_id      text        NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
  environment     text        NOT NULL,
  digest          text        NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  fingerprint     text        NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
  lineage         text        NOT NULL,
  serial          bigint      NOT NULL CHECK (serial >= 0),
  issuer          text        NOT NULL,
  repository_id   text        NOT NULL,
  repository_name text        NOT NULL,
  ref             text        NOT NULL,
  commit_sha      text        NOT NULL CHECK (commit_sha ~ '^[0-9a-f]{40,64}$'),
  event           text        NOT NULL,
  run_id          text        NOT NULL,
  run_number      bigint      NOT NULL CHECK (run_number >= 0),
  run_attempt     bigint      NOT NULL CHECK (run_attempt >= 1),
  author_id       text        NOT NULL,
  author_name     text        NOT NULL,
  -- The person of sekisho.yaml whom the author's id named when the plan came in; none for a stranger.
  author_person   text,
  state           text        NOT NULL CHECK (state IN (
    'planned', 'reviewed', 'awaiting-approval', 'approved', 'granted', 'applying', 'applied', 'failed',
    'no-changes', 'superseded', 'expired', 'cancelled', 'refused')),
  -- What a reviewer sees: gzip of the review's JSON, sensitive values already hidden.
  review_gzip     bytea       NOT NULL,
  -- What the policy is asked about: small, and no values of the plan in it.
  facts           jsonb       NOT NULL,
  -- What the plan is bound to and what its grant may do, encrypted and so authenticated: a row edited behind our back grants nothing.
  record_sealed   bytea       NOT NULL,
  -- The plan file itself, encrypted; gone once it is applied or has expired.
  file_sealed     bytea,
  uploaded_at     timestamptz NOT NULL,
  expires_at      timestamptz NOT NULL,
  CHECK (expires_at > uploaded_at)
);

-- A job that repeats its upload because the answer was lost gets the same plan again.
CREATE UNIQUE INDEX plans_one_per_job ON plans (stack, digest, issuer, run_id, run_attempt);
-- Two applies at once on one stack are impossible, not unlikely.
CREATE UNIQUE INDEX plans_one_in_flight ON plans (stack) WHERE state IN ('granted', 'applying');
CREATE INDEX plans_by_stack ON plans (stack, id DESC);
CREATE INDEX plans_by_meaning ON plans (stack, fingerprint);
CREATE INDEX plans_by_commit ON plans (repository_id, commit_sha);
CREATE INDEX plans_to_expire ON plans (expires_at)
  WHERE state IN ('planned', 'reviewed', 'awaiting-approval', 'approved', 'granted', 'applying');

CREATE TABLE plan_history (
  plan_id  text        NOT NULL REFERENCES plans,
  position integer     NOT NULL CHECK (position >= 0),
  at       timestamptz NOT NULL,
  event    text        NOT NULL,
  state    text        NOT NULL,
  by_whom  text        NOT NULL,
  detail   jsonb       NOT NULL DEFAULT '{}',
  PRIMARY KEY (plan_id, position)
);

CREATE TABLE approvals (
  id          text        PRIMARY KEY CHECK (id ~ '^apr_[0-9a-f-]{36}$'),
  stack       text        NOT NULL,
  fingerprint text        NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
  approver    text        NOT NULL,
  decision    text        NOT NULL CHECK (decision IN ('approve', 'reject', 'break-glass')),
  -- Exactly the bytes that were signed, and the armored signature over them: checked again at every use.
  -- A statement is given once.
  statement   text        NOT NULL,
  statement_sha256 text   NOT NULL UNIQUE CHECK (statement_sha256 ~ '^[0-9a-f]{64}$'),
  signature   text        NOT NULL,
  given_at    timestamptz NOT NULL,
  -- Replaced by a later statement of the same person.
  withdrawn_at timestamptz,
  -- One approval serves one grant.
  consumed_by text
);

-- One person counts once.
CREATE UNIQUE INDEX approvals_one_per_person ON approvals (stack, fingerprint, approver)
  WHERE withdrawn_at IS NULL AND consumed_by IS NULL;

CREATE TABLE stack_states (
  stack       text        PRIMARY KEY,
  lineage     text        NOT NULL,
  serial      bigint      NOT NULL CHECK (serial >= 0),
  -- Where the applied plan kept its state; none for backends that need no permissions.
  store       jsonb,
  reported_by text        NOT NULL,
  reported_at timestamptz NOT NULL
);
