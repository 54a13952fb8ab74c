import type { Account, Stack } from '#accounts/core';
import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import {
  type FittedPolicy,
  fitPolicy,
  type Need,
  type PolicyWords,
  stateStoreOf,
  wordsOf,
} from '#credentials';
import type { Plan } from '#plan';
import { concealing } from './core/concealing.ts';
import type { GrantScope } from './sealed-record.ts';

/** What people are told of a grant before they decide on it. */
export interface Permissions extends PolicyWords {
  /** How far the policy reaches beyond the plan: docs/session-policy.md. */
  readonly additions: number;
  /** Of the inline session policy. */
  readonly sizeCharacters: number;
  /** How many are made for the grant, because the inline one does not hold everything. */
  readonly managedPolicies: number;
}

export interface FittedGrant {
  readonly scope: GrantScope;
  readonly permissions: Permissions;
}

/**
 * What a grant for the plan may do: its needs, fitted into what STS takes, and the same in words. `bad-plan` where they touch what
 * Sekisho itself works with, or do not fit.
 */
export function grantForNeeds(
  needs: readonly Need[],
  plan: Plan,
  stack: Stack,
): Result<FittedGrant, Problem> {
  const stateStore = stateStoreOf(plan.backend);
  const fitted = fitPolicy(needs, {
    account: stack.account.id,
    region: stack.region,
    protectedArns: protectedArns(stack),
    ...(stateStore !== undefined && { stateStore }),
  });
  if (!fitted.ok) return fitted;
  const { policy, managed, additions, sizeCharacters } = fitted.value;
  if (managed.length > 0 && stack.account.policyRole === undefined)
    return err(problem('bad-plan', needsManaged(fitted.value, stack)));
  const words = concealing(plan, wordsOf(needs, fitted.value, stack.region));
  return ok({
    scope: {
      sessionPolicy: { policy, managedPolicyArns: [] },
      managedPolicies: managed.map((document) => document.policy),
      widened: words.widened,
      ...(stateStore !== undefined && { stateStore }),
    },
    permissions: { ...words, additions, sizeCharacters, managedPolicies: managed.length },
  });
}

/**
 * What no grant may change in the account: the roles that grants are made of, the identity provider by which they know Sekisho, and the policies
 * that are made for grants.
 */
export function protectedArns({
  account,
  applyRole,
}: Pick<Stack, 'account' | 'applyRole'>): readonly string[] {
  const partition = applyRole.split(':')[1] ?? 'aws';
  return [...ownOf(account), `arn:${partition}:iam::${account.id}:policy/sekisho/*`];
}

const ownOf = ({
  planRole,
  applyRole,
  revokeRole,
  policyRole,
  identityProvider,
}: Account): readonly string[] =>
  [planRole, applyRole, revokeRole, policyRole, identityProvider].filter((arn) => arn !== undefined);

const needsManaged = ({ managed }: FittedPolicy, { account }: Stack): Reason => ({
  rule: 'session-policy.needs-managed',
  message: text(
    `What this plan needs does not fit into the 2,048 characters of a session policy without allowing what no grant may; it takes ${managed.length} managed policies beside it, and account ${account.name} names no role that may make them.`,
    `このプランに必要な権限は、グラントで許可してはならない操作を含めずにセッションポリシーの 2,048 文字に収めることができません。管理ポリシーを ${managed.length} 個併用する必要がありますが、アカウント ${account.name} には、それを作成するロールが設定されていません。`,
  ),
  remedy: text(
    'Split the change, or name `accounts[].policyRole` (docs/credentials.md). `sekisho policy session FILE` shows what the plan needs.',
    '変更を分割するか、`accounts[].policyRole` を設定してください(docs/credentials.ja.md)。必要な権限は `sekisho policy session FILE` で確認できます。',
  ),
});
