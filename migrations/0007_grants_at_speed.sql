-- What a grant costs the database.

-- The plan that a job asks to apply is looked up by its digest.
CREATE INDEX plans_by_digest ON plans (digest, id DESC);

-- A generated column parses the whole leaf for itself. The trigger parses it once for all of them, whatever way an
-- entry comes in; nothing changes them afterwards (audit_entries_append_only).
ALTER TABLE audit_entries
  ALTER COLUMN at DROP EXPRESSION,
  ALTER COLUMN kind DROP EXPRESSION,
  ALTER COLUMN outcome DROP EXPRESSION,
  ALTER COLUMN actor_name DROP EXPRESSION,
  ALTER COLUMN stack DROP EXPRESSION,
  ALTER COLUMN grant_id DROP EXPRESSION;

CREATE OR REPLACE FUNCTION audit_entry_continues_the_log() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head audit_head;
  entry jsonb := NEW.leaf;
  merged bytea := NEW.leaf_hash;
  rest bigint;
  level smallint := 0;
  count integer;
BEGIN
  SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
  IF NEW.position IS DISTINCT FROM head.size
    OR NEW.previous_leaf_hash IS DISTINCT FROM head.last_leaf_hash
    OR NEW.leaf_hash IS DISTINCT FROM sha256('\x00'::bytea || convert_to(NEW.leaf, 'UTF8'))
    OR (entry ->> 'position') IS DISTINCT FROM head.size::text
    OR (entry ->> 'previousLeafHash') IS DISTINCT FROM encode(head.last_leaf_hash, 'hex')
  THEN
    RAISE EXCEPTION 'audit: an entry must continue the log at position %', head.size
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.at := entry ->> 'at';
  NEW.kind := entry ->> 'kind';
  NEW.outcome := entry ->> 'outcome';
  NEW.actor_name := entry -> 'actor' ->> 'name';
  NEW.stack := entry -> 'subject' ->> 'stack';
  NEW.grant_id := entry -> 'subject' ->> 'grant';
  rest := head.size;
  count := cardinality(head.subtree_roots);
  WHILE rest % 2 = 1 LOOP
    merged := sha256('\x01'::bytea || head.subtree_roots[count] || merged);
    count := count - 1;
    level := level + 1;
    IF level % 8 = 0 THEN
      INSERT INTO audit_subtrees (level, index, hash) VALUES (level, rest / 2, merged);
    END IF;
    rest := rest / 2;
  END LOOP;
  UPDATE audit_head SET
    size = head.size + 1,
    last_leaf_hash = NEW.leaf_hash,
    subtree_roots = head.subtree_roots[1:count] || merged;
  RETURN NEW;
END $$;
