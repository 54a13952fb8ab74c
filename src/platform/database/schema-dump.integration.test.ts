import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '#platform/testing';
import { SCHEMA_DUMP } from './migration.ts';
import { dumpSchema } from './schema-dump.ts';

test('the committed schema is what the migrations make (else: node scripts/dump-schema.ts)', async () => {
  const database = await testDatabase();
  expect(await dumpSchema(database.db)).toBe(await readFile(SCHEMA_DUMP, 'utf8'));
  await database.close();
});

test('the dump names every kind of thing a migration can make', async () => {
  const database = await testDatabase();
  const bare = await dumpSchema(database.db);
  await sql
    .raw(`
    CREATE TYPE colour AS ENUM ('red', 'green');
    CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
    CREATE SEQUENCE tickets;
    CREATE TABLE things (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL DEFAULT 'x', share percent,
      twice bigint GENERATED ALWAYS AS (id * 2) STORED, parent bigint REFERENCES things,
      UNIQUE (name), CHECK (length(name) < 9), EXCLUDE USING btree (share WITH =)
    ) WITH (fillfactor=80);
    CREATE VIEW ones AS SELECT 1 AS one;
    CREATE UNIQUE INDEX things_by_share ON things (share) WHERE share > 3;
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
    CREATE TRIGGER things_stay BEFORE DELETE ON things EXECUTE FUNCTION refuse();
    ALTER TABLE things ENABLE ROW LEVEL SECURITY;
    CREATE POLICY mine ON things USING (id = 1);
    CREATE RULE quiet AS ON UPDATE TO things DO INSTEAD NOTHING;
    GRANT SELECT ON things TO PUBLIC`)
    .execute(database.db);
  const partsOf = (dump: string) => dump.trim().split('\n\n');
  const known = new Set(partsOf(bare));
  const added = partsOf(await dumpSchema(database.db)).filter((part) => !known.has(part));
  expect(added.join('\n')).toMatchInlineSnapshot(`
    "CREATE TYPE colour AS ENUM ('red', 'green');
    CREATE DOMAIN percent AS integer CONSTRAINT percent_check CHECK (((VALUE >= 0) AND (VALUE <= 100)));
    CREATE OR REPLACE FUNCTION public.refuse()
     RETURNS trigger
     LANGUAGE plpgsql
    AS $function$BEGIN RAISE EXCEPTION 'no'; END$function$;
    CREATE SEQUENCE tickets AS bigint START 1 INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1;
    CREATE TABLE things (
      id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
      name text COLLATE "C" NOT NULL DEFAULT 'x'::text,
      share percent,
      twice bigint GENERATED ALWAYS AS ((id * 2)) STORED,
      parent bigint,
      CONSTRAINT things_pkey PRIMARY KEY (id),
      CONSTRAINT things_name_key UNIQUE (name),
      CONSTRAINT things_parent_fkey FOREIGN KEY (parent) REFERENCES things(id),
      CONSTRAINT things_name_check CHECK (length(name) < 9),
      CONSTRAINT things_share_excl EXCLUDE USING btree (share WITH =)
    ) WITH (fillfactor=80);
    CREATE VIEW ones AS
     SELECT 1 AS one;
    CREATE UNIQUE INDEX things_by_share ON things USING btree (share) WHERE share::integer > 3;
    CREATE TRIGGER things_stay BEFORE DELETE ON things FOR EACH STATEMENT EXECUTE FUNCTION refuse();
    ALTER TABLE things ENABLE ROW LEVEL SECURITY;
    CREATE POLICY mine ON things AS PERMISSIVE FOR ALL TO public USING ((id = 1));
    CREATE RULE quiet AS
        ON UPDATE TO public.things DO INSTEAD NOTHING;
    GRANT SELECT ON things TO PUBLIC;"
  `);
  await database.close();
});
