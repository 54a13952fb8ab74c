import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Organization, parseExternalId } from '#accounts/core';
import { err, ok, problem, verbatim } from '#core-values';
import { handClock, inTransaction, silentLogger } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { forgetOldGitHub, type KeepingGitHub, type KeepingRoom, keepGitHub } from './keeping.ts';
import { disconnectApp } from './store/apps.ts';
import { insertDelivery } from './store/deliveries.ts';
import { markSubjects } from './subjects/queue.ts';
import type { AnySubject } from './subjects/subject.ts';
import { connectedTestApp, testKeyring } from './testing/connected.ts';

let database: TestDatabase;
let kept: KeepingGitHub | undefined;
let seen: string[];
const clock = handClock();
const keyring = testKeyring();

const id = parseExternalId('7');
if (id === undefined) throw new Error('7 is an id.');
const pull = (key: string): AnySubject => ({ kind: 'pull-request', at: { host: 'github.com', id: id }, key });

beforeEach(async () => {
  database = await testDatabase();
  seen = [];
});
afterEach(async () => {
  await kept?.stop();
  kept = undefined;
  await database.close();
});

const DOWN = problem('outside-failed', { rule: 'x', message: verbatim('x'), remedy: verbatim('x') });
const on = (given: Partial<KeepingRoom> = {}): KeepingRoom => ({
  ...{ db: database.db, databaseUrl: database.url, clock, logger: silentLogger },
  ...{ random: () => 0, pause: () => new Promise(() => undefined) },
  organization: () =>
    ({
      stacks: [
        {
          name: 'shop',
          repository: { id: '7', issuer: { url: 'https://token.actions.githubusercontent.com' } },
        },
      ],
    }) as unknown as Organization,
  connections: { repository: async () => err(DOWN) },
  pullRequestOf: async () => undefined,
  syncs: {
    'pull-request': async ({ key }) => {
      seen.push(key);
      return ok({ isOpen: true });
    },
    drift: async () => ok({ isOpen: false }),
  },
  ...given,
});
const mark = (...keys: readonly string[]) =>
  inTransaction(database.db, (tx) => markSubjects(tx, keys.map(pull), clock.now()));
const sessions = async () => {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND database =
      (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(database.db);
  return rows[0]?.n;
};

test('what is dirty at the start, and what becomes so, is worked on; a poke need not wait', async () => {
  await connectedTestApp(database, keyring);
  await mark('1');
  kept = keepGitHub(on());
  await expect.poll(() => seen).toEqual(['1']);
  await mark('2');
  kept.poke();
  await expect.poll(() => seen).toEqual(['1', '2']);
});

test('while no App is connected nothing is worked on; it begins when one is, and ends when it is gone', async () => {
  await mark('1');
  kept = keepGitHub(on());
  await sql`SELECT 1`.execute(database.db);
  expect(seen).toEqual([]);
  const app = await connectedTestApp(database, keyring);
  await expect.poll(() => seen, { timeout: 5_000 }).toEqual(['1']);
  await inTransaction(database.db, (tx) => disconnectApp(tx, app.id, { by: 'hanako', at: clock.now() }));
  await mark('2');
  kept.poke();
  await kept.stop();
  expect(seen.filter((key) => key === '2')).toEqual([]);
});

test('stopping tells who works, and gives every lock back', async () => {
  await connectedTestApp(database, keyring);
  await mark('1');
  let told: AbortSignal | undefined;
  kept = keepGitHub(
    on({
      syncs: {
        'pull-request': (_, signal) => {
          told = signal;
          return new Promise((done) => {
            signal.addEventListener('abort', () => done(ok({ isOpen: true })));
          });
        },
        drift: async () => ok({ isOpen: false }),
      },
    }),
  );
  await expect.poll(() => told).toBeDefined();
  expect(await sessions()).toBe(1);
  await kept.stop();
  expect([told?.aborted, await sessions()]).toEqual([true, 0]);
  const { rows } = await sql`SELECT key FROM github_subjects WHERE dirty_since IS NOT NULL`.execute(
    database.db,
  );
  expect(rows).toEqual([{ key: '1' }]);
});

test('a lost connection to the database is replaced, and work goes on', async () => {
  await connectedTestApp(database, keyring);
  await mark('1');
  kept = keepGitHub(on());
  await expect.poll(() => seen).toEqual(['1']);
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`.execute(database.db);
  await mark('2');
  await expect.poll(() => seen, { timeout: 8_000 }).toContain('2');
});

test('deliveries are forgotten after two weeks, finished subjects after a month, open ones never', async () => {
  const app = await connectedTestApp(database, keyring);
  const day = 86_400_000;
  await inTransaction(database.db, (tx) =>
    insertDelivery(tx, { app: app.id, delivery: 'd-1', event: 'push', now: clock.now() }),
  );
  await mark('1', '2');
  await sql`UPDATE github_subjects SET dirty_since = NULL, synced_at = ${new Date(clock.now())}, is_open = key = '2'`.execute(
    database.db,
  );
  const left = async () => {
    const { rows } = await sql<{ words: string }>`
      SELECT delivery AS words FROM github_deliveries UNION ALL SELECT key FROM github_subjects ORDER BY 1`.execute(
      database.db,
    );
    return rows.map(({ words }) => words);
  };
  const room = { db: database.db, clock };
  clock.advance(13 * day);
  await forgetOldGitHub(room);
  expect(await left()).toEqual(['1', '2', 'd-1']);
  clock.advance(2 * day);
  await forgetOldGitHub(room);
  expect(await left()).toEqual(['1', '2']);
  clock.advance(16 * day);
  await forgetOldGitHub(room);
  expect(await left()).toEqual(['2']);
});
