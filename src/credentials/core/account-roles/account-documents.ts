import type { Json, JsonObject } from '#core-values';
import {
  ACCOUNT,
  type AccountDocuments,
  type AccountTemplate,
  type AccountValues,
  LISTS,
  type ListName,
  PARTITION,
  type RoleStatement,
} from './model.ts';
import { issuerOf } from './trust.ts';

/** The documents of one account, as AWS takes them: every placeholder filled. */
export function accountDocuments(template: AccountTemplate, values: AccountValues): AccountDocuments {
  const fill = (pattern: string): string =>
    pattern.replaceAll(ACCOUNT, values.account).replaceAll(PARTITION, values.partition);
  const expand = (pattern: string): readonly string[] => {
    const list = listOf(pattern);
    if (list === undefined) return [fill(pattern)];
    return values.lists[list].map((value) => fill(pattern).replaceAll(LISTS[list], value));
  };
  const policy = (statements: readonly RoleStatement[]) => policyDocument(statements, expand);
  const { guard, provider } = template;
  const guardArn = fill(`arn:${PARTITION}:iam::${ACCOUNT}:policy${guard.path}${guard.name}`);
  return {
    ...(provider !== undefined && {
      providerArn: fill(`arn:${PARTITION}:iam::${ACCOUNT}:oidc-provider/${issuerOf(provider.url)}`),
    }),
    guard: { arn: guardArn, policy: policy(guard.policy) },
    roles: template.roles.map((role) => ({
      key: role.key,
      setting: role.setting,
      name: role.name,
      arn: fill(`arn:${PARTITION}:iam::${ACCOUNT}:role${role.path}${role.name}`),
      trust: policy(role.trust),
      managedArns: role.managed.map(({ arn }) => fill(arn)),
      ...(role.policy.length > 0 && { policy: policy(role.policy) }),
      ...(role.isGuarded && { boundaryArn: guardArn }),
    })),
  };
}

/** The list for whose values the pattern stands. */
export const listOf = (pattern: string): ListName | undefined =>
  (Object.keys(LISTS) as ListName[]).find((list) => pattern.includes(LISTS[list]));

type Expand = (pattern: string) => readonly string[];

export const policyDocument = (statements: readonly RoleStatement[], expand: Expand): JsonObject => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => statementJson(statement, expand)),
});

function statementJson(statement: RoleStatement, expand: Expand): JsonObject {
  const { sid, effect, principal, actions, resources, conditions } = statement;
  const many = (patterns: readonly string[]): Json => patterns.flatMap(expand);
  return {
    Sid: sid,
    Effect: effect,
    ...(principal !== undefined && { Principal: { [principal.kind]: expand(principal.id)[0] ?? '' } }),
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
