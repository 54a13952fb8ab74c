-- What the platform itself keeps. The table schema_migration is made by the migrator, which needs it first.

-- Which keys data in this database was encrypted under, so that a start with a wrong or missing key is
-- refused at once and not at the first secret somebody needs. The keys themselves are never stored.
CREATE TABLE encryption_key (
  key_id text PRIMARY KEY CHECK (key_id ~ '^[0-9a-f]{16}$'),
  source text NOT NULL CHECK (source IN ('environment', 'file', 'aws-kms')),
  -- A fixed text encrypted under the key: only the right key opens it.
  check_value bytea NOT NULL,
  first_used_at timestamptz NOT NULL DEFAULT now()
);
