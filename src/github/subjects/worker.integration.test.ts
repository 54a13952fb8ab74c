import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseExternalId } from '#accounts/core';
import { err, ok, problem, verbatim } from '#core-values';
import { handClock, inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { backOffMs } from './back-off.ts';
import { type HeldLocks, sessionLocks } from './locks.ts';
import { dueSubjects, markListed, markSubjects } from './queue.ts';
import type { AnySubject } from './subject.ts';
import { subjectWorker, type WorkerOptions } from './worker.ts';

let database: TestDatabase;
const clock = handClock();
const logger = { warn: () => undefined, error: () => undefined };

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`DELETE FROM github_subjects`.execute(database.db);
});

const repository = parseExternalId('7');
if (repository === undefined) throw new Error('7 is an id.');
const AT = { host: 'github.com', id: repository };
const pull = (number: number | string): AnySubject => ({ kind: 'pull-request', at: AT, key: String(number) });
const mark = (...subjects: readonly AnySubject[]) =>
  inTransaction(database.db, (tx) => markSubjects(tx, subjects, clock.now()));
const dirty = async () =>
  (await dueSubjects(database.db, clock.now(), 1000)).map(({ subject }) => subject.key);

async function working<T>(
  sync: WorkerOptions['sync'],
  work: (worker: ReturnType<typeof subjectWorker>, locks: HeldLocks) => Promise<T>,
  given: Partial<WorkerOptions> = {},
): Promise<T> {
  const held = await sessionLocks(database.url);
  if (!held.ok) throw new Error(held.error.reasons[0].message.en);
  const locks = held.value;
  try {
    const options = { db: database.db, clock, random: () => 0.5, logger, locks, sync, ...given };
    return await work(subjectWorker(options), locks);
  } finally {
    await locks.release();
  }
}

const FINE = async () => ok({ isOpen: true });
const DOWN = problem('outside-failed', {
  rule: 'github.unreachable',
  message: verbatim('down'),
  remedy: verbatim('wait'),
});

test('what is marked is worked on once, however often it was marked before', async () => {
  await mark(pull(1), pull(1), pull(2));
  await mark(pull(1));
  const seen: string[] = [];
  await working(
    async ({ key }) => {
      seen.push(key);
      return FINE();
    },
    async (worker) => {
      await worker.takeUp();
      await worker.idle();
    },
  );
  expect(seen.toSorted()).toEqual(['1', '2']);
  expect(await dirty()).toEqual([]);
});

test('what is marked while it is worked on is worked on again', async () => {
  await mark(pull(1));
  let times = 0;
  await working(
    async () => {
      times += 1;
      if (times === 1) await mark(pull(1));
      return FINE();
    },
    async (worker) => {
      await worker.takeUp();
      await worker.idle();
      expect(await dirty()).toEqual(['1']);
      await worker.takeUp();
      await worker.idle();
    },
  );
  expect([times, await dirty()]).toEqual([2, []]);
});

test('one subject is in the hands of one worker, in this process and in others', async () => {
  await mark(...Array.from({ length: 5 }, (_, at) => pull(at + 1)));
  const inHand = new Map<string, number>();
  let done = 0;
  const sync: WorkerOptions['sync'] = async ({ key }) => {
    inHand.set(key, (inHand.get(key) ?? 0) + 1);
    expect(inHand.get(key)).toBe(1);
    await new Promise((next) => setImmediate(next));
    inHand.set(key, 0);
    done += 1;
    return FINE();
  };
  await working(sync, (one) =>
    working(sync, async (other) => {
      await Promise.all([one.takeUp(), one.takeUp(), other.takeUp(), other.takeUp()]);
      await Promise.all([one.idle(), other.idle()]);
      await Promise.all([one.takeUp(), other.takeUp()]);
      await Promise.all([one.idle(), other.idle()]);
    }),
  );
  expect([done, await dirty()]).toEqual([5, []]);
});

test('kill -9 while it is worked on: another process takes it up at once', async () => {
  await mark(pull(1));
  let begun = 0;
  const never = new Promise<never>(() => undefined);
  await working(
    async () => {
      begun += 1;
      return never;
    },
    async (worker, locks) => {
      await worker.takeUp();
      await expect.poll(() => begun).toBe(1);
      await working(FINE, async (other) => {
        await other.takeUp();
        await other.idle();
        expect(await dirty()).toEqual(['1']);
        // What PostgreSQL does when the connection of a dead process ends.
        await locks.release();
        await other.takeUp();
        await other.idle();
      });
    },
  );
  expect(await dirty()).toEqual([]);
});

test('a worker whose locks are lost settles nothing', async () => {
  await mark(pull(1));
  await working(FINE, async (worker) => {
    const aborted = working(
      async (_, signal) => {
        expect(signal.aborted).toBe(true);
        return FINE();
      },
      async (other) => {
        other.abort();
        await other.takeUp();
        await other.idle();
      },
    );
    await aborted;
    expect(await dirty()).toEqual(['1']);
    await worker.takeUp();
    await worker.idle();
  });
});

