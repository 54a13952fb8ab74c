import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { epochMs, err, ok, problem, verbatim } from '#core-values';
import { inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { exampleGrantId, exampleRequest } from './core/example-grant.ts';
import { authorizeGrant, beginGrant, completeGrant } from './grants.ts';
import { enforceRevocations, type RolePolicyPort, revokeGrant } from './revocation.ts';
import { selectGrant } from './store.ts';

const now = epochMs(1_800_000_000_000);
const expiresAt = epochMs(now + 3_600_000);
const QUARTER_HOUR = 15 * 60_000;
const id = exampleGrantId(1);
let database: TestDatabase | undefined;
let policies: Map<string, string>;
let isDown: boolean;

const down = err(
  problem('outside-failed', { rule: 'x', message: verbatim('down'), remedy: verbatim('wait') }),
);

const roles: RolePolicyPort = {
  put: async ({ roleArn, policyName }, document) => {
    if (isDown) return down;
    policies.set(`${roleArn} ${policyName}`, document);
    return ok(undefined);
  },
  remove: async ({ roleArn, policyName }) => {
    if (isDown) return down;
    policies.delete(`${roleArn} ${policyName}`);
    return ok(undefined);
  },
};

const db = () => {
  if (database === undefined) throw new Error('no database yet');
  return database.db;
};

let secret: string;

beforeEach(async () => {
  await database?.close();
  database = await testDatabase();
  policies = new Map();
  isDown = false;
  await inTransaction(db(), (tx) => beginGrant(tx, exampleRequest(1), now));
  const session = { assumedRoleId: `AROAEXAMPLE:${id}`, expiresAt };
  const completed = await inTransaction(db(), (tx) => completeGrant(tx, id, session, now));
  secret = completed.ok ? completed.value.secret : '';
});

afterAll(() => database?.close());

const revoke = () => inTransaction(db(), (tx) => revokeGrant(tx, id, 'hanako', now));
const steps = async (at: number) =>
  (await enforceRevocations(db(), roles, epochMs(at))).map(({ step, result }) => [step, result.ok]);

describe('a revoked grant', () => {
  it('is over at once on our side, and its session is denied in AWS: that one and no other', async () => {
    expect((await revoke()).ok).toBe(true);
    expect((await authorizeGrant(db(), secret, now)).ok).toBe(false);
    expect(await steps(now)).toEqual([['deny', true]]);
    const [[name, document] = []] = [...policies];
    expect(name).toBe(`arn:aws:iam::444444444444:role/sekisho/apply SekishoRevoked-${id}`);
    expect(JSON.parse(document ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { StringEquals: { 'aws:userid': `AROAEXAMPLE:${id}` } },
        },
      ],
    });
    expect(await steps(now)).toEqual([]);
  });

  it('is tried again until AWS has taken it', async () => {
    await revoke();
    isDown = true;
    expect(await steps(now)).toEqual([['deny', false]]);
    expect(await selectGrant(db(), id)).toMatchObject({ revocation: 'pending' });
    isDown = false;
    expect(await steps(now)).toEqual([['deny', true]]);
    expect(await selectGrant(db(), id)).toMatchObject({ revocation: 'in-force' });
  });

  it('leaves nothing on the role once its session has expired', async () => {
    await revoke();
    await steps(now);
    expect(await steps(expiresAt + QUARTER_HOUR - 1)).toEqual([]);
    expect(await steps(expiresAt + QUARTER_HOUR)).toEqual([['lift', true]]);
    expect(policies.size).toBe(0);
    expect(await selectGrant(db(), id)).toMatchObject({ status: 'revoked', revocation: 'lifted' });
  });

  it('is revoked once', async () => {
    await revoke();
    expect(await revoke()).toMatchObject({ ok: false, error: { reasons: [{ rule: 'grant.not-live' }] } });
  });
});
