-- Secrets that the server makes for itself (the key that signs audit checkpoints, its issuer's keys), encrypted.

CREATE TABLE server_secrets (
  name       text        PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9/-]{0,127}$'),
  sealed     bytea       NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
