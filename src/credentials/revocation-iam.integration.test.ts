import {
  CreateRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoleArn } from '#accounts/core';
import { epochMs } from '#core-values';
import { inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import type { Moto } from '../../demo/stand-ins/moto.ts';
import { startTestMoto } from '../../test/moto.ts';
import { exampleGrantId, exampleRequest } from './core/example-grant.ts';
import { beginGrant, completeGrant, sessionRequestOf } from './grants.ts';
import { enforceRevocations, revokeGrant } from './revocation.ts';
import { revocationIam } from './revocation-iam.ts';
import { selectGrant } from './store.ts';
import type { SessionRequest, StsPort } from './sts.ts';
import { assumeRoleSts } from './sts-assume-role.ts';

const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
const ACCOUNT = '444444444444';
const REVOKE_ROLE = `arn:aws:iam::${ACCOUNT}:role/sekisho/revoke` as RoleArn;
const QUARTER_HOUR_MS = 15 * 60_000;
const id = exampleGrantId(1);
let aws: Moto;
let database: TestDatabase;
let asked: SessionRequest[];

/** Moto puts every assumed role into the account of its own. */
async function iamOf(roleArn: RoleArn): Promise<IAMClient> {
  const session = await sts().issue({ ...exampleSession(), roleArn });
  if (!session.ok) throw new Error(session.error.reasons[0].message.en);
  return new IAMClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials: session.value });
}

const exampleSession = (): SessionRequest => ({
  ...exampleRequest(1),
  sessionName: id,
  sourceIdentity: 'hanako',
  tags: {},
  sessionPolicy: '{"Version":"2012-10-17","Statement":[]}',
  managedPolicyArns: [],
});

const sts = (): StsPort => {
  const real = assumeRoleSts({ endpoint: aws.endpoint, credentials });
  return {
    issue: (request) => {
      asked.push(request);
      return real.issue(request);
    },
  };
};

beforeAll(async () => {
  asked = [];
  [aws, database] = await Promise.all([startTestMoto(), testDatabase()]);
  const iam = await iamOf(REVOKE_ROLE);
  for (const name of ['apply', 'revoke']) {
    const AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[]}';
    await iam.send(new CreateRoleCommand({ RoleName: name, Path: '/sekisho/', AssumeRolePolicyDocument }));
  }
});

afterAll(async () => {
  await database.close();
  await aws.stop();
});

describe('a revoked session in an AWS account', () => {
  it('is denied by an inline policy on its role, put by the revoke role, and freed of it after it has expired', async () => {
    const { db } = database;
    const now = epochMs(Date.now());
    const began = await inTransaction(db, (tx) => beginGrant(tx, exampleRequest(1), now));
    if (!began.ok) throw new Error('not begun');
    const session = await sts().issue(sessionRequestOf(began.value));
    if (!session.ok) throw new Error('no session');
    await inTransaction(db, (tx) => completeGrant(tx, id, session.value, now));
    const iam = await iamOf(REVOKE_ROLE);
    const policiesOfRole = async () =>
      (await iam.send(new ListRolePoliciesCommand({ RoleName: 'apply' }))).PolicyNames;

    const roles = revocationIam({ sts: sts(), revokeRole: () => REVOKE_ROLE, endpoint: aws.endpoint });
    await inTransaction(db, (tx) => revokeGrant(tx, id, 'hanako', now));
    expect(await enforceRevocations(db, roles, now)).toMatchObject([{ step: 'deny', result: { ok: true } }]);
    expect(await policiesOfRole()).toEqual([`SekishoRevoked-${id}`]);
    const PolicyName = `SekishoRevoked-${id}`;
    const kept = await iam.send(new GetRolePolicyCommand({ RoleName: 'apply', PolicyName }));
    expect(decodeURIComponent(kept.PolicyDocument ?? '')).toContain(
      `"aws:userid":"${session.value.assumedRoleId}"`,
    );

    const over = epochMs(session.value.expiresAt + QUARTER_HOUR_MS);
    expect(await enforceRevocations(db, roles, over)).toMatchObject([{ step: 'lift', result: { ok: true } }]);
    expect(await policiesOfRole()).toEqual([]);
    expect(await selectGrant(db, id)).toMatchObject({ status: 'revoked', revocation: 'lifted' });
    // Once more by hand: what is gone already is fine.
    const role = { account: began.value.account, roleArn: began.value.roleArn, policyName: PolicyName };
    expect(await roles.remove({ ...role, grant: id, stack: began.value.stack })).toEqual({
      ok: true,
      value: undefined,
    });
  });

  it('is reached by sessions that can do one call on one role, and are as short as AWS has them', () => {
    const revoking = asked.filter(({ purpose }) => purpose === 'revoke');
    const action = (one: SessionRequest | undefined) => JSON.parse(one?.sessionPolicy ?? '{}').Statement?.[0];
    const onTheRole = { Effect: 'Allow', Resource: `arn:aws:iam::${ACCOUNT}:role/sekisho/apply` };
    expect(action(revoking[0])).toEqual({ ...onTheRole, Action: 'iam:PutRolePolicy' });
    expect(action(revoking[1])).toEqual({ ...onTheRole, Action: 'iam:DeleteRolePolicy' });
    expect(revoking[0]).toMatchObject({
      roleArn: REVOKE_ROLE,
      durationSeconds: 900,
      sessionName: `revoke-${id}`,
    });
  });

  it('stays as it is, by name, where the account has no revoke role or AWS refuses', async () => {
    const role = { ...exampleRequest(1), policyName: 'SekishoRevoked-x', grant: id };
    const nobody = revocationIam({ sts: sts(), revokeRole: () => undefined, endpoint: aws.endpoint });
    expect(await nobody.put(role, '{}')).toMatchObject({
      ok: false,
      error: { code: 'outside-failed', reasons: [{ rule: 'revocation.no-role' }] },
    });
    const roles = revocationIam({ sts: sts(), revokeRole: () => REVOKE_ROLE, endpoint: aws.endpoint });
    const gone = { ...role, roleArn: `arn:aws:iam::${ACCOUNT}:role/gone` as RoleArn };
    const refused = await roles.put(gone, '{"Version":"2012-10-17","Statement":[]}');
    expect(refused).toMatchObject({ ok: false, error: { reasons: [{ rule: 'revocation.failed' }] } });
    expect(JSON.stringify(refused)).not.toMatch(/testing|ASIA/);
  });
});