test('GitHub down: it stays dirty, is tried with growing pauses, and a new mark does not shorten them', async () => {
  await mark(pull(1));
  const tried: number[] = [];
  const start = clock.now();
  const sync: WorkerOptions['sync'] = async () => {
    tried.push((clock.now() - start) / 1000);
    return tried.length < 6 ? err(DOWN) : FINE();
  };
  await working(sync, async (worker) => {
    for (let second = 0; second < 400 && tried.length < 6; second += 1) {
      await worker.takeUp();
      await worker.idle();
      if (second % 7 === 0) await mark(pull(1));
      clock.advance(1000);
    }
  });
  expect(tried).toEqual([0, 4, 12, 27, 57, 117]);
  expect((await sql`SELECT attempts, last_problem FROM github_subjects`.execute(database.db)).rows).toEqual([
    { attempts: 0, last_problem: null },
  ]);
});

test('a bug in one subject does not stop the others, and its words stay out of the database', async () => {
  await mark(pull(1), pull(2));
  await working(
    async ({ key }) => {
      if (key === '1') throw new Error('ghs_secretsecretsecretsecret');
      return FINE();
    },
    async (worker) => {
      await worker.takeUp();
      await worker.idle();
    },
  );
  const { rows } = await sql<{ key: string; last_problem: string | null }>`
    SELECT key, last_problem FROM github_subjects ORDER BY key`.execute(database.db);
  expect(rows).toEqual([
    { key: '1', last_problem: expect.stringMatching(/^github\.bug/) },
    { key: '2', last_problem: null },
  ]);
  expect(JSON.stringify(rows)).not.toContain('ghs_');
});

test('pauses grow to five minutes, and never come together', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempts, random) => {
      const ms = backOffMs(attempts, random);
      expect(ms).toBeGreaterThanOrEqual(2_500);
      expect(ms).toBeLessThanOrEqual(300_000);
      expect(backOffMs(attempts + 1, random)).toBeGreaterThanOrEqual(ms);
    }),
  );
});

test('any order of marks, work, failures and crashes ends in the state of the world as it was last', async () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('change' as const),
        key: fc.integer({ min: 1, max: 4 }),
        times: fc.integer({ min: 0, max: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constantFrom('work' as const, 'fail' as const, 'crash' as const) }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await sql`DELETE FROM github_subjects`.execute(database.db);
      const world = new Map<string, number>();
      const shown = new Map<string, number>();
      let mode: 'work' | 'fail' | 'crash' = 'work';
      const sync: WorkerOptions['sync'] = async ({ key }) => {
        if (mode === 'fail') return err(DOWN);
        shown.set(key, world.get(key) ?? 0);
        // Published, and dead before it could be settled.
        if (mode === 'crash') throw new Error('killed');
        return FINE();
      };
      await working(sync, async (worker) => {
        const run = async () => {
          await worker.takeUp();
          await worker.idle();
        };
        for (const one of steps) {
          if (one.kind === 'change') {
            world.set(String(one.key), (world.get(String(one.key)) ?? 0) + 1);
            // A gap: nobody delivers it. Or duplicates.
            for (let time = 0; time < one.times; time += 1) await mark(pull(one.key));
          } else {
            mode = one.kind;
            await run();
          }
        }
        mode = 'work';
        const listed = [...world].map(([number, version]) => ({ number, version: String(version) }));
        clock.advance(600_000);
        await inTransaction(database.db, (tx) =>
          markListed(tx, AT, listed, { now: clock.now(), staleAt: clock.now() }),
        );
        for (let round = 0; round < 3; round += 1) await run();
      });
      expect(shown).toEqual(world);
      expect(await dirty()).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test('reconciliation marks what changed on GitHub, what is no longer open and what was not looked at for long, and nothing else', async () => {
  const list = async (...listed: readonly (readonly [string, string])[]) => {
    await inTransaction(database.db, (tx) =>
      markListed(
        tx,
        AT,
        listed.map(([number, version]) => ({ number, version })),
        { now: clock.now(), staleAt: ago(1_800_000) },
      ),
    );
    const marked = await dirty();
    await working(
      async ({ key }) => ok({ isOpen: listed.some(([number]) => number === key) }),
      async (worker) => {
        await worker.takeUp();
        await worker.idle();
      },
    );
    clock.advance(180_000);
    return marked.toSorted();
  };
  const ago = (ms: number) => {
    const past = handClock(clock.now());
    past.advance(-ms);
    return past.now();
  };
  expect(await list(['1', 'a'], ['2', 'a'])).toEqual(['1', '2']);
  expect(await list(['1', 'a'], ['2', 'a'])).toEqual([]);
  expect(await list(['1', 'b'], ['2', 'a'])).toEqual(['1']);
  expect(await list(['1', 'b'])).toEqual(['2']);
  expect(await list(['1', 'b'])).toEqual([]);
  expect(await list(['1', 'b'], ['2', 'c'])).toEqual(['2']);
  clock.advance(1_800_000);
  expect(await list(['1', 'b'], ['2', 'c'])).toEqual(['1', '2']);
});
