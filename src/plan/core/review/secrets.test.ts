import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CompactChange, type CompactPlan, planOf } from './compact-plan.ts';
import { review } from './review.ts';

const CASES = new URL('./cases/', import.meta.url);

function allInputs(): { folder: string; plan: CompactPlan; context: object }[] {
  return readdirSync(CASES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((rule) =>
      readdirSync(new URL(`${rule.name}/`, CASES)).map((name) => ({
        folder: `${rule.name}/${name}`,
        ...JSON.parse(readFileSync(new URL(`${rule.name}/${name}/input.json`, CASES), 'utf8')),
      })),
    );
}

const words = (plan: CompactPlan, context = {}): string => JSON.stringify(review(planOf(plan), context));

/** Everything a change says becomes secret as a whole. */
const hidden = (change: CompactChange): CompactChange => ({
  ...change,
  beforeSensitive: [''],
  afterSensitive: [''],
});

/** Every text in a value that is long enough to be told from our own words. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= 4 && value !== '(known after apply)' ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

describe('secrets', () => {
  it.each(allInputs())(
    '$folder: says nothing of its values once they are all sensitive',
    ({ plan, context }) => {
      const changes = (plan.changes ?? []).map(hidden);
      const said = words({ ...plan, changes }, context);
      const open = words(
        { ...plan, changes: changes.map((change) => ({ ...change, before: null, after: null })) },
        context,
      );
      for (const change of changes) {
        for (const text of [...textsIn(change.before), ...textsIn(change.after)]) {
          // what our own words and the address say anyway is no leak
          const isOurs = open.includes(text) || change.address.includes(text) || ownWords.has(text);
          if (!isOurs) expect(said).not.toContain(text);
        }
      }
    },
  );

  it('a value that equals a known secret is not quoted, wherever it stands', () => {
    const said = words({
      changes: [
        {
          address: 'aws_db_instance.a',
          action: 'create',
          after: { password: 'canary-1234' },
          sensitive: ['/password'],
        },
        {
          address: 'aws_iam_role_policy.b',
          action: 'create',
          after: {
            policy: {
              'json()': { Statement: { Effect: 'Allow', Action: ['x:canary-1234'], Resource: '*' } },
            },
          },
        },
        {
          address: 'aws_lambda_permission.c',
          action: 'create',
          after: { principal: '123456789012' },
        },
        {
          address: 'aws_db_instance.d',
          action: 'create',
          after: { password: '123456789012' },
          sensitive: ['/password'],
        },
      ],
    });
    expect(said).toContain('iam-wildcard');
    expect(said).toContain('shared-with-account');
    expect(said).not.toContain('canary-1234');
    expect(said).not.toContain('123456789012');
  });

  it('a short secret number is not quoted either', () => {
    const said = words({
      changes: [
        { address: 'aws_ssm_parameter.a', action: 'create', after: { value: 7 }, sensitive: ['/value'] },
        {
          address: 'aws_db_instance.b',
          action: 'update',
          before: { backup_retention_period: 30 },
          after: { backup_retention_period: 7 },
        },
      ],
    });
    expect(said).toContain('becomes (sensitive value)');
  });

  it('tokens in module sources, messages of checks and secrets of the backend are not shown', () => {
    const said = words({
      backend: { type: 'local', config: { secret_key: 'canary-5678' } },
      variables: { token: 'canary-9999' },
      checks: [
        {
          address: 'check.a',
          kind: 'check',
          status: 'fail',
          messages: ['got canary-9999', 'and canary-5678'],
        },
      ],
      configuration: {
        sensitiveNames: ['token'],
        modules: [{ key: 'a', source: 'git::https://user:canary-0000@example.com/x' }],
      },
    });
    expect(said).toContain('check-failed');
    expect(said).toContain('unlisted-module');
    expect(said).not.toContain('canary');
  });

  it('values cannot write on the terminal through a finding', () => {
    const said = review(
      planOf({
        changes: [
          {
            address: 'aws_iam_role_policy_attachment.a',
            action: 'create',
            after: { policy_arn: 'arn:aws:iam::1:policy/\u001b[2J\u202Ex\n' },
          },
        ],
      }),
      {},
    );
    expect(said.map((finding) => finding.message.en).join()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

/** Values that the rules' own sentences use. */
const ownWords = new Set(['ingress', 'Deny', 'iam:PassRole']);
