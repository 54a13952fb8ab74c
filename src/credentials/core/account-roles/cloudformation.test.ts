import { describe, expect, it } from 'vitest';
import { parseDocument, type ScalarTag } from 'yaml';
import { z } from 'zod';
import { parseAccountId, parseStackName } from '#core-values';
import { accountDocuments } from './account-documents.ts';
import { accountTemplate } from './account-template.ts';
import { accountValues } from './account-values.ts';
import { cloudFormationTemplate } from './cloudformation.ts';
import type { AccountDocuments, AccountValues } from './model.ts';
import { AMBIENT, VALUES, WEB_IDENTITY } from './testing/example-account.ts';

const CHINA = parseAccountId('222222222222');
if (CHINA === undefined) throw new Error('no account');
const OTHER = accountValues({
  ...{ account: CHINA, partition: 'aws-cn', stacks: ['shop-production'], states: [] },
  areStatesKnown: false,
});

const EMPTY = accountValues({
  ...{ account: CHINA, partition: 'aws', stacks: [], states: [], areStatesKnown: true },
});

const plainTag = (tag: string): ScalarTag => ({ tag, resolve: (words: string) => words });
const TAGS = [
  ...['!Sub', '!Ref', '!GetAtt'].map(plainTag),
  { tag: '!FindInMap', collection: 'seq' as const },
];

const Template = z.object({
  Mappings: z.object({ Accounts: z.record(z.string(), z.record(z.string(), z.array(z.string()).min(1))) }),
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.record(z.string(), z.json()) })),
});

/** The resources of the template as CloudFormation would make them in the account. */
function resourcesIn(source: string, { account, partition }: AccountValues) {
  const document = parseDocument(source, { customTags: TAGS });
  expect([...document.errors, ...document.warnings]).toEqual([]);
  const { Mappings, Resources } = Template.parse(document.toJS());
  const made = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return value.replaceAll(`\${AWS::AccountId}`, account).replaceAll(`\${AWS::Partition}`, partition);
    }
    if (Array.isArray(value)) {
      const [map, key, name] = value;
      return map === 'Accounts' && key === 'AWS::AccountId'
        ? Mappings.Accounts[account]?.[String(name)]
        : value.map(made);
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, made(one)]));
  };
  return Template.shape.Resources.parse(made(Resources));
}

function documentsIn(source: string, values: AccountValues, like: AccountDocuments): unknown {
  const resources = resourcesIn(source, values);
  const named = (type: string, key: string, name: string) =>
    Object.values(resources).find(({ Type, Properties }) => Type === type && Properties[key] === name)
      ?.Properties ?? {};
  const guard = named('AWS::IAM::ManagedPolicy', 'ManagedPolicyName', 'sekisho-guard');
  return {
    guard: { arn: like.guard.arn, policy: guard.PolicyDocument },
    roles: like.roles.map(({ key, setting, arn, name }) => {
      const role = named('AWS::IAM::Role', 'RoleName', name);
      const [inline] = z.array(z.object({ PolicyDocument: z.json() })).parse(role.Policies ?? []);
      return {
        ...{ key, setting, arn, name: role.RoleName, trust: role.AssumeRolePolicyDocument },
        managedArns: role.ManagedPolicyArns ?? [],
        ...(inline !== undefined && { policy: inline.PolicyDocument }),
        ...(role.PermissionsBoundary === 'Guard' && { boundaryArn: like.guard.arn }),
      };
    }),
  };
}

describe('the CloudFormation template', () => {
  it.each([
    ['ambient', AMBIENT, VALUES],
    ['ambient, another account', AMBIENT, OTHER],
    ['web identity', WEB_IDENTITY, VALUES],
    ['web identity, an account without stacks', WEB_IDENTITY, EMPTY],
    ['web identity, another account', { ...WEB_IDENTITY, isGuardRequiredOfNew: true }, OTHER],
  ])('holds the very documents of the account (%s)', (_, setUp, values) => {
    const template = accountTemplate(setUp);
    const source = cloudFormationTemplate(template, [VALUES, values === EMPTY ? EMPTY : OTHER]);
    const { providerArn, ...documents } = accountDocuments(template, values);
    expect(documentsIn(source, values, documents)).toEqual(documents);
    const provider = Object.values(resourcesIn(source, values)).find(
      ({ Type }) => Type === 'AWS::IAM::OIDCProvider',
    );
    expect(provider?.Properties).toEqual(
      providerArn === undefined
        ? undefined
        : { Url: 'https://sekisho.shop.example', ClientIdList: ['sts.amazonaws.com'] },
    );
  });

  it('trusts no token in an account without stacks', () => {
    const resources = resourcesIn(cloudFormationTemplate(accountTemplate(WEB_IDENTITY), [EMPTY]), EMPTY);
    const subjects = JSON.stringify(resources.ApplyRole).match(/purpose:[^"]+/g) ?? [];
    expect(subjects).toEqual(['purpose:apply:stack:NONE']);
    expect(parseStackName('NONE')).toBeUndefined();
  });

  it('stays under what AWS takes, and explains every statement', () => {
    const source = cloudFormationTemplate(accountTemplate(WEB_IDENTITY), [VALUES, OTHER]);
    expect(source.length).toBeLessThan(51_200);
    const lines = source.split('\n');
    const statements = lines.flatMap((line, at) => (/^\s*- Sid: /.test(line) ? [lines[at - 1] ?? ''] : []));
    expect(statements.length).toBeGreaterThan(14);
    for (const before of statements) expect(before).toMatch(/^\s*# /);
  });
});
