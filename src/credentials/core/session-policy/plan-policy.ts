import type { Region } from '#accounts/core';
import { err, ok, type Problem, problem, type Result, type Text, text } from '#core-values';
import reads from './plan-data-reads.json' with { type: 'json' };
import { serviceNames } from './service-names.ts';
import type { SessionPolicy } from './session-policy.ts';
import { partitionOf, type StateStore, stateObjects } from './state-store.ts';
import { isLiteral, MAX_POLICY_CHARACTERS, policyText, type Statement } from './statement.ts';

export interface PlanPolicyFacts {
  readonly region: Region;
  /** Where the last plan of the stack had its state; absent before the first. */
  readonly stateStore?: StateStore;
}

/**
 * The session policy of a plan: what AWS's ReadOnlyAccess allows, less secrets and contents of data stores, because a plan
 * runs code that nobody has approved (attack 1). Parameters may be read, but not decrypted: keys serve only S3, for the state.
 * It changes nothing: plan with `-lock=false`.
 */
export function planSessionPolicy(facts: PlanPolicyFacts): Result<SessionPolicy, Problem> {
  const { stateStore } = facts;
  const partition = partitionOf(facts);
  if (
    stateStore !== undefined &&
    ![stateStore.bucket, stateStore.key, stateStore.table ?? 'x'].every(isLiteral)
  ) {
    return err(problem('bad-plan', unsafeState));
  }
  const objects =
    stateStore === undefined ? [`arn:${partition}:s3:::*/*.tfstate`] : stateObjects(stateStore, partition);
  const table = stateStore === undefined ? '*lock*' : (stateStore.table ?? 'none');
  const statements: readonly Statement[] = [
    { Effect: 'Deny', Action: [...reads.secrets, ...reads.contents] },
    { Effect: 'Deny', Action: ['s3:GetObject*'], NotResource: objects },
    {
      Effect: 'Deny',
      Action: ['dynamodb:GetItem'],
      NotResource: [`arn:${partition}:dynamodb:*:*:table/${table}`],
    },
    { Effect: 'Allow', Action: ['kms:Decrypt'] },
    {
      Effect: 'Deny',
      Action: ['kms:Decrypt'],
      Condition: { StringNotLike: { 'kms:ViaService': [...serviceNames(['s3.*'], partition)] } },
    },
  ];
  const policy = policyText(statements);
  if (policy.length > MAX_POLICY_CHARACTERS) return err(problem('bad-plan', unsafeState));
  return ok({
    policy,
    managedPolicyArns: [`arn:${partition}:iam::aws:policy/ReadOnlyAccess`],
    sizeCharacters: policy.length,
    widened: stateStore === undefined ? [STATE_UNKNOWN] : [],
  });
}

const STATE_UNKNOWN: Text = text(
  'The stack’s state is not known yet: any object named `*.tfstate` and any lock table may be read.',
  'スタックの state の場所がまだ分からないため、`*.tfstate` という名前のすべてのオブジェクトとロックテーブルの読み取りを許可しています。',
);

const unsafeState = {
  rule: 'session-policy.name-unsafe',
  message: text(
    'The name of the state’s bucket, key or table is too long, or holds characters (`*`, `?`, `$`, quotes) that a policy would read as a pattern.',
    'state のバケット、キー、テーブルの名前が長すぎるか、ポリシーでパターンとして解釈される文字(`*`、`?`、`$`、引用符)が含まれています。',
  ),
  remedy: text('Rename it.', '名前を変更してください。'),
};
