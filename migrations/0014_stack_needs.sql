-- What people added to the needs of a stack's plans after AWS refused a call. A plan takes over what is there when it comes in; its
-- approvers sign for it. Kept for ever, in force until removed.

CREATE TABLE stack_needs (
  id         text        PRIMARY KEY CHECK (id ~ '^ned_[0-9a-f-]{36}$'),
  stack      text        NOT NULL,
  action     text        NOT NULL CHECK (action ~ '^[a-z0-9-]{1,63}:[A-Za-z0-9]{1,128}$'),
  resource   text        NOT NULL CHECK (length(resource) BETWEEN 1 AND 2048),
  reason     text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
  -- The plan whose apply was refused, where one was named.
  plan_id    text        REFERENCES plans,
  added_by   text        NOT NULL,
  added_at   timestamptz NOT NULL,
  removed_by text,
  removed_at timestamptz,
  CHECK ((removed_by IS NULL) = (removed_at IS NULL))
);

CREATE UNIQUE INDEX stack_needs_once ON stack_needs (stack, action, resource) WHERE removed_at IS NULL;

-- What was added stays as it was written; once removed, it stays removed.
CREATE FUNCTION stack_needs_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.removed_at IS NULL AND
     (to_jsonb(NEW) - '{removed_by,removed_at}'::text[]) = (to_jsonb(OLD) - '{removed_by,removed_at}'::text[])
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'stack_needs: % is not allowed, what was added is kept', TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER stack_needs_change BEFORE UPDATE OR DELETE ON stack_needs
  FOR EACH ROW EXECUTE FUNCTION stack_needs_are_kept();
CREATE TRIGGER stack_needs_truncate BEFORE TRUNCATE ON stack_needs
  FOR EACH STATEMENT EXECUTE FUNCTION stack_needs_are_kept();
