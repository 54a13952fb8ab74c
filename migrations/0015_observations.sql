-- What the organization's own applies were seen to call, and what people left out because of it. Counted only from delivered files
-- that a verified digest names, of applies that went through without a finding; each plan counts once.

CREATE TABLE observed_applies (
  grant_id    text        PRIMARY KEY REFERENCES grants,
  fingerprint text        NOT NULL,
  looked_at   timestamptz NOT NULL,
  -- Why it teaches nothing; absent where it counts.
  ignored     text        CHECK (ignored IN ('not-applied', 'finding', 'unproven', 'no-review', 'same-plan', 'full'))
);

CREATE UNIQUE INDEX observed_applies_once ON observed_applies (fingerprint) WHERE ignored IS NULL;

CREATE TABLE observed_steps (
  -- Address and version: `registry.terraform.io/hashicorp/aws 5.100.0`.
  provider      text        NOT NULL CHECK (length(provider) <= 300),
  resource_type text        NOT NULL CHECK (resource_type ~ '^[a-z][a-z0-9_]{2,127}$'),
  step          text        NOT NULL CHECK (step IN ('create', 'update', 'delete', 'import')),
  -- Of different plans.
  applies       integer     NOT NULL CHECK (applies > 0),
  since         timestamptz NOT NULL,
  until         timestamptz NOT NULL,
  PRIMARY KEY (provider, resource_type, step)
);

CREATE TABLE observed_actions (
  provider      text        NOT NULL,
  resource_type text        NOT NULL,
  step          text        NOT NULL,
  action        text        NOT NULL CHECK (action ~ '^[a-z0-9-]{1,63}:[A-Za-z0-9]{1,128}$'),
  -- How many of the step's applies were granted it, and how many called it.
  granted       integer     NOT NULL CHECK (granted > 0),
  called        integer     NOT NULL CHECK (called BETWEEN 0 AND granted),
  PRIMARY KEY (provider, resource_type, step, action),
  FOREIGN KEY (provider, resource_type, step) REFERENCES observed_steps
);

-- Kept for ever, in force until put back.
CREATE TABLE needs_left_out (
  id            text        PRIMARY KEY CHECK (id ~ '^lft_[0-9a-f-]{36}$'),
  -- Absent: of every stack.
  stack         text,
  resource_type text        NOT NULL CHECK (resource_type ~ '^[a-z][a-z0-9_]{2,127}$'),
  action        text        NOT NULL CHECK (action ~ '^[a-z0-9-]{1,63}:[A-Za-z0-9]{1,128}$'),
  reason        text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
  left_out_by   text        NOT NULL,
  left_out_at   timestamptz NOT NULL,
  put_back_by   text,
  put_back_at   timestamptz,
  CHECK ((put_back_by IS NULL) = (put_back_at IS NULL))
);

CREATE UNIQUE INDEX needs_left_out_once ON needs_left_out (coalesce(stack, ''), resource_type, action)
  WHERE put_back_at IS NULL;

CREATE FUNCTION needs_left_out_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.put_back_at IS NULL AND
     (to_jsonb(NEW) - '{put_back_by,put_back_at}'::text[]) = (to_jsonb(OLD) - '{put_back_by,put_back_at}'::text[])
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'needs_left_out: % is not allowed, what was decided is kept', TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER needs_left_out_change BEFORE UPDATE OR DELETE ON needs_left_out
  FOR EACH ROW EXECUTE FUNCTION needs_left_out_are_kept();
CREATE TRIGGER needs_left_out_truncate BEFORE TRUNCATE ON needs_left_out
  FOR EACH STATEMENT EXECUTE FUNCTION needs_left_out_are_kept();
