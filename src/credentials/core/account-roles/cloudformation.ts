import { Document, type Node, Scalar, YAMLSeq } from 'yaml';
import type { Text } from '#core-values';
import { listOf } from './account-documents.ts';
import {
  ACCOUNT,
  type AccountTemplate,
  type AccountValues,
  LISTS,
  type ListName,
  PARTITION,
  type RoleStatement,
  type RoleTemplate,
} from './model.ts';

/**
 * The same as the Terraform module, as one template for a stack set: what differs from account to account stands in its mappings, so an account
 * that is not in them gets nothing.
 */
export function cloudFormationTemplate(
  template: AccountTemplate,
  accounts: readonly AccountValues[],
): string {
  const { provider, guard, roles } = template;
  const document = new Document({
    AWSTemplateFormatVersion: asText('2010-09-09'),
    Description: 'What Sekisho needs in an AWS account. Written by sekisho init.',
    Mappings: { Accounts: mappings(roles, accounts) },
    Resources: {
      ...(provider !== undefined && {
        Provider: explained(
          {
            Type: 'AWS::IAM::OIDCProvider',
            Properties: { Url: provider.url, ClientIdList: [provider.audience] },
          },
          provider.why,
        ),
      }),
      Guard: explained(
        {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: {
            ManagedPolicyName: guard.name,
            Path: guard.path,
            Description: 'Permissions boundary of the roles of Sekisho',
            PolicyDocument: policy(guard.policy, 'guard'),
          },
        },
        guard.why,
      ),
      ...Object.fromEntries(
        roles.map((role) => [logicalName(role), roleResource(role, provider !== undefined)]),
      ),
    },
    Outputs: Object.fromEntries(
      roles.map((role) => [
        `${logicalName(role)}Arn`,
        {
          Description: `For accounts[].${role.setting} of sekisho.yaml`,
          Value: tagged('!GetAtt', `${logicalName(role)}.Arn`),
        },
      ]),
    ),
  });
  document.commentBefore =
    ' Written by `sekisho init`. Create it as a stack set with the capability CAPABILITY_NAMED_IAM, in one region.';
  return document.toString({ lineWidth: 0 });
}

const logicalName = ({ key }: Pick<RoleTemplate, 'key'>): string =>
  `${key[0]?.toUpperCase()}${key.slice(1)}Role`;

const roleResource = (role: RoleTemplate, hasProvider: boolean): Node =>
  explained(
    {
      Type: 'AWS::IAM::Role',
      ...(hasProvider && { DependsOn: 'Provider' }),
      Properties: {
        RoleName: role.name,
        Path: role.path,
        MaxSessionDuration: 3600,
        ...(role.isGuarded && { PermissionsBoundary: tagged('!Ref', 'Guard') }),
        AssumeRolePolicyDocument: policy(role.trust, role.key),
        ...(role.managed.length > 0 && {
          ManagedPolicyArns: role.managed.map(({ arn, why }) => commented(pattern(arn), why)),
        }),
        ...(role.policy.length > 0 && {
          Policies: [{ PolicyName: role.name, PolicyDocument: policy(role.policy, role.key) }],
        }),
      },
    },
    role.why,
  );

const explained = (value: unknown, why: Text): Node => commented(new Document(value).createNode(value), why);

function commented<N extends Node>(node: N, why: Text): N {
  node.commentBefore = ` ${why.en}`;
  return node;
}

/** In quotes: YAML 1.1 would read a date. */
function asText(words: string): Scalar {
  const scalar = new Scalar(words);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

function tagged(tag: string, words: string): Scalar {
  const scalar = new Scalar(words);
  scalar.tag = tag;
  return scalar;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
const pattern = (words: string): Scalar =>
  words.includes(ACCOUNT) || words.includes(PARTITION)
    ? tagged(
        '!Sub',
        words.replaceAll(ACCOUNT, `\${AWS::AccountId}`).replaceAll(PARTITION, `\${AWS::Partition}`),
      )
    : new Scalar(words);

type Owner = RoleTemplate['key'] | 'guard';

const policy = (statements: readonly RoleStatement[], owner: Owner): object => ({
  Version: asText('2012-10-17'),
  Statement: statements.map((statement) => explained(statementOf(statement, owner), statement.why)),
});

function statementOf(statement: RoleStatement, owner: Owner): object {
  const { sid, effect, principal, actions, resources, conditions } = statement;
  const many = (patterns: readonly string[]) => valuesOf(patterns, owner);
  return {
    Sid: sid,
    Effect: effect,
    ...(principal !== undefined && { Principal: { [principal.kind]: pattern(principal.id) } }),
    [actions.isNegated ? 'NotAction' : 'Action']: many(actions.patterns),
    ...(resources !== undefined && {
      [resources.isNegated ? 'NotResource' : 'Resource']: many(resources.patterns),
    }),
    ...(conditions !== undefined && {
      Condition: Object.fromEntries(
        Object.entries(conditions).map(([operator, keys]) => [
          operator,
          Object.fromEntries(Object.entries(keys).map(([key, words]) => [key, many(words)])),
        ]),
      ),
    }),
  };
}

/** Patterns that differ from account to account stand in the mappings as a whole: a template cannot join lists. */
function valuesOf(patterns: readonly string[], owner: Owner): unknown {
  const list = patterns.map(listOf).find((one) => one !== undefined);
  if (list === undefined) return patterns.map(pattern);
  const found = new YAMLSeq();
  found.tag = '!FindInMap';
  found.flow = true;
  found.items = [
    new Scalar('Accounts'),
    tagged('!Ref', 'AWS::AccountId'),
    new Scalar(mappingName(list, owner)),
  ];
  return found;
}

const mappingName = (list: ListName, owner: Owner): string =>
  ({ stacks: `${owner}Subjects`, stateObjects: 'stateObjects', lockTables: 'lockTables' })[list];

const mappings = (roles: readonly RoleTemplate[], accounts: readonly AccountValues[]) =>
  Object.fromEntries(
    accounts.map(({ account, lists }) => [
      account,
      Object.fromEntries(
        roles.flatMap(({ key, trust, policy: own }) =>
          [...trust, ...own]
            .flatMap((statement) => everyPattern(statement))
            .flatMap((patterns) => {
              const list = patterns.map(listOf).find((one) => one !== undefined);
              if (list === undefined) return [];
              const values = patterns.flatMap((one) =>
                one.includes(LISTS[list])
                  ? lists[list].map((value) => one.replaceAll(LISTS[list], value))
                  : [one],
              );
              return [[mappingName(list, key), values]];
            }),
        ),
      ),
    ]),
  );

const everyPattern = ({ resources, conditions = {} }: RoleStatement): readonly (readonly string[])[] => [
  resources?.patterns ?? [],
  ...Object.values(conditions).flatMap((keys) => Object.values(keys)),
];
