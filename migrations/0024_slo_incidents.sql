-- What people are told of SLOs, one incident while any alert of the SLO fires; and time that people left out of budgets.

CREATE TABLE slo_incidents (
  id              text        PRIMARY KEY CHECK (id ~ '^inc_[0-9a-f-]{36}$'),
  slo             text        NOT NULL CHECK (length(slo) BETWEEN 1 AND 256),
  service         text        NOT NULL CHECK (length(service) BETWEEN 1 AND 256),
  severity        text        NOT NULL CHECK (severity IN ('page', 'ticket')),
  opened_at       timestamptz NOT NULL,
  paged_at        timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  silenced_at     timestamptz,
  silenced_by     text,
  silenced_until  timestamptz,
  silence_reason  text,
  resolved_at     timestamptz,
  -- Absent where it resolved by itself.
  resolved_by     text,
  resolve_reason  text,
  -- When no alert fired any more; another one opens only after it.
  quiet_at        timestamptz,
  -- How it burned when it was opened or last got worse: for people.
  burn            jsonb       NOT NULL CHECK (jsonb_typeof(burn) = 'object'),
  CHECK ((severity = 'page') = (paged_at IS NOT NULL)),
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
  CHECK (num_nonnulls(silenced_at, silenced_by, silenced_until, silence_reason) IN (0, 4)),
  CHECK ((resolved_by IS NULL) = (resolve_reason IS NULL)),
  CHECK (resolved_by IS NULL OR resolved_at IS NOT NULL),
  CHECK (quiet_at IS NULL OR resolved_at IS NOT NULL),
  -- By itself it is resolved when it is quiet, and not before.
  CHECK (resolved_at IS NULL OR resolved_by IS NOT NULL OR quiet_at IS NOT NULL)
);

CREATE UNIQUE INDEX slo_incidents_one ON slo_incidents (slo) WHERE quiet_at IS NULL;
CREATE INDEX slo_incidents_by_time ON slo_incidents (opened_at DESC);

CREATE FUNCTION slo_incidents_go_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
    AND (NEW.id, NEW.slo, NEW.service, NEW.opened_at) = (OLD.id, OLD.slo, OLD.service, OLD.opened_at)
    AND OLD.quiet_at IS NULL
    AND NOT (OLD.severity = 'page' AND NEW.severity <> 'page')
    AND (OLD.resolved_at IS NULL OR
      (NEW.resolved_at, NEW.resolved_by) IS NOT DISTINCT FROM (OLD.resolved_at, OLD.resolved_by))
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'slo_incidents: % is not allowed, an incident only goes on', TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER slo_incidents_change BEFORE UPDATE OR DELETE ON slo_incidents
  FOR EACH ROW EXECUTE FUNCTION slo_incidents_go_on();
CREATE TRIGGER slo_incidents_truncate BEFORE TRUNCATE ON slo_incidents
  FOR EACH STATEMENT EXECUTE FUNCTION slo_incidents_go_on();

-- Append-only: a correction is undone by a second row that names it (the first such row counts). A row counts only with its code under a
-- key of the server's, so that no row of a stranger stands in the way either.
CREATE TABLE slo_corrections (
  id       text        PRIMARY KEY CHECK (id ~ '^cor_[0-9a-f-]{36}$'),
  -- The correction that this one undoes; what is corrected stands there.
  undoes   text        REFERENCES slo_corrections,
  of_kind  text        CHECK (of_kind IN ('slo', 'service')),
  of_name  text        CHECK (length(of_name) BETWEEN 1 AND 256),
  from_at  timestamptz CHECK (date_trunc('minute', from_at) = from_at),
  to_at    timestamptz CHECK (date_trunc('minute', to_at) = to_at),
  reason   text        NOT NULL CHECK (length(reason) BETWEEN 3 AND 1000),
  by_whom  text        NOT NULL,
  at       timestamptz NOT NULL,
  code     bytea       NOT NULL CHECK (length(code) = 32),
  CHECK (num_nonnulls(of_kind, of_name, from_at, to_at) = CASE WHEN undoes IS NULL THEN 4 ELSE 0 END),
  CHECK (from_at < to_at)
);

CREATE FUNCTION slo_corrections_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'slo_corrections: % is not allowed, a correction is undone by another row', TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER slo_corrections_change BEFORE UPDATE OR DELETE ON slo_corrections
  FOR EACH ROW EXECUTE FUNCTION slo_corrections_are_kept();
CREATE TRIGGER slo_corrections_truncate BEFORE TRUNCATE ON slo_corrections
  FOR EACH STATEMENT EXECUTE FUNCTION slo_corrections_are_kept();

-- Incidents are news, too.
ALTER TABLE messages
  DROP CONSTRAINT messages_kind_check,
  ADD CONSTRAINT messages_kind_check CHECK (kind IN
    ('waiting', 'approved', 'rejected', 'refused', 'applied', 'failed', 'break-glass', 'revoked', 'alarm', 'incident'));
