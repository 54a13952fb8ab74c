import { describe, expect, it } from 'vitest';
import type { Need } from '../../src/credentials/core/index.ts';
import { permissionsOf, readAwsRequest } from '../stand-ins/aws-requests/index.ts';
import { requestOf } from './call.ts';
import { KINDS, type Misuse, misusesFor } from './misuses.ts';
import { fillText, placeNames } from './names.ts';
import targets from './targets.json' with { type: 'json' };

const ACCOUNT = '111111111111';
const REGION = 'ap-northeast-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/sekisho/sekisho-apply`;

const place = placeNames({ account: ACCOUNT, region: REGION, otherAccount: '222222222222' });
/** As `prepareTargets` would answer. */
const TARGETS = {
  ...place,
  endpoint: 'http://127.0.0.1:5000',
  ...Object.fromEntries(
    targets.requests.flatMap(({ keep }) => Object.keys(keep ?? {}).map((name) => [name, `${name}-0a1b2c`])),
  ),
  secretArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:payments-api-key-AbCdEf`,
  queueUrl: `http://127.0.0.1:5000/${ACCOUNT}/payments`,
};

const need = (action: string, resources: readonly string[], more: Partial<Need> = {}): Need => ({
  action,
  resources,
  conditions: [],
  why: { address: 'aws_x.this', operation: 'create' },
  ...more,
});
const STATE = 'arn:aws:s3:::states/shop.tfstate';
const state = (action: string, resource: string): Need =>
  need(action, [resource], { why: { address: 'terraform.state', operation: 'state' } });
const STATE_NEEDS = [
  state('s3:PutObject', STATE),
  state('dynamodb:PutItem', `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/locks`),
];

const forNeeds = (...needs: readonly Need[]): readonly Misuse[] =>
  misusesFor({ targets: TARGETS, needs, roleArn: ROLE });
const asksOf = (misuses: readonly Misuse[]): readonly string[] =>
  misuses.map(({ asks: [{ action, resource }] }) => `${action} ${resource}`);
const applicable = (misuses: readonly Misuse[]): readonly Misuse[] =>
  misuses.filter(({ notApplicable }) => notApplicable === undefined);

