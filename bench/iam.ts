import { parseAccountId } from '#core-values';
import {
  compilePolicy,
  evaluate,
  type Guardrails,
  isInside,
  type Layers,
  managedPolicy,
  nearestToAllowed,
  normalise,
  type PolicyKind,
  parsePolicy,
  parsePrincipal,
  prepareRequest,
  requestContext,
} from '#iam/core';

/*
 * node bench/iam.ts [SECONDS]: evaluations a second on one core, of the layers that a grant's calls meet: two identity policies of 40
 * statements together, a boundary, a session policy of a plan, a bucket policy, SCPs at three levels and RCPs at two. Policies are
 * compiled once; each request is prepared anew, as for a call that comes in. Exits 1 below 20,000/s.
 */

const LEAST_PER_SECOND = 20_000;
const seconds = Number(process.argv[2] ?? 3);

const account = known(parseAccountId('111122223333'));
const managementAccount = known(parseAccountId('999999999999'));

const SERVICES = ['ec2', 's3', 'sqs', 'sns', 'lambda', 'dynamodb', 'logs', 'ecs', 'rds', 'kms'];
const VERBS = ['Get*', 'List*', 'Describe*', 'CreateThing', 'UpdateThing', 'DeleteThing', 'TagResource'];

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The benchmark is wrong.');
  return value;
}

function policy(kind: PolicyKind, name: string, statements: readonly object[]) {
  const source = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const parsed = parsePolicy(source, { kind, file: name });
  if (!parsed.ok) throw new Error(parsed.error.reasons[0].message.en);
  return compilePolicy(parsed.value, name);
}

const perService = (more: (service: string) => object) =>
  SERVICES.map((service) => ({
    Effect: 'Allow',
    Action: VERBS.map((verb) => `${service}:${verb}`),
    Resource: [`arn:aws:${service}:*:*:*`, `arn:aws:${service}:::*`],
    ...more(service),
  }));

const team = { StringEquals: { 'aws:PrincipalTag/team': `\${aws:ResourceTag/team}` } };
const regions = {
  Effect: 'Deny',
  NotAction: ['iam:*', 'sts:*', 'organizations:*'],
  Resource: '*',
  Condition: { StringNotEquals: { 'aws:RequestedRegion': ['ap-northeast-1', 'us-east-1'] } },
};
const perimeter = {
  Effect: 'Deny',
  Principal: '*',
  Action: ['s3:*', 'sqs:*', 'kms:*'],
  Resource: '*',
  Condition: {
    StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-example1234' },
    BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
  },
};
const https = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

const full = compilePolicy(managedPolicy('FullAWSAccess'), 'FullAWSAccess');
const rcpFull = compilePolicy(managedPolicy('RCPFullAWSAccess'), 'RCPFullAWSAccess');
const level = (name: string, ...policies: Guardrails['levels'][number]['policies']) => ({ name, policies });

const layers: Layers = {
  identity: [
    policy('identity', 'apply', [...perService(() => ({})), ...perService(() => ({ Condition: team }))]),
    policy('identity', 'guard', [
      ...perService((service) => ({ Effect: 'Deny', Resource: `arn:aws:${service}:::protected-*` })),
      ...perService(() => ({ Effect: 'Deny', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } })),
    ]),
  ],
  boundary: policy(
    'boundary',
    'boundary',
    perService(() => ({})),
  ),
  session: [
    policy(
      'session',
      'plan',
      perService((service) => ({
        Resource: [`arn:aws:${service}:*:*:orders-*`, `arn:aws:${service}:::orders-*`],
      })),
    ),
  ],
  resource: policy('resource', 'bucket', [
    https,
    { Effect: 'Allow', Principal: { AWS: account }, Action: 's3:*', Resource: 'arn:aws:s3:::*' },
  ]),
  scps: {
    managementAccount,
    levels: [
      level('root', full, policy('scp', 'regions', [regions])),
      level('workloads', full),
      level('account', full),
    ],
  },
  rcps: {
    managementAccount,
    levels: [level('root', rcpFull, policy('rcp', 'perimeter', [perimeter])), level('account', rcpFull)],
  },
};

const principal = parsePrincipal({
  arn: `arn:aws:sts::${account}:assumed-role/apply/grt-1`,
  of: `arn:aws:iam::${account}:role/apply`,
});
if (!principal.ok) throw new Error(principal.error.message.en);
const who = principal.value;
const context = requestContext({
  'aws:RequestedRegion': 'ap-northeast-1',
  'aws:SourceIp': '203.0.113.7',
  'aws:SecureTransport': 'true',
  'aws:PrincipalTag/team': 'shop',
  'aws:ResourceTag/team': 'shop',
  'aws:PrincipalOrgID': 'o-example1234',
});

const CALLS = SERVICES.flatMap((service) => [
  { action: `${service}:GetThing`, resource: `arn:aws:${service}:::orders-1/x` },
  { action: `${service}:DeleteThing`, resource: `arn:aws:${service}:::other` },
  { action: `${service}:PutPolicy`, resource: `arn:aws:${service}:::orders-1` },
]);

function ask(index: number, explained: boolean): string {
  const { action, resource } = known(CALLS[index % CALLS.length]);
  const request = prepareRequest({ principal: who, action, resource, resourceAccount: account, context });
  if (!request.ok) throw new Error(request.error.message.en);
  const verdict = evaluate(layers, request.value);
  if (explained) nearestToAllowed(layers, request.value, verdict);
  return verdict.kind;
}

/** Of one core: the processor time of this process, not of the clock. */
function perSecond(explained: boolean): {
  readonly perSecond: number;
  readonly verdicts: Readonly<Record<string, number>>;
} {
  const verdicts: Record<string, number> = {};
  for (let warmUp = 0; warmUp < 20_000; warmUp += 1) ask(warmUp, explained);
  const before = process.cpuUsage();
  const endMs = performance.now() + seconds * 1000;
  let count = 0;
  while (performance.now() < endMs) {
    for (let batch = 0; batch < 300; batch += 1) {
      const kind = ask(count, explained);
      verdicts[kind] = (verdicts[kind] ?? 0) + 1;
      count += 1;
    }
  }
  const { user, system } = process.cpuUsage(before);
  return { perSecond: Math.round(count / ((user + system) / 1_000_000)), verdicts };
}

/** Whether the session policy is inside the boundary, and the shorter form of all identity policies: what fitting a policy asks. */
function workPerSecond(work: () => unknown): number {
  for (let warmUp = 0; warmUp < 20; warmUp += 1) work();
  const before = process.cpuUsage();
  const endMs = performance.now() + seconds * 1000;
  let count = 0;
  for (; performance.now() < endMs; count += 1) work();
  const { user, system } = process.cpuUsage(before);
  return Math.round(count / ((user + system) / 1_000_000));
}

const session = known(layers.session?.[0]).document;
const boundary = known(layers.boundary).document;
if (isInside(session, boundary).kind !== 'inside') throw new Error('The benchmark is wrong.');
const all = {
  ...boundary,
  statements: (layers.identity ?? []).flatMap(({ document }) => document.statements),
};

const plain = perSecond(false);
const explained = perSecond(true);
console.log(
  JSON.stringify({
    benchmark: 'iam',
    perSecond: plain.perSecond,
    perSecondExplained: explained.perSecond,
    insidePerSecond: workPerSecond(() => isInside(session, boundary)),
    normalisePerSecond: workPerSecond(() => normalise(all)),
    least: LEAST_PER_SECOND,
    seconds,
    verdicts: plain.verdicts,
  }),
);
process.exitCode = plain.perSecond >= LEAST_PER_SECOND ? 0 : 1;
