-- What access logs, spans and beacons told, and the counts that come of it. Requests wait in a spool, by slots of five minutes; the
-- counts of a slot are replaced as a whole, so that they depend on the requests alone and not on when they came. Hours and minutes are
-- counted since 1970-01-01T00:00Z, and so are slots (docs/adr/0051).

CREATE TABLE slo_sources (
  name      text   PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
  -- Raised by whoever took something in: two who read the same source at once find each other by it.
  revision  bigint NOT NULL DEFAULT 0 CHECK (revision >= 0),
  lines     bigint NOT NULL DEFAULT 0 CHECK (lines >= 0),
  requests  bigint NOT NULL DEFAULT 0 CHECK (requests >= 0),
  skipped   bigint NOT NULL DEFAULT 0 CHECK (skipped >= 0),
  unparsed  bigint NOT NULL DEFAULT 0 CHECK (unparsed >= 0),
  -- Of the requests: those of a time whose spool was gone, and those of a time to come. They are in no count.
  too_late  bigint NOT NULL DEFAULT 0 CHECK (too_late >= 0),
  too_early bigint NOT NULL DEFAULT 0 CHECK (too_early >= 0),
  -- When the newest request began.
  newest_at timestamptz,
  read_at   timestamptz,
  -- Why the last reading could not do all it should: a Problem.
  problem   jsonb,
  CHECK (lines = requests + skipped + unparsed),
  CHECK (too_late + too_early <= requests)
);

-- A log by its content: whatever it is called, wherever it lies and however it is packed, it counts once.
CREATE TABLE slo_logs (
  id                bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source            text    NOT NULL REFERENCES slo_sources,
  -- SHA-256 of its first bytes without compression, at most 1,024.
  fingerprint       bytea   NOT NULL CHECK (length(fingerprint) = 32),
  fingerprint_bytes integer NOT NULL CHECK (fingerprint_bytes BETWEEN 1 AND 1024),
  -- How much of it was taken, in bytes without compression, and the SHA-256 of that.
  taken_bytes       bigint  NOT NULL CHECK (taken_bytes >= fingerprint_bytes),
  taken_digest      bytea   NOT NULL CHECK (length(taken_digest) = 32),
  -- The same of shorter beginnings, so that a copy that is still being written is known: length (8 bytes) and digest (32), ascending.
  marks             bytea   NOT NULL DEFAULT '' CHECK (length(marks) % 40 = 0),
  lines             bigint  NOT NULL CHECK (lines >= 0),
  -- Its format as it was found, where sekisho.yaml names none.
  format            text,
  name              text    NOT NULL,
  first_at          timestamptz NOT NULL,
  last_at           timestamptz NOT NULL
);

CREATE INDEX slo_logs_by_fingerprint ON slo_logs (source, fingerprint_bytes, fingerprint);
CREATE INDEX slo_logs_by_time ON slo_logs (last_at);

-- Where logs lay when they were looked at last: what has the same version needs no look. Only a memory, nothing counts by it.
CREATE TABLE slo_log_places (
  source  text        NOT NULL REFERENCES slo_sources,
  place   text        NOT NULL,
  version text        NOT NULL,
  seen_at timestamptz NOT NULL,
  problem jsonb,
  PRIMARY KEY (source, place)
);

-- What was pushed, each once.
CREATE TABLE slo_deliveries (
  source      text        NOT NULL,
  delivery_id text        NOT NULL CHECK (length(delivery_id) BETWEEN 1 AND 200),
  taken_at    timestamptz NOT NULL,
  PRIMARY KEY (source, delivery_id)
);

CREATE INDEX slo_deliveries_by_time ON slo_deliveries (taken_at);

-- The first lines of each fault that are no requests, addresses masked.
CREATE TABLE slo_unparsed (
  source  text        NOT NULL REFERENCES slo_sources,
  fault   text        NOT NULL,
  lines   bigint      NOT NULL CHECK (lines > 0),
  -- [{log, line, text}], 20 at most.
  kept    jsonb       NOT NULL CHECK (jsonb_array_length(kept) <= 20),
  last_at timestamptz NOT NULL,
  PRIMARY KEY (source, fault)
);

-- Requests as packed columns, without addresses and user agents; forgotten after the spool's retention.
CREATE TABLE slo_spool (
  id       bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slot     integer NOT NULL CHECK (slot > 0),
  source   text    NOT NULL REFERENCES slo_sources,
  requests integer NOT NULL CHECK (requests > 0),
  data     bytea   NOT NULL,
  taken_at timestamptz NOT NULL
);

CREATE INDEX slo_spool_by_slot ON slo_spool (slot);
-- It is packed already.
ALTER TABLE slo_spool ALTER COLUMN data SET STORAGE EXTERNAL;

