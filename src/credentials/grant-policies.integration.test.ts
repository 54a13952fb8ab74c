import { GetPolicyVersionCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoleArn } from '#accounts/core';
import type { Moto } from '../../demo/stand-ins/moto.ts';
import { startTestMoto } from '../../test/moto.ts';
import { exampleGrantId, exampleRequest } from './core/example-grant.ts';
import type { GrantPolicyPort } from './grant-policies.ts';
import { grantPoliciesIam } from './grant-policies-iam.ts';
import { inMemoryGrantPolicies } from './grant-policies-in-memory.ts';
import type { SessionRequest, StsPort } from './sts.ts';
import { assumeRoleSts } from './sts-assume-role.ts';

const { account, stack } = exampleRequest(1);
const POLICY_ROLE = `arn:aws:iam::${account}:role/sekisho/policies` as RoleArn;
const of = (number: number) => ({ grant: exampleGrantId(number), account, stack });
const DOCUMENTS = ['s3:ListBucket', 'sqs:SendMessage'].map((Action) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }),
);
const fine = { ok: true, value: undefined };

let aws: Moto;
const asked: SessionRequest[] = [];
const sts: StsPort = {
  issue: (request) => {
    asked.push(request);
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
    return assumeRoleSts({ endpoint: aws.endpoint, credentials }).issue(request);
  },
};
beforeAll(async () => {
  aws = await startTestMoto();
});
afterAll(() => aws.stop());

const adapters: readonly (readonly [string, () => GrantPolicyPort])[] = [
  ['memory', inMemoryGrantPolicies],
  ['IAM', () => grantPoliciesIam({ sts, policyRole: () => POLICY_ROLE, endpoint: aws.endpoint })],
];

describe.each(adapters)('policies of grants in %s', (_, adapter) => {
  it('are made, listed, and removed, more often than once and where none is', async () => {
    const port = adapter();
    expect(await port.list(account)).toEqual({ ok: true, value: [] });
    expect(await port.create(of(1), DOCUMENTS)).toEqual(fine);
    expect(await port.create(of(2), DOCUMENTS.slice(0, 1))).toEqual(fine);
    const listed = await port.list(account);
    expect(listed.ok && listed.value.toSorted()).toEqual([
      `${exampleGrantId(1)}-1`,
      `${exampleGrantId(1)}-2`,
      `${exampleGrantId(2)}-1`,
    ]);
    expect(await port.remove(of(1), 2)).toEqual(fine);
    expect(await port.remove(of(1), 2)).toEqual(fine);
    expect(await port.list(account)).toEqual({ ok: true, value: [`${exampleGrantId(2)}-1`] });
    expect(await port.remove(of(2), 3)).toEqual(fine);
    expect(await port.list(account)).toEqual({ ok: true, value: [] });
  });
});

describe('policies of grants in IAM', () => {
  const iam = () => grantPoliciesIam({ sts, policyRole: () => POLICY_ROLE, endpoint: aws.endpoint });

  it('hold exactly the documents, under Sekisho’s path', async () => {
    await iam().create(of(3), DOCUMENTS);
    const session = await sts.issue(asked.at(-1) ?? expect.unreachable());
    if (!session.ok) throw new Error('no session');
    const client = new IAMClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials: session.value });
    const PolicyArn = `arn:aws:iam::${account}:policy/sekisho/${exampleGrantId(3)}-2`;
    const kept = await client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(decodeURIComponent(kept.PolicyVersion?.Document ?? '')).toBe(DOCUMENTS[1]);
    client.destroy();
  });

  it('are reached by sessions that can do one call on one grant’s policies, and are as short as AWS has them', async () => {
    asked.length = 0;
    await iam().create(of(4), DOCUMENTS);
    await iam().remove(of(4), 2);
    await iam().list(account);
    const statements = asked.map(({ sessionPolicy }) => JSON.parse(sessionPolicy).Statement);
    const Resource = `arn:aws:iam::${account}:policy/sekisho/${exampleGrantId(4)}-*`;
    expect(statements).toEqual([
      [{ Effect: 'Allow', Action: 'iam:CreatePolicy', Resource }],
      [{ Effect: 'Allow', Action: 'iam:DeletePolicy', Resource }],
      [{ Effect: 'Allow', Action: 'iam:ListPolicies', Resource: '*' }],
    ]);
    for (const { roleArn, durationSeconds, purpose, sessionName } of asked) {
      expect({ roleArn, durationSeconds, purpose }).toEqual({
        ...{ roleArn: POLICY_ROLE, durationSeconds: 900, purpose: 'policies' },
      });
      expect(sessionName.length).toBeLessThanOrEqual(64);
    }
  });

  it('are never taken from somebody who made them first: what is there already is refused', async () => {
    expect(await iam().create(of(5), DOCUMENTS)).toEqual(fine);
    const again = await iam().create(of(5), DOCUMENTS);
    expect(again).toMatchObject({ ok: false, error: { reasons: [{ rule: 'grant-policies.failed' }] } });
    expect(JSON.stringify(again)).toContain('EntityAlreadyExists');
    expect(JSON.stringify(again)).not.toMatch(/testing|ASIA/);
  });

  it('are not made where the account names no role for it', async () => {
    const nobody = grantPoliciesIam({ sts, policyRole: () => undefined, endpoint: aws.endpoint });
    const refused = { ok: false, error: { reasons: [{ rule: 'grant-policies.no-role' }] } };
    expect(await nobody.create(of(6), DOCUMENTS)).toMatchObject(refused);
    expect(await nobody.remove(of(6), 1)).toMatchObject(refused);
    expect(await nobody.list(account)).toEqual({ ok: true, value: [] });
  });
});
