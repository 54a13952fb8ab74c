-- Passkeys of people. Each row stands under an authentication code of the server (`code`, over every column but the name and the transports): whoever
-- can only write to the database plants none, makes none into another's, and brings none back.

CREATE TABLE passkeys (
  credential_id text        PRIMARY KEY CHECK (credential_id ~ '^[A-Za-z0-9_-]+$' AND length(credential_id) <= 1364),
  person        text        NOT NULL,
  -- In the person's own words.
  name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
  -- COSE.
  public_key    bytea       NOT NULL UNIQUE CHECK (octet_length(public_key) BETWEEN 32 AND 2048),
  transports    text[]      NOT NULL,
  added_at      timestamptz NOT NULL,
  added_by      text        NOT NULL CHECK (added_by IN ('terminal', 'link', 'provider', 'passkey')),
  -- On whose word it is the person's, besides that of sekisho.yaml.
  stands_on     text[]      NOT NULL,
  counter       bigint      NOT NULL CHECK (counter BETWEEN 0 AND 4294967295),
  -- Of the last assertion: the same one again is no copy of the authenticator.
  last_sha256   text        CHECK (last_sha256 ~ '^[0-9a-f]{64}$'),
  last_used_at  timestamptz,
  state         text        NOT NULL CHECK (state IN ('active', 'suspended', 'removed')),
  code          bytea       NOT NULL CHECK (octet_length(code) = 32)
);

CREATE INDEX passkeys_by_person ON passkeys (person, added_at);

-- What an approval was given with stays, and is never somebody else's; nothing leads back to active.
CREATE FUNCTION passkeys_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'passkeys: % is not allowed, a passkey is removed by its state', TG_OP
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.credential_id, OLD.person, OLD.public_key, OLD.added_at, OLD.added_by, OLD.stands_on)
    IS DISTINCT FROM (NEW.credential_id, NEW.person, NEW.public_key, NEW.added_at, NEW.added_by, NEW.stands_on)
    OR NEW.counter < OLD.counter
    OR (OLD.state = 'removed' AND NEW.state <> 'removed')
    OR (OLD.state = 'suspended' AND NEW.state = 'active')
  THEN
    RAISE EXCEPTION 'passkeys: % is not changed like this', OLD.credential_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER passkeys_change BEFORE UPDATE OR DELETE ON passkeys
  FOR EACH ROW EXECUTE FUNCTION passkeys_are_kept();
CREATE TRIGGER passkeys_truncate BEFORE TRUNCATE ON passkeys
  FOR EACH STATEMENT EXECUTE FUNCTION passkeys_are_kept();

-- Challenges that were answered: each once. They carry their own end and authentication code, so only good answers leave a row.
CREATE TABLE used_challenges (
  challenge_sha256 text        PRIMARY KEY CHECK (challenge_sha256 ~ '^[0-9a-f]{64}$'),
  expires_at       timestamptz NOT NULL
);

CREATE INDEX used_challenges_by_end ON used_challenges (expires_at);
