-- Tokens that were used, and the grants of credentials that came of them. No credential is ever here: of the
-- grant's secret only the SHA-256, of the token only its id and SHA-256.

-- A token is used once. Rows may go when the token can no longer be valid.
CREATE TABLE used_tokens (
  issuer     text        NOT NULL,
  jti        text        NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (issuer, jti)
);

CREATE INDEX used_tokens_to_prune ON used_tokens (expires_at);

CREATE TABLE grants (
  id               text        PRIMARY KEY CHECK (id ~ '^grt_[0-9a-f-]{36}$'),
  purpose          text        NOT NULL CHECK (purpose IN ('plan', 'apply', 'operate')),
  status           text        NOT NULL CHECK (status IN (
    'issuing', 'issued', 'failed', 'abandoned', 'finished', 'expired', 'revoked')),
  stack            text        NOT NULL,
  account_id       text        NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
  region           text        NOT NULL,
  role_arn         text        NOT NULL,
  -- The plan it is bound to: always for an apply, never otherwise.
  plan_id          text        CHECK (plan_id ~ '^pln_[0-9a-f-]{36}$'),
  plan_digest      text        CHECK (plan_digest ~ '^[0-9a-f]{64}$'),
  plan_fingerprint text        CHECK (plan_fingerprint ~ '^[0-9a-f]{64}$'),
  lineage          text,
  serial           bigint      CHECK (serial >= 0),
  approvers        text[]      NOT NULL,
  -- The job it is bound to.
  issuer           text        NOT NULL,
  repository_id    text        NOT NULL,
  repository_name  text        NOT NULL,
  commit_sha       text        NOT NULL CHECK (commit_sha ~ '^[0-9a-f]{40,64}$'),
  workflow_ref     text        NOT NULL,
  workflow_sha     text,
  run_id           text        NOT NULL,
  run_attempt      bigint      NOT NULL CHECK (run_attempt >= 1),
  job              text,
  actor_id         text        NOT NULL,
  actor_name       text        NOT NULL,
  token_sha256     text        NOT NULL CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
  -- What AWS was asked for, and what it answered.
  session_name     text        NOT NULL UNIQUE,
  source_identity  text        NOT NULL,
  session_policy   text        NOT NULL,
  managed_policy_arns text[]   NOT NULL,
  duration_seconds integer     NOT NULL CHECK (duration_seconds BETWEEN 900 AND 43200),
  requested_at     timestamptz NOT NULL,
  assumed_role_id  text,
  secret_sha256    text        UNIQUE CHECK (secret_sha256 ~ '^[0-9a-f]{64}$'),
  issued_at        timestamptz,
  expires_at       timestamptz,
  ended_at         timestamptz,
  -- Why it failed or who revoked it; for people.
  ending           text,
  -- How far the deny on the role has come for a revoked grant.
  revocation       text        CHECK (revocation IN ('pending', 'in-force', 'lifted')),
  CHECK ((purpose = 'apply') = (plan_id IS NOT NULL)),
  CHECK ((plan_id IS NULL) = (plan_digest IS NULL) AND (plan_id IS NULL) = (plan_fingerprint IS NULL)
     AND (plan_id IS NULL) = (lineage IS NULL) AND (plan_id IS NULL) = (serial IS NULL)),
  CHECK ((issued_at IS NOT NULL) = (status IN ('issued', 'finished', 'expired', 'revoked'))),
  CHECK (issued_at IS NULL OR (assumed_role_id IS NOT NULL AND secret_sha256 IS NOT NULL AND expires_at IS NOT NULL)),
  CHECK ((ended_at IS NULL) = (status IN ('issuing', 'issued'))),
  CHECK ((revocation IS NOT NULL) = (status = 'revoked'))
);

-- A plan is granted once. Only what AWS refused leaves room for another try; a grant that was abandoned does not.
CREATE UNIQUE INDEX grants_once_per_plan ON grants (plan_id) WHERE purpose = 'apply' AND status <> 'failed';
-- Two applies at once on one stack are impossible, not unlikely.
CREATE UNIQUE INDEX grants_one_live_apply ON grants (stack)
  WHERE purpose = 'apply' AND status IN ('issuing', 'issued');
CREATE INDEX grants_by_stack ON grants (stack, id DESC);
CREATE INDEX grants_to_end ON grants (expires_at) WHERE status = 'issued';
CREATE INDEX grants_unfinished ON grants (requested_at) WHERE status = 'issuing';
CREATE INDEX grants_to_revoke ON grants (expires_at) WHERE revocation IN ('pending', 'in-force');

-- A grant takes only these steps, its bindings never change, and it is never deleted.
CREATE FUNCTION grant_takes_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'issuing' THEN
      RAISE EXCEPTION 'grants: % begins as %, not as issuing', NEW.id, NEW.status
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.status <> OLD.status AND (OLD.status || ' ' || NEW.status) NOT IN (
    'issuing issued', 'issuing failed', 'issuing abandoned',
    'issued finished', 'issued expired', 'issued revoked',
    -- The job reported, but its session lives on until it expires.
    'finished revoked')
  THEN
    RAISE EXCEPTION 'grants: % cannot go from % to %', NEW.id, OLD.status, NEW.status
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.id, NEW.purpose, NEW.stack, NEW.account_id, NEW.region, NEW.role_arn, NEW.plan_id, NEW.plan_digest,
      NEW.plan_fingerprint, NEW.lineage, NEW.serial, NEW.approvers, NEW.issuer, NEW.repository_id,
      NEW.repository_name, NEW.commit_sha, NEW.workflow_ref, NEW.workflow_sha, NEW.run_id, NEW.run_attempt,
      NEW.job, NEW.actor_id, NEW.actor_name, NEW.token_sha256, NEW.session_name, NEW.source_identity,
      NEW.session_policy, NEW.managed_policy_arns, NEW.duration_seconds, NEW.requested_at)
    IS DISTINCT FROM
     (OLD.id, OLD.purpose, OLD.stack, OLD.account_id, OLD.region, OLD.role_arn, OLD.plan_id, OLD.plan_digest,
      OLD.plan_fingerprint, OLD.lineage, OLD.serial, OLD.approvers, OLD.issuer, OLD.repository_id,
      OLD.repository_name, OLD.commit_sha, OLD.workflow_ref, OLD.workflow_sha, OLD.run_id, OLD.run_attempt,
      OLD.job, OLD.actor_id, OLD.actor_name, OLD.token_sha256, OLD.session_name, OLD.source_identity,
      OLD.session_policy, OLD.managed_policy_arns, OLD.duration_seconds, OLD.requested_at)
    OR (OLD.secret_sha256 IS NOT NULL AND
        (NEW.secret_sha256, NEW.assumed_role_id, NEW.issued_at, NEW.expires_at) IS DISTINCT FROM
        (OLD.secret_sha256, OLD.assumed_role_id, OLD.issued_at, OLD.expires_at))
  THEN
    RAISE EXCEPTION 'grants: what % is bound to never changes', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER grant_takes_its_steps BEFORE INSERT OR UPDATE ON grants
  FOR EACH ROW EXECUTE FUNCTION grant_takes_its_steps();

CREATE FUNCTION grants_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'grants: % is not allowed, grants are kept', TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER grants_are_kept BEFORE DELETE OR TRUNCATE ON grants
  FOR EACH STATEMENT EXECUTE FUNCTION grants_are_kept();