-- Which slots have requests that are not judged yet: `version` is raised with each that comes, in the same transaction.
CREATE TABLE slo_slots (
  slot           integer PRIMARY KEY CHECK (slot > 0),
  version        bigint  NOT NULL DEFAULT 1 CHECK (version > 0),
  judged_version bigint  NOT NULL DEFAULT 0 CHECK (judged_version BETWEEN 0 AND version),
  -- Up to this minute it was judged; the rest of it was too young.
  judged_until   integer NOT NULL DEFAULT 0 CHECK (judged_until <= (slot + 1) * 5),
  -- The definitions that it was judged by.
  definitions    text    NOT NULL DEFAULT ''
);

-- Requests of slots before this one were forgotten: nothing of their time, or right after it, can be judged again.
CREATE TABLE slo_spool_floor (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  slot     integer NOT NULL DEFAULT 0 CHECK (slot >= 0)
);

INSERT INTO slo_spool_floor DEFAULT VALUES;

CREATE TABLE slo_series (
  id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text    NOT NULL CHECK (kind IN ('slo', 'screen', 'route')),
  name text    NOT NULL CHECK (length(name) BETWEEN 1 AND 2048),
  -- Everything before this minute was counted, as far as anybody knows; 0: nothing ever was.
  counted_until integer NOT NULL DEFAULT 0 CHECK (counted_until >= 0),
  UNIQUE (kind, name)
);

-- Events by minute. `minutes` has 8 bytes with a bit for each minute that has events, then good and bad of each as unsigned varints: what
-- it can say holds 0 ≤ good ≤ total, and `good` and `total` are its sums.
CREATE TABLE slo_counts (
  series   integer NOT NULL REFERENCES slo_series,
  -- Empty: all events, whoever they were of.
  customer text    NOT NULL,
  hour     integer NOT NULL CHECK (hour > 0),
  good     bigint  NOT NULL CHECK (good >= 0),
  total    bigint  NOT NULL CHECK (total > 0),
  minutes  bytea   NOT NULL CHECK (length(minutes) BETWEEN 10 AND 1208),
  PRIMARY KEY (series, customer, hour),
  CHECK (good <= total)
);

CREATE INDEX slo_counts_by_hour ON slo_counts (hour);

-- How sure the views of a screen are, by slot.
CREATE TABLE slo_screen_slots (
  screen      text    NOT NULL,
  customer    text    NOT NULL,
  slot        integer NOT NULL CHECK (slot > 0),
  total       bigint  NOT NULL CHECK (total >= 0),
  abandoned   bigint  NOT NULL CHECK (abandoned >= 0),
  bots        bigint  NOT NULL CHECK (bots >= 0),
  sure        bigint  NOT NULL CHECK (sure BETWEEN 0 AND total),
  incomplete  bigint  NOT NULL CHECK (incomplete BETWEEN 0 AND total),
  unmeasured  bigint  NOT NULL CHECK (unmeasured BETWEEN 0 AND total),
  -- By the weakest way that was needed: page-view id, trace, referer, client, alone.
  ways        bigint[] NOT NULL CHECK (cardinality(ways) = 5 AND 0 <= ALL (ways)
    AND ways[1] + ways[2] + ways[3] + ways[4] + ways[5] = total),
  PRIMARY KEY (screen, customer, slot)
);

CREATE INDEX slo_screen_slots_by_slot ON slo_screen_slots (slot);

-- Why views were bad: for each screen they add up to its bad views.
CREATE TABLE slo_causes (
  screen   text      NOT NULL,
  customer text      NOT NULL,
  slot     integer   NOT NULL CHECK (slot > 0),
  kind     text      NOT NULL CHECK (kind IN ('alone', 'either', 'together')),
  -- Places in the screen's list of requests.
  requests integer[] NOT NULL CHECK (0 <= ALL (requests)),
  views    bigint    NOT NULL CHECK (views > 0),
  PRIMARY KEY (screen, customer, slot, kind, requests)
);

CREATE INDEX slo_causes_by_slot ON slo_causes (slot);

-- Requests of a route, and their times as counts of logarithmic buckets: pairs of varints, bucket (as the step from the one before) and
-- count.
CREATE TABLE slo_route_slots (
  route     text    NOT NULL,
  slot      integer NOT NULL CHECK (slot > 0),
  total     bigint  NOT NULL CHECK (total > 0),
  failed    bigint  NOT NULL CHECK (failed >= 0),
  abandoned bigint  NOT NULL CHECK (abandoned >= 0),
  measured  bigint  NOT NULL CHECK (measured BETWEEN 0 AND total),
  latencies bytea   NOT NULL,
  PRIMARY KEY (route, slot),
  CHECK (failed + abandoned <= total)
);

CREATE INDEX slo_route_slots_by_slot ON slo_route_slots (slot);
