import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person } from '#accounts/core';
import { listAudit } from '#audit';
import { epochMs, type JsonObject, ok, type StackName } from '#core-values';
import { handClock } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { exampleGrantId, examplePlan, exampleRequest } from '../credentials/core/example-grant.ts';
import { type Experience, experienceOf, selectUnused } from './experience.ts';
import { leaveOut, putBackWhatWasLeftOut } from './leave-out.ts';
import { reconcile } from './reconcile.ts';
import type { TrailRoom } from './room.ts';
import { deliveredInMemory } from './testing/delivered-in-memory.ts';
import { BUCKET, type DeliveredTrail, deliveredTrail } from './testing/delivered-trail.ts';
import {
  APPROVED,
  AWS,
  applyPlan,
  type Called,
  HOUR,
  PROVIDER,
  REVIEW,
  records as recordsOf,
  START,
} from './testing/example-applies.ts';

const stack = 'web-production' as StackName;
const hanako = { name: 'hanako' } as Person;
const apply = (number: number, fingerprint?: string) =>
  applyPlan(database.db, exampleRequest(number), number, fingerprint);
const records = (number: number, called: readonly Called[], error?: string) =>
  recordsOf(exampleGrantId(number), number, called, error);

let database: TestDatabase;
let trail: DeliveredTrail;
let room: TrailRoom;
let reviewed: JsonObject;
const clock = handClock(START);

beforeEach(async () => {
  database = await testDatabase();
  trail = deliveredTrail();
  reviewed = REVIEW;
  clock.set(epochMs(START + 4 * HOUR));
  const accounts = [{ id: exampleRequest(1).account, applyRole: exampleRequest(1).roleArn }];
  room = {
    db: database.db,
    clock,
    organization: () => ({ accounts, stacks: [{ name: stack }] }),
    trail: {
      files: deliveredInMemory(trail.files),
      keys: {
        find: async (fingerprint) => ok(fingerprint === trail.fingerprint ? trail.publicKey : undefined),
      },
      prefix: '',
      bucket: BUCKET,
    },
    reviewOf: async () => ok(reviewed),
    wasApplied: async () => true,
    appliesToBelieve: 3,
    alarm: () => undefined,
  };
});
afterEach(() => database.close());

/** Delivers, with digests of this hour and, unless `early`, of two more. */
function deliver(all: readonly JsonObject[], early = false): string {
  const log = trail.log('0355', all);
  trail.digest('04', [log]);
  if (!early) for (const hour of ['05', '06']) trail.digest(hour, []);
  return log;
}

const run = () => reconcile(room, { by: { kind: 'server', name: 'sekisho' }, isEnough: () => false });
const known = (atLeast = 3, providers = [PROVIDER]): Promise<Experience> =>
  experienceOf(database.db, { stack, providers, atLeast });
const ignored = async () => {
  const { rows } = await sql<{ ignored: string | null }>`
    SELECT ignored FROM observed_applies ORDER BY grant_id`.execute(database.db);
  return rows.map(({ ignored: why }) => why);
};

