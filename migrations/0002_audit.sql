-- The audit log: append-only, hash-chained, with the Merkle tree of RFC 6962 over it (docs/audit-log.md).
-- The hash of a leaf is SHA-256(0x00 || leaf), of an inner node SHA-256(0x01 || left || right).

-- One row: what the next entry must link to, and the roots of the complete subtrees (largest first) from which
-- the tree's root follows. It is the last lock that any transaction takes.
CREATE TABLE audit_head (
  singleton      boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  size           bigint  NOT NULL CHECK (size >= 0),
  last_leaf_hash bytea   NOT NULL CHECK (octet_length(last_leaf_hash) = 32),
  subtree_roots  bytea[] NOT NULL
) WITH (fillfactor = 10);

INSERT INTO audit_head (size, last_leaf_hash, subtree_roots) VALUES (0, decode(repeat('00', 32), 'hex'), '{}');

-- `leaf` holds the exact text that is hashed; every other column is derived from it.
CREATE TABLE audit_entries (
  position           bigint PRIMARY KEY CHECK (position >= 0),
  leaf               text   COLLATE "C" NOT NULL,
  leaf_hash          bytea  NOT NULL,
  previous_leaf_hash bytea  NOT NULL,
  at         text COLLATE "C" NOT NULL GENERATED ALWAYS AS (leaf::jsonb ->> 'at') STORED,
  kind       text COLLATE "C" NOT NULL GENERATED ALWAYS AS (leaf::jsonb ->> 'kind') STORED,
  outcome    text COLLATE "C" NOT NULL GENERATED ALWAYS AS (leaf::jsonb ->> 'outcome') STORED,
  actor_name text COLLATE "C" NOT NULL GENERATED ALWAYS AS (leaf::jsonb -> 'actor' ->> 'name') STORED,
  stack      text COLLATE "C" GENERATED ALWAYS AS (leaf::jsonb -> 'subject' ->> 'stack') STORED,
  grant_id   text COLLATE "C" GENERATED ALWAYS AS (leaf::jsonb -> 'subject' ->> 'grant') STORED
);

CREATE INDEX audit_entries_by_time ON audit_entries (at, position);
CREATE INDEX audit_entries_by_kind ON audit_entries (kind, position);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor_name, position);
CREATE INDEX audit_entries_by_stack ON audit_entries (stack, position) WHERE stack IS NOT NULL;
CREATE INDEX audit_entries_by_grant ON audit_entries (grant_id, position) WHERE grant_id IS NOT NULL;

-- Roots of complete subtrees of 256, 65536, … leaves, so that a proof reads hundreds of hashes and not all.
CREATE TABLE audit_subtrees (
  level smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
  index bigint   NOT NULL CHECK (index >= 0),
  hash  bytea    NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (level, index)
);

-- Every checkpoint the log ever signed; the next one must be consistent with the last.
CREATE TABLE audit_checkpoints (
  size    bigint      PRIMARY KEY CHECK (size >= 0),
  root    bytea       NOT NULL CHECK (octet_length(root) = 32),
  note    text        NOT NULL,
  made_at timestamptz NOT NULL
);

-- The one way to write: joins the two halves of a leaf around its position and its link, under the head's lock.
CREATE FUNCTION audit_append(before_position text, after_link text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  head audit_head;
  whole text;
BEGIN
  SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
  whole := before_position || '"position":' || head.size
    || ',"previousLeafHash":"' || encode(head.last_leaf_hash, 'hex') || '"' || after_link;
  INSERT INTO audit_entries (position, leaf, leaf_hash, previous_leaf_hash)
  VALUES (head.size, whole, sha256('\x00'::bytea || convert_to(whole, 'UTF8')), head.last_leaf_hash);
  RETURN head.size;
END $$;

-- Whatever way an entry comes in, it continues the log exactly, and the tree grows with it.
CREATE FUNCTION audit_entry_continues_the_log() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head audit_head;
  merged bytea := NEW.leaf_hash;
  rest bigint;
  level smallint := 0;
  count integer;
BEGIN
  SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
  IF NEW.position IS DISTINCT FROM head.size
    OR NEW.previous_leaf_hash IS DISTINCT FROM head.last_leaf_hash
    OR NEW.leaf_hash IS DISTINCT FROM sha256('\x00'::bytea || convert_to(NEW.leaf, 'UTF8'))
    OR (NEW.leaf::jsonb ->> 'position') IS DISTINCT FROM head.size::text
    OR (NEW.leaf::jsonb ->> 'previousLeafHash') IS DISTINCT FROM encode(head.last_leaf_hash, 'hex')
  THEN
    RAISE EXCEPTION 'audit: an entry must continue the log at position %', head.size
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
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

CREATE TRIGGER audit_entry_continues_the_log BEFORE INSERT ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION audit_entry_continues_the_log();

-- Nothing of the log changes or goes away; the head and the subtrees move only with an entry.
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit: % on % is not allowed, the log is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_subtrees_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_subtrees
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_head_append_only BEFORE INSERT OR DELETE OR TRUNCATE ON audit_head
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_head_moves_with_entries BEFORE UPDATE ON audit_head
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_subtrees_grow_with_entries BEFORE INSERT ON audit_subtrees
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION audit_is_append_only();
