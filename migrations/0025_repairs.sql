-- Plans that were marked as repairs: two statements, signed by two people, about what a plan means. They are verified again at every
-- decision, as approvals are: whoever can only write to the database plants none.

CREATE TABLE repairs (
  id                  text        PRIMARY KEY CHECK (id ~ '^rpr_[0-9a-f-]{36}$'),
  stack               text        NOT NULL,
  fingerprint         text        NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
  marked_by           text        NOT NULL,
  marked_at           timestamptz NOT NULL,
  -- Exactly the bytes that were signed, and what was signed over them. A statement is given once.
  mark_statement      text        NOT NULL,
  mark_sha256         text        NOT NULL UNIQUE CHECK (mark_sha256 ~ '^[0-9a-f]{64}$'),
  mark_signature      text        NOT NULL,
  agreed_by           text        CHECK (agreed_by <> marked_by),
  agreed_at           timestamptz,
  agreement_statement text,
  agreement_sha256    text        UNIQUE CHECK (agreement_sha256 ~ '^[0-9a-f]{64}$' AND agreement_sha256 <> mark_sha256),
  agreement_signature text,
  withdrawn_at        timestamptz,
  withdrawn_by        text,
  -- One repair serves one grant.
  consumed_by         text,
  CHECK (num_nulls(agreed_by, agreed_at, agreement_statement, agreement_sha256, agreement_signature) IN (0, 5)),
  CHECK (num_nulls(withdrawn_at, withdrawn_by) IN (0, 2)),
  CHECK (withdrawn_at IS NULL OR consumed_by IS NULL)
);

CREATE UNIQUE INDEX repairs_one_in_force ON repairs (stack, fingerprint)
  WHERE withdrawn_at IS NULL AND consumed_by IS NULL;
CREATE INDEX repairs_by_grant ON repairs (consumed_by) WHERE consumed_by IS NOT NULL;

-- A mark stays what was signed; an agreement comes once, a withdrawal once and for good. Only a grant is taken back: AWS may have issued nothing.
CREATE FUNCTION repairs_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'repairs: % is not allowed, a repair is withdrawn', TG_OP
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.id, OLD.stack, OLD.fingerprint, OLD.marked_by, OLD.marked_at, OLD.mark_statement, OLD.mark_sha256, OLD.mark_signature)
    IS DISTINCT FROM (NEW.id, NEW.stack, NEW.fingerprint, NEW.marked_by, NEW.marked_at, NEW.mark_statement, NEW.mark_sha256, NEW.mark_signature)
    OR (OLD.agreed_by IS NOT NULL
      AND (OLD.agreed_by, OLD.agreed_at, OLD.agreement_statement, OLD.agreement_sha256, OLD.agreement_signature)
      IS DISTINCT FROM (NEW.agreed_by, NEW.agreed_at, NEW.agreement_statement, NEW.agreement_sha256, NEW.agreement_signature))
    OR (OLD.withdrawn_at IS NOT NULL AND OLD IS DISTINCT FROM NEW)
    OR (OLD.consumed_by IS NOT NULL AND NEW.consumed_by IS NOT NULL AND OLD.consumed_by <> NEW.consumed_by)
  THEN
    RAISE EXCEPTION 'repairs: % is not changed like this', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER repairs_change BEFORE UPDATE OR DELETE ON repairs
  FOR EACH ROW EXECUTE FUNCTION repairs_are_kept();
CREATE TRIGGER repairs_truncate BEFORE TRUNCATE ON repairs
  FOR EACH STATEMENT EXECUTE FUNCTION repairs_are_kept();