describe('what applies teach', () => {
  test('After enough applies of different plans, what they called for a type that nobody recorded is known', async () => {
    for (const number of [1, 2, 3]) await apply(number);
    deliver([1, 2, 3].flatMap((number) => records(number, APPROVED)));
    expect(await run()).toMatchObject({ findings: 0, complete: true });
    expect(await ignored()).toEqual([null, null, null]);
    expect((await known()).observed).toEqual([
      {
        ...{ type: 'aws_mq_broker', step: 'create', applies: 3, since: '2026-11-02' },
        actions: ['mq:CreateBroker', 'mq:DescribeBroker'],
      },
    ]);
    expect((await known(4)).observed).toEqual([]);
    // Another version of the provider may call otherwise.
    expect((await known(3, [`${AWS} 6.0.0`])).observed).toEqual([]);
    await run();
    expect((await known(4)).observed).toEqual([]);
  });

  test('The same plan again counts once, and what was not applied does not', async () => {
    await apply(1, 'a');
    await apply(2, 'a');
    await apply(3, 'b');
    deliver([1, 2, 3].flatMap((number) => records(number, APPROVED)));
    room = { ...room, wasApplied: async (plan) => plan !== examplePlan(3).id };
    await run();
    expect(await ignored()).toEqual([null, 'same-plan', 'not-applied']);
    expect((await known(1)).observed.map(({ applies }) => applies)).toEqual([1]);
  });

  test('A grant about which anything was found teaches nothing', async () => {
    for (const number of [1, 2]) await apply(number);
    const thief: Called = ['mq', 'DeleteBroker', { brokerName: 'other' }];
    deliver([...records(1, [...APPROVED, thief]), ...records(2, APPROVED)]);
    expect(await run()).toMatchObject({ findings: 1 });
    expect(await ignored()).toEqual(['finding', null]);
    expect((await known(1)).observed.flatMap(({ actions }) => actions)).not.toContain('mq:DeleteBroker');
  });

  test('Logs that no verified digest names teach nothing, whatever stands in them', async () => {
    for (const number of [1, 2]) await apply(number);
    deliver(records(1, APPROVED));
    const planted = records(2, [...APPROVED, ['mq', 'UpdateBroker', { brokerName: 'orders' }]]);
    trail.log('0356', planted);
    await run();
    expect(await ignored()).toEqual([null]);
    clock.advance(8 * 24 * HOUR);
    await run();
    expect(await ignored()).toEqual([null, 'unproven']);
    expect((await known(1)).observed.map(({ applies }) => applies)).toEqual([1]);
  });

  test('An altered log teaches nothing, though it was proven when it was delivered', async () => {
    await apply(1);
    const log = trail.log('0355', records(1, APPROVED));
    for (const [at, hour] of ['04', '05', '06'].entries()) trail.digest(hour, at === 0 ? [log] : []);
    const other = trail.log('0357', records(1, [...APPROVED, ['mq', 'UpdateBroker', {}]]));
    const planted = trail.files.get(other);
    trail.files.delete(other);
    if (planted !== undefined) trail.files.set(log, planted);
    await run();
    expect((await known(1)).observed).toEqual([]);
  });

  test('Before digests cover the time after an apply it is not counted, and then it is', async () => {
    await apply(1);
    deliver(records(1, APPROVED), true);
    await run();
    expect(await ignored()).toEqual([]);
    for (const hour of ['05', '06']) trail.digest(hour, []);
    await run();
    expect(await ignored()).toEqual([null]);
  });

  test('A call that failed for another reason than permission counts, for it was allowed', async () => {
    await apply(1);
    deliver([
      ...records(1, APPROVED),
      ...records(1, [['mq', 'RebootBroker', { brokerName: 'orders' }]], 'NotFoundException'),
    ]);
    await run();
    expect((await known(1)).observed[0]?.actions).toContain('mq:RebootBroker');
  });

  test('Of a provider whose version is not locked, and of a review that cannot be opened, nothing is learnt', async () => {
    await apply(1);
    deliver(records(1, APPROVED));
    reviewed = { changes: REVIEW.changes ?? [] };
    await run();
    expect((await known(1)).observed).toEqual([]);
  });
});

describe('what was granted and never called', () => {
  beforeEach(async () => {
    for (const number of [1, 2, 3]) await apply(number);
    deliver([1, 2, 3].flatMap((number) => records(number, APPROVED)));
    await run();
  });

  test('is known of recorded types, once enough applies were granted it', async () => {
    const unused = await selectUnused(database.db, 3);
    expect(unused.length).toBeGreaterThan(0);
    expect(unused.every(({ type, applies }) => type === 'aws_sns_topic' && applies === 3)).toBe(true);
    expect(unused.map(({ action }) => action)).not.toContain('sns:CreateTopic');
    expect(await selectUnused(database.db, 4)).toEqual([]);
  });

  test('is left out by an administrator’s decision, which is recorded, counts once, and can be undone', async () => {
    const [{ action = '' } = {}] = await selectUnused(database.db, 3);
    const asked = { type: 'aws_sns_topic', action, stack, reason: 'never called', person: hanako };
    expect((await leaveOut(room, asked)).ok).toBe(true);
    expect(await leaveOut(room, asked)).toMatchObject({ ok: false });
    const { leftOut } = await known();
    expect(leftOut).toMatchObject([{ type: 'aws_sns_topic', action, by: 'hanako', stack }]);
    const other = await experienceOf(database.db, { stack: 'shop' as StackName, providers: [], atLeast: 3 });
    expect(other.leftOut).toEqual([]);
    const { rows } = await sql<{ id: string }>`SELECT id FROM needs_left_out`.execute(database.db);
    const back = { id: rows[0]?.id ?? '', person: hanako };
    expect((await putBackWhatWasLeftOut(room, back)).ok).toBe(true);
    expect(await putBackWhatWasLeftOut(room, back)).toMatchObject({ ok: false });
    expect((await known()).leftOut).toEqual([]);
    const kinds = (await listAudit(database.db, { filter: {}, limit: 100 })).entries.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['needs.left-out', 'needs.put-back']));
    await expect(sql`DELETE FROM needs_left_out`.execute(database.db)).rejects.toThrow(/is kept/);
  });

  test('Only what was never called can be left out, and only of a stack that there is', async () => {
    const base = { type: 'aws_sns_topic', action: 'sns:CreateTopic', reason: 'r', person: hanako };
    expect(await leaveOut(room, base)).toMatchObject({ ok: false });
    const [{ action = '' } = {}] = await selectUnused(database.db, 3);
    expect(await leaveOut(room, { ...base, action, stack: 'nosuch' })).toMatchObject({ ok: false });
    expect(await leaveOut({ ...room, appliesToBelieve: 4 }, { ...base, action })).toMatchObject({
      ok: false,
    });
    expect((await known()).leftOut).toEqual([]);
  });
});
