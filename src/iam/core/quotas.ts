import { type Reason, text } from '#core-values';
import type { PolicyKind } from './model.ts';
import quotas from './quotas.json' with { type: 'json' };

/** How AWS counts the characters of a policy of this kind. */
export function countedCharacters(source: string, kind: PolicyKind): number {
  const quota = quotaOf(kind);
  return [...(quota?.whiteSpace === 'not counted' ? withoutWhiteSpace(source) : source)].length;
}

/** Characters of a policy of this kind that AWS takes, as of the date in `quotas.json`; none is known for resource policies, which differ by service. */
export const quotaOf = (kind: PolicyKind) => (kind === 'resource' ? undefined : quotas.policies[kind]);

/** Outside of texts in quotes only. */
const withoutWhiteSpace = (source: string): string =>
  source.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, quotedText: string | undefined) => quotedText ?? '');

/** Whether the policy is longer than AWS takes. */
export function sizeFinding(source: string, kind: PolicyKind, file: string): Reason | undefined {
  const quota = quotaOf(kind);
  const size = countedCharacters(source, kind);
  if (quota === undefined || size <= quota.characters) return undefined;
  const counting = quota.whiteSpace === 'counted' ? ['', ''] : [' without white space', '(空白を除く)'];
  return {
    rule: 'iam.too-long',
    message: text(
      `The policy has ${size} characters${counting[0]}; AWS takes ${quota.characters} (as of ${quotas.date}).`,
      `ポリシーは ${size} 文字${counting[1]}あり、AWS の上限 ${quota.characters} 文字を超えています(${quotas.date} 時点)。`,
    ),
    remedy: text(
      'Merge statements, shorten Sids, or split the policy.',
      'ステートメントをまとめる、Sid を短くする、ポリシーを分割するなどしてください。',
    ),
    place: { file },
  };
}