describe('the misuses of a stolen grant', () => {
  it('are of at least forty kinds, each of which any stack can be tried with', () => {
    const tried = new Set(applicable(forNeeds(...STATE_NEEDS)).map(({ kind }) => kind));
    expect(tried.size).toBeGreaterThanOrEqual(40);
    const onlyOwn = KINDS.filter(({ misuses }) => misuses.every(({ of }) => of !== undefined));
    expect(onlyOwn.map(({ kind }) => kind)).toEqual(['another-action']);
  });

  it('are requests that the stand-in understands as asking for just what they say', async () => {
    // One resource of every form, so that each form is tried.
    const forms = KINDS.flatMap(({ misuses }) => misuses.flatMap(({ of }) => of ?? []));
    const own = forms.map((form) => fillText(form, place).replaceAll(/\{\+?[A-Za-z]+\}/g, 'own'));
    const misuses = applicable(forNeeds(need('x:Y', own), ...STATE_NEEDS));
    expect(misuses.length).toBeGreaterThan(KINDS.length + new Set(own).size);
    for (const { name, call, asks } of misuses) {
      const { method, target, headers, body, signingName } = requestOf(call);
      const scope = `AKIAEXAMPLE/20261123/${call.region ?? REGION}/${signingName}/aws4_request`;
      const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
      const read = readAwsRequest({
        ...{ method, target, headers: { ...headers, host: '127.0.0.1:5000', authorization } },
        body: Buffer.from(body),
      });
      if (!read.ok) throw new Error(`${name}: ${read.error.message}`);
      const needed = await permissionsOf(
        read.value,
        { account: ACCOUNT },
        {
          iamPath: async (_, known) =>
            ({ 'sekisho-apply': '/sekisho/', 'other-grant': '/sekisho/' })[known] ?? '/',
          arnOf: async () => undefined,
          roleInProfile: async () => `arn:aws:iam::${ACCOUNT}:role/operator`,
        },
      );
      if (!needed.ok) throw new Error(`${name}: ${needed.error}`);
      const asked = needed.value.map(({ action, resource }) => `${action} ${resource}`);
      for (const { action, resource } of asks) expect(asked, name).toContain(`${action} ${resource}`);
    }
  });

  it('say of what the plan itself needs that it is none, and by which need', () => {
    const table = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/payments`;
    const misuses = forNeeds(need('dynamodb:DeleteTable', [table]));
    const deletion = misuses.find(({ kind }) => kind === 'delete-table');
    expect(deletion?.asks[0]).toEqual({ action: 'dynamodb:DeleteTable', resource: table });
    expect(deletion?.notApplicable?.en).toBe(
      `The plan itself needs dynamodb:DeleteTable on ${table} (aws_x.this).`,
    );
  });

  it('take six characters that AWS gives a secret’s name for what the plan needs, and no longer name', () => {
    const secret = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}`;
    const needs = [need('secretsmanager:GetSecretValue', [secret('shop-??????')])];
    const made = [secret('shop-AbCdEf'), secret('shop-db-AbCdEf')];
    const tried = asksOf(applicable(misusesFor({ targets: TARGETS, needs, made, roleArn: ROLE })));
    expect(tried).not.toContain(`secretsmanager:GetSecretValue ${secret('shop-AbCdEf')}`);
    expect(tried).toContain(`secretsmanager:GetSecretValue ${secret('shop-db-AbCdEf')}`);
  });

  it('take another action on a resource of which the plan needs the first', () => {
    const table = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`;
    const misuses = forNeeds(need('dynamodb:Scan', [table]), need('dynamodb:DeleteTable', ['*']));
    const other = misuses.filter(({ kind }) => kind === 'another-action');
    expect(asksOf(other)).toEqual([`dynamodb:Scan ${table}`, `dynamodb:PutItem ${table}`]);
    expect(asksOf(applicable(other))).toEqual([`dynamodb:PutItem ${table}`]);
  });

  it('are not excused by a service that is opened as a whole, nor by a need under a condition that may not hold', () => {
    const opened = need('dynamodb:*', ['*'], { wide: 'not-recorded' });
    const operator = { base: 'StringEquals', ifExists: false } as const;
    const onlyThrough = need('kms:*', ['*'], {
      conditions: [{ operator, key: 'kms:ViaService', values: ['s3.ap-northeast-1.amazonaws.com'] }],
    });
    const excused = forNeeds(opened, onlyThrough, ...STATE_NEEDS).filter(
      ({ notApplicable }) => notApplicable,
    );
    expect(asksOf(excused)).toEqual([`dynamodb:PutItem arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/locks`]);
    const here = need('ec2:*', ['*'], {
      conditions: [{ operator, key: 'aws:RequestedRegion', values: [REGION] }],
    });
    const instances = forNeeds(here).filter(({ asks: [{ action }] }) => action === 'ec2:RunInstances');
    const passing = instances.find(({ kind }) => kind === 'pass-role-to-instance');
    expect(passing?.notApplicable).toBeUndefined();
    expect(instances.find(({ kind }) => kind === 'another-region')?.notApplicable).toBeUndefined();
    const opening = forNeeds(here).find(({ kind }) => kind === 'open-security-group');
    expect(opening?.notApplicable?.en).toContain('ec2:* on *');
  });

  it('say what a stack does not have, instead of leaving it out', () => {
    const misuses = forNeeds();
    expect(asksOf(misuses)).toContain('s3:DeleteObject arn:aws:s3:::{stateBucket}/{stateKey}');
    const reasons = misuses.flatMap(({ notApplicable }) => notApplicable?.en ?? []);
    expect(reasons).toContain('The stack has no stateBucket, stateKey.');
    expect(reasons).toContain('The stack has no lockTable.');
    expect(misuses.filter(({ kind }) => kind === 'another-action')).toMatchObject([
      { notApplicable: { en: 'The plan names nothing to the end of which another action is known.' } },
    ]);
  });

  it('know what only the apply named', () => {
    const made = [`arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-1`];
    const needs = [need('ec2:CreateVolume', [`arn:aws:ec2:${REGION}:${ACCOUNT}:volume/*`])];
    const misuses = misusesFor({ targets: TARGETS, needs, made, roleArn: ROLE });
    const other = misuses.filter(({ kind }) => kind === 'another-action');
    expect(asksOf(other)).toEqual([`ec2:CreateSnapshot ${made[0]}`]);
  });
});
