import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullAccessFor, managedPolicy } from './alternatives.ts';
import { policiesOf, universeOf, type Width, widthOf } from './measure.ts';
import { type Home, type Pair, questionsAt } from './universe.ts';

const HOME: Home = { partition: 'aws', account: '111122223333', region: 'ap-northeast-1' };
const QUEUE = `arn:aws:sqs:${HOME.region}:${HOME.account}:jobs`;
const BUCKET = 'arn:aws:s3:::photos';
const CALLS: readonly Pair[] = [
  { action: 'sqs:CreateQueue', resource: QUEUE },
  { action: 'sqs:GetQueueAttributes', resource: QUEUE },
  { action: 's3:PutBucketPolicy', resource: BUCKET },
];
const universe = universeOf(CALLS, HOME);

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

const policy = (...Statement: readonly Statement[]) =>
  policiesOf([JSON.stringify({ Version: '2012-10-17', Statement })]);
const allow = (
  Action: Statement['Action'],
  Resource: Statement['Resource'],
  Condition?: object,
): Statement => ({ Effect: 'Allow', Action, Resource, ...(Condition !== undefined && { Condition }) });

const exactly = (calls: readonly Pair[]) =>
  policy(
    ...calls.map(({ action, resource }) =>
      allow(action, resource, {
        StringEquals: { 'aws:RequestedRegion': HOME.region, 'aws:ResourceAccount': HOME.account },
      }),
    ),
  );

const NARROWEST = { called: 3, alike: 0, another: 0, 'other-region': 0, 'other-account': 0 };

describe('The width of a policy', () => {
  it('is what was called, of the policy that allows exactly the calls', () => {
    expect(widthOf(exactly(CALLS), universe)).toEqual({
      pairs: 3,
      pairsByPlace: NARROWEST,
      actions: 3,
      dangerousActions: 0,
      dangerousPairs: 0,
      lacking: 0,
    });
  });

  it('is everything that is asked, of AdministratorAccess', () => {
    const width = widthOf(managedPolicy('AdministratorAccess'), universe);
    expect(width.pairs).toBe(universe.size);
    expect(width.actions).toBe(universe.byAction.size);
    expect(width.lacking).toBe(0);
  });

  it('is nothing, of no policy, which lacks every call', () => {
    expect(widthOf([], universe)).toMatchObject({ pairs: 0, actions: 0, dangerousPairs: 0, lacking: 3 });
  });

  // Every action of SQS is on a queue, but ListQueues. The queue called, one alike, its namesakes in another region and account, and
  // another queue here, there and there: seven. ListQueues here and there: two.
  it('counts the other actions, names, regions and accounts that a service’s wildcard lets in', () => {
    const queueActions = universe.byAction.get('sqs:sendmessage')?.length;
    expect(queueActions).toBe(7);
    const width = widthOf(policy(allow('sqs:*', '*')), universe);
    const actions = width.actions - 1;
    expect(width).toMatchObject({
      pairs: actions * 7 + 2,
      pairsByPlace: {
        called: actions,
        alike: actions,
        another: actions + 1,
        'other-region': actions * 2 + 1,
        'other-account': actions * 2,
      },
      lacking: 1,
    });
  });

  it('sees a name that only begins like a called one', () => {
    const width = widthOf(policy(allow('sqs:GetQueueAttributes', `${QUEUE}*`)), universe);
    expect(width.pairsByPlace).toEqual({ ...NARROWEST, called: 1, alike: 1 });
  });

  it('sees buckets of another account, though their ARNs name none', () => {
    const anywhere = widthOf(policy(allow('s3:PutBucketPolicy', 'arn:aws:s3:::*')), universe);
    const home = { StringEquals: { 'aws:ResourceAccount': HOME.account } };
    const here = widthOf(policy(allow('s3:PutBucketPolicy', 'arn:aws:s3:::*', home)), universe);
    expect(anywhere.pairsByPlace['other-account']).toBe(1);
    expect(here.pairsByPlace['other-account']).toBe(0);
    expect(here.pairs).toBe(anywhere.pairs - 1);
  });

  it('takes conditions on what the caller chooses to hold, and those on calls of a service not to', () => {
    const chosen = { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } };
    expect(widthOf(policy(allow('iam:PassRole', '*', chosen)), universe).actions).toBe(1);
    const service = { 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'backup.amazonaws.com' } };
    expect(widthOf(policy(allow('rds:DeleteDBSnapshot', '*', service)), universe).actions).toBe(0);
  });

  it('takes tagging while something is made not to reach what is there', () => {
    const vpc = `arn:aws:ec2:${HOME.region}:${HOME.account}:vpc`;
    const making = { action: 'ec2:CreateTags', resource: `${vpc}/*` };
    const universeOfMaking = universeOf([making], HOME);
    const onCreate = { StringEquals: { 'ec2:CreateAction': 'CreateVpc' } };
    const width = (Condition?: object) =>
      widthOf(policy(allow('ec2:CreateTags', `${vpc}/*`, Condition)), universeOfMaking);
    expect(width(onCreate)).toMatchObject({ pairs: 1, dangerousPairs: 0, lacking: 0 });
    expect(width()).toMatchObject({ pairs: 2, dangerousPairs: 1, lacking: 0 });
  });

  it('counts a dangerous action that was called as dangerous only where it was not called', () => {
    const width = widthOf(policy(allow('s3:PutBucketPolicy', [BUCKET, `${BUCKET}-alike`])), universe);
    expect(width).toMatchObject({ pairs: 2, dangerousActions: 0, dangerousPairs: 1 });
    const other = widthOf(policy(allow('s3:DeleteBucket', BUCKET)), universe);
    expect(other).toMatchObject({ pairs: 1, dangerousActions: 1, dangerousPairs: 1 });
  });

  it('holds of policies together: what one denies, the other does not allow', () => {
    const denied = policy({ Effect: 'Deny', Action: 'sqs:*', Resource: '*' });
    expect(widthOf([...policy(allow('sqs:*', '*')), ...denied], universe).pairs).toBe(0);
    const both = [...policy(allow('sqs:CreateQueue', QUEUE)), ...policy(allow('sqs:SendMessage', QUEUE))];
    expect(widthOf(both, universe).pairs).toBe(2);
  });
});

