import { afterEach, beforeEach, expect, test } from 'vitest';
import { epochMs, type JsonObject } from '#core-values';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { inTransaction } from '../database/transaction.ts';
import { type Jobs, startJobs } from './jobs.ts';

let database: TestDatabase;
let jobs: Jobs;
let errors: Error[];

beforeEach(async () => {
  database = await testDatabase();
  errors = [];
  const started = await startJobs(database.url, {
    onError: (cause) => errors.push(cause),
    pollingSeconds: 0.5,
  });
  if (!started.ok) throw new Error(started.error.reasons[0].message.en);
  jobs = started.value;
});

afterEach(async () => {
  await jobs.stop();
  expect(errors).toEqual([]);
  await database.close();
});

/** Resolves with the data of the first job. */
const firstJob = (name: string): Promise<JsonObject> =>
  new Promise((resolve) => {
    void jobs.work(name, async (data) => resolve(data));
  });

test('a job that is due is done with its data', async () => {
  const done = firstJob('expire-plan');
  await jobs.schedule('expire-plan', { plan: 'pln_1' }, epochMs(0));
  expect(await done).toEqual({ plan: 'pln_1' });
});

test('a job of a transaction that is rolled back never comes to be; a later one is not done early', async () => {
  const done = firstJob('expire-grant');
  await inTransaction(database.db, async (tx, rollBack) => {
    await jobs.schedule('expire-grant', { grant: 'rolled back' }, epochMs(0), tx);
    return rollBack(undefined);
  });
  await jobs.schedule('expire-grant', { grant: 'in a thousand years' }, epochMs(33_000_000_000_000));
  await inTransaction(database.db, (tx) => jobs.schedule('expire-grant', { grant: 'due' }, epochMs(0), tx));
  expect(await done).toEqual({ grant: 'due' });
});

test('a recurring job is registered once, however often the program starts', async () => {
  await jobs.every('sweep', '*/5 * * * *', async () => undefined);
  await jobs.every('sweep', '*/5 * * * *', async () => undefined);
  const rows = await database.db
    .withTables<{ 'pgboss.schedule': { name: string; cron: string } }>()
    .selectFrom('pgboss.schedule')
    .select(['name', 'cron'])
    .execute();
  expect(rows).toEqual([{ name: 'sweep', cron: '*/5 * * * *' }]);
});

test('a failing handler is reported, and its job kept for another attempt', async () => {
  const failed = Promise.withResolvers<void>();
  await jobs.work('fails', async () => {
    failed.resolve();
    throw new Error('not today');
  });
  await jobs.schedule('fails', {}, epochMs(0));
  await failed.promise;
  await jobs.stop();
  const rows = await database.db
    .withTables<{ 'pgboss.job': { name: string; state: string } }>()
    .selectFrom('pgboss.job')
    .select('state')
    .where('name', '=', 'fails')
    .execute();
  expect(rows).toEqual([{ state: 'retry' }]);
  expect(errors.splice(0).map(({ message }) => message)).toEqual(['not today']);
});

test('stopping waits for the job that runs', async () => {
  const events: string[] = [];
  const finish = Promise.withResolvers<void>();
  const begun = new Promise<void>((resolve) => {
    void jobs.work('slow', async () => {
      resolve();
      await finish.promise;
      events.push('job ended');
    });
  });
  await jobs.schedule('slow', {}, epochMs(0));
  await begun;
  const stopped = jobs.stop().then(() => events.push('stopped'));
  finish.resolve();
  await stopped;
  expect(events).toEqual(['job ended', 'stopped']);
});
