import { type Reason, text } from '#core-values';
import type { NearestPolicy } from './nearest.ts';
import type { LoadedPolicy } from './policy-set.ts';
import type { PolicyRequest } from './request.ts';

export const unusableFact = (detail: string): Reason => ({
  rule: 'policy.fact-missing',
  message: text(
    `Denied, because a fact that the decision needs is missing or not of its type: ${detail}.`,
    `判定に必要な事実が欠けているか、型が正しくないため拒否しました: ${detail}`,
  ),
  remedy: text(
    'Supply the fact; docs/policy.md lists all of them with their types.',
    'その事実を渡してください。一覧と型は docs/policy.ja.md にあります。',
  ),
});

export const engineFailed = (detail: string): Reason => ({
  rule: 'policy.engine-failed',
  message: text(
    `Denied, because the policy engine failed: ${detail}.`,
    `ポリシーエンジンが失敗したため拒否しました: ${detail}`,
  ),
  remedy: text(
    'Check the policies with `sekisho policy test`; if they pass, report this as a bug.',
    '`sekisho policy test` でポリシーを確認してください。問題がなければ不具合として報告してください。',
  ),
});

export const evaluationError = (detail: string, policy: LoadedPolicy | undefined): Reason => ({
  rule: 'policy.evaluation-error',
  message: text(
    `Denied, because policy ${policy?.id ?? '(unknown)'} could not be evaluated: ${detail}.`,
    `ポリシー ${policy?.id ?? '(不明)'} を評価できなかったため拒否しました: ${detail}`,
  ),
  remedy: text(
    'Correct the policy. A policy that fails is never skipped, since it might be the one that forbids.',
    'ポリシーを修正してください。禁止するはずのポリシーかもしれないため、失敗したものを飛ばすことはありません。',
  ),
  ...(policy === undefined ? {} : { place: policy.place }),
});

export const forbiddenBy = (policy: LoadedPolicy): Reason => ({
  rule: `policy.${policy.id}`,
  message: policy.message,
  remedy:
    policy.remedy ??
    text(
      `Read the policy at ${policy.place.file}:${policy.place.line}; what would change the decision is listed with it.`,
      `${policy.place.file}:${policy.place.line} のポリシーを確認してください。判定が変わる条件は判定結果に示されています。`,
    ),
  place: policy.place,
});

export function notPermitted(request: PolicyRequest, nearest: readonly NearestPolicy[]): Reason {
  const who = request.principal.kind === 'person' ? request.principal.name : request.principal.id;
  const what = `${request.resource.kind} ${request.resource.name}`;
  const [first] = nearest;
  if (first === undefined) {
    return {
      rule: 'policy.not-permitted',
      message: text(
        `No policy permits ${who} to ${request.action} ${what}.`,
        `${who} が ${what} に対して ${request.action} を行うことを許可するポリシーはありません。`,
      ),
      remedy: text(
        'If it should be permitted, write a policy that says so; what no policy permits is denied.',
        '許可すべき操作であれば、許可するポリシーを書いてください。許可のない操作はすべて拒否されます。',
      ),
    };
  }
  const unmet = first.unmet.map((condition) => condition.text).join(' && ');
  return {
    rule: 'policy.not-permitted',
    message: text(
      `No policy permits ${who} to ${request.action} ${what}. The nearest, ${first.id}, lacks: ${unmet}.`,
      `${who} が ${what} に対して ${request.action} を行うことを許可するポリシーはありません。最も近い ${first.id} が満たしていない条件: ${unmet}`,
    ),
    remedy: first.remedy ?? first.message,
    place: first.place,
  };
}