describe('Any policy', () => {
  const element = fc.constantFrom(
    'sqs:*',
    's3:Put*',
    'sqs:CreateQueue',
    'iam:*',
    'ec2:Describe*',
    '*',
    'kms:Decrypt',
  );
  const resource = fc.constantFrom(
    '*',
    QUEUE,
    `${QUEUE}*`,
    BUCKET,
    'arn:aws:s3:::*',
    'arn:aws:iam::*:role/*',
  );
  const statement = fc.record({
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Action: element,
    Resource: resource,
  });
  const figures = ({ pairs, actions, dangerousActions, dangerousPairs, lacking }: Width) => [
    pairs,
    actions,
    dangerousActions,
    dangerousPairs,
    -lacking,
  ];

  it('is never narrower for one more allow, nor wider for one more deny', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), statement, (some, more) => {
        const before = figures(widthOf(policy(...some), universe));
        const after = figures(widthOf(policy(...some, more), universe));
        const grows = after.map((figure, at) => figure - (before[at] ?? 0));
        return grows.every((growth) => (more.Effect === 'Allow' ? growth >= 0 : growth <= 0));
      }),
      { numRuns: 20 },
    );
  });

  /** Of the home's region, as `exactly` allows: S3 has requests of multi-region access points in us-west-2, whoever asks. */
  const literal = questionsAt(HOME).filter(
    ({ place, resource }) =>
      place === 'another' && ['', undefined, HOME.region].includes(resource.split(':')[3]),
  );
  it('that allows exactly the calls has all of them and nothing else', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(literal.length - 1), { minLength: 1, maxLength: 12 }), (chosen) => {
        const calls = chosen.flatMap((at) => literal[at] ?? []);
        const own = universeOf(calls, HOME);
        const width = widthOf(exactly(calls), own);
        expect(width).toMatchObject({ pairs: own.calledPairs, dangerousPairs: 0, lacking: 0 });
      }),
      { numRuns: 15 },
    );
  });
});

describe('The roles of today', () => {
  it('have the full-access policies of the services that were called, each once', () => {
    const calls = ['sqs:CreateQueue', 'SQS:TagQueue', 's3:CreateBucket', 'sts:GetCallerIdentity'];
    expect(fullAccessFor(calls.map((action) => ({ action, resource: '*' })))).toEqual([
      'AmazonS3FullAccess',
      'AmazonSQSFullAccess',
    ]);
  });

  it('are not guessed for a service that nobody wrote down', () => {
    expect(() => fullAccessFor([{ action: 'braket:CreateJob', resource: '*' }])).toThrow(
      'proof/width/full-access.json says nothing of braket',
    );
  });
});
