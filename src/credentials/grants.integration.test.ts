import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { epochMs, type Problem, parseStackName, type Result, type StackName } from '#core-values';
import { inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { exampleGrantId, exampleRequest } from './core/example-grant.ts';
import {
  abandonUnfinishedGrants,
  authorizeGrant,
  beginGrant,
  beginGrants,
  completeGrant,
  completeGrants,
  consumeToken,
  expireGrants,
  failGrant,
  finishGrant,
  type GrantRequest,
  newGrantId,
  pruneUsedTokens,
} from './grants.ts';
import { selectGrant, selectGrants } from './store.ts';

const now = epochMs(1_800_000_000_000);
const HOUR = 3_600_000;
const session = { assumedRoleId: 'AROAEXAMPLE:grant', expiresAt: epochMs(now + HOUR) };
let database: TestDatabase | undefined;

beforeEach(async () => {
  await database?.close();
  database = await testDatabase();
});

afterAll(() => database?.close());

const db = () => {
  if (database === undefined) throw new Error('no database yet');
  return database.db;
};

const begin = (request: GrantRequest, at = now) => inTransaction(db(), (tx) => beginGrant(tx, request, at));
const complete = (number: number, at = now) =>
  inTransaction(db(), (tx) => completeGrant(tx, exampleGrantId(number), session, at));
const ruleOf = (outcome: Result<unknown, Problem>): string =>
  outcome.ok ? 'ok' : outcome.error.reasons[0].rule;
const otherStack = parseStackName('db-production') as StackName;

/** Grant `number` begun and completed; answers its secret. */
async function issued(number: number): Promise<string> {
  expect(ruleOf(await begin(exampleRequest(number)))).toBe('ok');
  const completed = await complete(number);
  return completed.ok ? completed.value.secret : '';
}

describe('a grant', () => {
  it('is begun, completed and found by its secret, of which only the hash is stored', async () => {
    const secret = await issued(1);
    expect(secret).toMatch(/^skg_/);
    const found = await authorizeGrant(db(), secret, now);
    expect(found).toMatchObject({
      ok: true,
      value: {
        id: exampleGrantId(1),
        status: 'issued',
        plan: { digest: 'd'.repeat(64), lineage: '1a2b', serial: 12 },
        job: { repositoryId: '700100', commit: 'a'.repeat(40), runId: '31', runAttempt: 1, job: '5501' },
        account: '444444444444',
        sessionName: exampleGrantId(1),
        sourceIdentity: 'hanako,taro',
      },
    });
    const { rows } = await sql<{ row: string }>`SELECT grants::text AS row FROM grants`.execute(db());
    expect(rows.map(({ row }) => row).join()).not.toContain(secret.slice(4));
  });

  it('is not given for a token that was used before, for whatever it was used (attack 8)', async () => {
    const request = exampleRequest(1);
    expect(ruleOf(await inTransaction(db(), (tx) => consumeToken(tx, request.identity)))).toBe('ok');
    expect(ruleOf(await begin(request))).toBe('token.used');
    expect(await selectGrants(db(), { limit: 10 })).toEqual([]);
    expect(ruleOf(await inTransaction(db(), (tx) => consumeToken(tx, request.identity)))).toBe('token.used');
  });

  it('is given once for one token when thirty-two ask at the same moment', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 32 }, (_, index) =>
        begin({ ...exampleRequest(index), identity: { ...exampleRequest(0).identity, jti: 'same' } }),
      ),
    );
    expect(outcomes.filter((outcome) => ruleOf(outcome) === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => ruleOf(outcome) === 'token.used')).toHaveLength(31);
  });

  it('is given once for one plan, at the same moment and ever after (attacks 7 and 8)', async () => {
    const { plan } = exampleRequest(0);
    const ask = (number: number) => begin({ ...exampleRequest(number), plan });
    const outcomes = await Promise.all(Array.from({ length: 32 }, (_, index) => ask(index)));
    expect(outcomes.filter((outcome) => ruleOf(outcome) === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => ruleOf(outcome) === 'grant.used')).toHaveLength(31);
    const winner = outcomes.find((outcome) => outcome.ok);
    if (winner?.ok !== true) throw new Error('nobody won');
    await inTransaction(db(), (tx) => completeGrant(tx, winner.value.id, session, now));
    await inTransaction(db(), (tx) => finishGrant(tx, winner.value.id, now));
    expect(ruleOf(await ask(40))).toBe('grant.used');
  });

  it('is begun together with others, of which one token, one plan and one stack serve once', async () => {
    const asked = [1, 2, 3, 4, 5, 6].map((number) => {
      const stack = parseStackName(`stack-${number}`) as StackName;
      return { request: { ...exampleRequest(number), stack }, now };
    });
    const [one, sameToken, other, samePlan, sameStack, last] = asked.map(({ request }) => request);
    if (!one || !sameToken || !other || !samePlan || !sameStack || !last) throw new Error('six are asked');
    const outcomes = await inTransaction(db(), (tx) =>
      beginGrants(
        tx,
        [
          other,
          one,
          { ...sameToken, identity: one.identity },
          { ...samePlan, plan: one.plan },
          { ...sameStack, stack: other.stack },
          last,
        ].map((request) => ({ request, now })),
      ),
    );
    expect(outcomes.map(ruleOf)).toEqual([
      'ok',
      'ok',
      'token.used',
      'grant.used',
      'grant.apply-in-flight',
      'ok',
    ]);
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.value.id : ''))).toEqual([
      other.id,
      one.id,
      '',
      '',
      '',
      last.id,
    ]);
    expect(await selectGrants(db(), { limit: 10 })).toHaveLength(3);
  });

  it('is completed together with others, each with its own secret; one given up meanwhile is refused', async () => {
    const begun = await Promise.all(
      [3, 2, 1].map((number) =>
        begin({ ...exampleRequest(number), stack: parseStackName(`stack-${number}`) as StackName }),
      ),
    );
    await inTransaction(db(), (tx) => failGrant(tx, exampleGrantId(2), 'sts.AssumeRole: AccessDenied', now));
    const asked = begun.flatMap((one, index) => {
      const number = 3 - index;
      const issued = { assumedRoleId: `AROAEXAMPLE:${number}`, expiresAt: epochMs(now + number * HOUR) };
      return one.ok ? [{ grant: one.value, session: issued }] : [];
    });
    const outcomes = await inTransaction(db(), (tx) => completeGrants(tx, asked, now));
    expect(outcomes.map(ruleOf)).toEqual(['ok', 'grant.state', 'ok']);
    for (const [index, number] of [3, undefined, 1].entries()) {
      const outcome = outcomes[index];
      if (number === undefined || outcome?.ok !== true) continue;
      expect(outcome.value.grant).toEqual(await selectGrant(db(), exampleGrantId(number)));
      expect(await authorizeGrant(db(), outcome.value.secret, now)).toMatchObject({
        value: {
          id: exampleGrantId(number),
          assumedRoleId: `AROAEXAMPLE:${number}`,
          issuedAt: now,
          expiresAt: now + number * HOUR,
        },
      });
    }
  });

  it('may be asked for again when AWS issued nothing', async () => {
    const { plan } = exampleRequest(1);
    await begin(exampleRequest(1));
    await inTransaction(db(), (tx) => failGrant(tx, exampleGrantId(1), 'sts.AssumeRole: AccessDenied', now));
    expect(ruleOf(await begin({ ...exampleRequest(2), plan }))).toBe('ok');
  });

  it('is not given for a second plan of a stack that is being applied (attack 20)', async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map((number) => begin(exampleRequest(number))));
    expect(outcomes.map(ruleOf).toSorted()).toEqual([
      ...['grant.apply-in-flight', 'grant.apply-in-flight', 'grant.apply-in-flight', 'ok'],
    ]);
    expect(ruleOf(await begin({ ...exampleRequest(5), stack: otherStack }))).toBe('ok');
  });

  it('leaves the stack free once its job has reported, and its secret serves no longer', async () => {
    const secret = await issued(1);
    await inTransaction(db(), (tx) => finishGrant(tx, exampleGrantId(1), now));
    expect(ruleOf(await authorizeGrant(db(), secret, now))).toBe('grant.secret');
    expect(ruleOf(await begin(exampleRequest(2)))).toBe('ok');
  });

  it('for planning is not limited to one', async () => {
    const { plan: _, ...rest } = exampleRequest(1);
    for (const number of [1, 2, 3]) {
      const { id, identity } = exampleRequest(number);
      expect(ruleOf(await begin({ ...rest, id, identity, purpose: 'plan' }))).toBe('ok');
    }
  });

  it('expires with its credentials', async () => {
    const secret = await issued(1);
    expect(ruleOf(await authorizeGrant(db(), secret, epochMs(now + HOUR - 1)))).toBe('ok');
    expect(ruleOf(await authorizeGrant(db(), secret, epochMs(now + HOUR)))).toBe('grant.secret');
    expect(await inTransaction(db(), (tx) => expireGrants(tx, epochMs(now + HOUR - 1)))).toEqual([]);
    const expired = await inTransaction(db(), (tx) => expireGrants(tx, epochMs(now + HOUR)));
    expect(expired.map(({ id, status }) => [id, status])).toEqual([[exampleGrantId(1), 'expired']]);
  });

  it('that the server died over is abandoned, cannot be completed late, and needs a new plan', async () => {
    await begin(exampleRequest(1));
    const later = epochMs(now + 31_000);
    expect(
      await inTransaction(db(), (tx) => abandonUnfinishedGrants(tx, epochMs(now + 29_000), 30_000)),
    ).toEqual([]);
    const abandoned = await inTransaction(db(), (tx) => abandonUnfinishedGrants(tx, later, 30_000));
    expect(abandoned.map(({ id }) => id)).toEqual([exampleGrantId(1)]);
    expect(ruleOf(await complete(1, later))).toBe('grant.state');
    expect(ruleOf(await begin({ ...exampleRequest(2), plan: exampleRequest(1).plan }))).toBe('grant.used');
    expect(ruleOf(await begin(exampleRequest(3)))).toBe('ok');
  });

  it('is completed once', async () => {
    await issued(1);
    expect(ruleOf(await complete(1))).toBe('grant.state');
  });

  it('is not found by a secret that is not one, nor by one of nobody', async () => {
    for (const secret of ['', 'skg_', `skg_${'A'.repeat(43)}`, `' OR 1=1`, `skg_${'A'.repeat(43)}\n`]) {
      expect(ruleOf(await authorizeGrant(db(), secret, now))).toBe('grant.secret');
    }
  });

  it('is listed newest first, by stack, status and page', async () => {
    await issued(1);
    await inTransaction(db(), (tx) => finishGrant(tx, exampleGrantId(1), now));
    await begin(exampleRequest(2));
    await begin({ ...exampleRequest(3), stack: otherStack });
    const ids = async (filter: Partial<Parameters<typeof selectGrants>[1]>) =>
      (await selectGrants(db(), { limit: 10, ...filter })).map(({ id }) => Number(id.slice(-2)));
    expect(await ids({})).toEqual([3, 2, 1]);
    expect(await ids({ stack: otherStack })).toEqual([3]);
    expect(await ids({ statuses: ['finished'] })).toEqual([1]);
    expect(await ids({ before: exampleGrantId(3), limit: 1 })).toEqual([2]);
  });

  it('has an id that sorts by the time it was asked for', () => {
    const ids = [now, epochMs(now + 1), epochMs(now + 65_536)].map(newGrantId);
    expect(ids.toSorted()).toEqual(ids);
    expect(ids[0]).toMatch(/^grt_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('the database', () => {
  it('lets no grant take a step that is not one, change what it is bound to, or go away', async () => {
    await issued(1);
    for (const change of [
      sql`UPDATE grants SET status = 'issuing', issued_at = NULL, secret_sha256 = NULL`,
      sql`UPDATE grants SET plan_digest = ${'0'.repeat(64)}`,
      sql`UPDATE grants SET commit_sha = ${'0'.repeat(40)}`,
      sql`UPDATE grants SET expires_at = expires_at + interval '1 day'`,
      sql`UPDATE grants SET secret_sha256 = ${'0'.repeat(64)}`,
      sql`DELETE FROM grants`,
      sql`TRUNCATE grants CASCADE`,
    ]) {
      await expect(change.execute(db())).rejects.toThrow(/grants: /);
    }
    expect(await selectGrant(db(), exampleGrantId(1))).toMatchObject({ status: 'issued' });
  });

  it('refuses an apply grant that is bound to no plan', async () => {
    const { plan: _, ...unbound } = exampleRequest(1);
    await expect(begin(unbound)).rejects.toThrow(/check constraint/);
  });

  it('forgets used tokens only a day after they expired', async () => {
    const { identity } = exampleRequest(1);
    await inTransaction(db(), (tx) => consumeToken(tx, identity));
    expect(await pruneUsedTokens(db(), epochMs(identity.expiresAt + 24 * HOUR))).toBe(0);
    expect(await pruneUsedTokens(db(), epochMs(identity.expiresAt + 24 * HOUR + 1))).toBe(1);
  });
});
