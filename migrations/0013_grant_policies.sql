-- Managed policies that are made in AWS for a grant whose session policy does not fit, and removed after it. The row is there
-- before the first of them is made, so that whoever dies in between leaves none behind for ever.

CREATE TABLE grant_policies (
  grant_id   text        PRIMARY KEY REFERENCES grants,
  -- One policy each, `/sekisho/<grant>-1` and so on; STS takes ten.
  documents  text[]      NOT NULL CHECK (cardinality(documents) BETWEEN 1 AND 10),
  -- Absent while they may be there.
  removed_at timestamptz
);

CREATE INDEX grant_policies_to_remove ON grant_policies (grant_id) WHERE removed_at IS NULL;

-- What was passed to AWS stays as it was; once removed, it stays removed.
CREATE FUNCTION grant_policies_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.removed_at IS NULL AND
     (to_jsonb(NEW) - 'removed_at') = (to_jsonb(OLD) - 'removed_at')
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'grant_policies: % is not allowed, what was passed to AWS is kept', TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER grant_policies_change BEFORE UPDATE OR DELETE ON grant_policies
  FOR EACH ROW EXECUTE FUNCTION grant_policies_are_kept();
CREATE TRIGGER grant_policies_truncate BEFORE TRUNCATE ON grant_policies
  FOR EACH STATEMENT EXECUTE FUNCTION grant_policies_are_kept();
