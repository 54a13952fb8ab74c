import { type AccountId, type Text, text } from '#core-values';
import { evaluate, prepareRequest, requestContext } from '#iam/core';
import { covers } from '../fit/pattern.ts';
import { compiled, layersFor } from '../fit/session-alone.ts';
import type { DeniedCall, Denier } from './denied-call.ts';

/** What the grant's own session policy says of a refused call; `unknown` where that hangs on what nobody told. */
export type SessionVerdict = 'allows' | 'lacks' | 'denies' | 'unknown';

export const SESSION_VERDICTS = ['allows', 'lacks', 'denies', 'unknown'] as const satisfies SessionVerdict[];

interface SessionFacts {
  readonly account: AccountId;
  /** The inline session policy, and those that were made for the grant; together they allow. */
  readonly policies: readonly string[];
  /** Whether others were passed beside them, which are not to be had here. */
  readonly hasOthers: boolean;
}

/** Asks the session's policies alone, as if role, guardrails and resource allowed everything. */
export function sessionVerdict(
  { action, resource }: Pick<DeniedCall, 'action' | 'resource'>,
  { account, policies, hasOthers }: SessionFacts,
): SessionVerdict {
  if (action === undefined) return 'unknown';
  if (resource === undefined) return hasOthers || mayAllow(policies, action) ? 'unknown' : 'lacks';
  const partition = resource.startsWith('arn:') ? (resource.split(':')[1] ?? 'aws') : 'aws';
  const request = prepareRequest({
    principal: { kind: 'role-session', account, partition, roleName: 'apply' },
    action,
    resource,
    resourceAccount: account,
    context: requestContext({ 'aws:ResourceAccount': account }),
  });
  if (!request.ok) return 'unknown';
  const session = policies.map((policy) => compiled(policy, 'session', 'session policy'));
  const { kind } = evaluate({ ...layersFor(action, account, partition), session }, request.value);
  if (kind === 'allowed') return 'allows';
  if (kind === 'explicitly-denied') return 'denies';
  return kind === 'implicitly-denied' && !hasOthers ? 'lacks' : 'unknown';
}

/** Whether any statement allows the action somewhere. The policies are of our own making: they have no `NotAction`. */
const mayAllow = (policies: readonly string[], action: string): boolean =>
  policies
    .flatMap(
      (source): readonly { Effect: string; Action?: string | string[] }[] => JSON.parse(source).Statement,
    )
    .filter(({ Effect }) => Effect === 'Allow')
    .some(({ Action = [] }) =>
      [Action].flat().some((one) => covers(one.toLowerCase(), action.toLowerCase())),
    );

/** Why a call was refused, and whether a wider session policy would let it pass. */
export interface Diagnosis {
  readonly words: Text;
  readonly remedy: Text;
  /** `also`: something else must change too, or may have to. */
  readonly widening: 'helps' | 'also' | 'no';
}

/** From what AWS said and from what the grant had. Where AWS did not say which policy refused, the causes that are left are all named. */
export function diagnose({ by, explicit }: DeniedCall, session: SessionVerdict): Diagnosis {
  if (by === 'session-policy') return explicit || session === 'denies' ? ON_PURPOSE : NOT_FORESEEN;
  if (by === 'identity-policy') return session === 'lacks' && !explicit ? ROLE_AND_SESSION : ELSEWHERE[by];
  if (by !== 'unknown') return ELSEWHERE[by];
  if (session === 'denies') return ON_PURPOSE;
  if (session === 'lacks') return explicit ? SOMETHING_DENIES : NOT_SAID;
  return session === 'allows' || explicit ? SOMETHING_DENIES : ANY_OF_ALL;
}

const NEEDS_ADD = text(
  'Add it to the stack’s needs (`sekisho needs add`), plan again, and have the plan approved.',
  'スタックの追加権限に登録し(`sekisho needs add`)、プランを作り直して承認を受けてください。',
);

const NOT_FORESEEN: Diagnosis = {
  words: text(
    'The grant’s session policy does not allow it: it was not known that the change needs it.',
    'グラントのセッションポリシーで許可されていません(この変更に必要だと分かっていなかった操作です)。',
  ),
  remedy: NEEDS_ADD,
  widening: 'helps',
};

const ON_PURPOSE: Diagnosis = {
  words: text(
    'The grant’s session policy denies it on purpose: it is on the forbidden list, or reaches what Sekisho itself works with.',
    'グラントのセッションポリシーが意図的に拒否しています(禁止リストの操作、または Sekisho 自身が使うロールなどに及ぶ操作です)。',
  ),
  remedy: text(
    'Do this step outside of Sekisho, or change the Terraform so that its plan shows what needs it.',
    'Sekisho を経由せずに行うか、この操作が必要だとプランから分かるように Terraform を変更してください。',
  ),
  widening: 'no',
};

const ROLE_AND_SESSION: Diagnosis = {
  words: text(
    'The apply role’s own policies do not allow it, and the grant’s session policy does not either.',
    '適用用ロール自身のポリシーで許可されておらず、グラントのセッションポリシーでも許可されていません。',
  ),
  remedy: text(
    `Allow it in the role’s policies in the account. ${NEEDS_ADD.en}`,
    `アカウントの適用用ロールのポリシーで許可してください。さらに、${NEEDS_ADD.ja}`,
  ),
  widening: 'also',
};

const NOT_SAID: Diagnosis = {
  words: text(
    'AWS did not say which policy refused. The grant’s session policy does not allow it; the role, a permissions boundary, a guardrail or the resource’s policy may refuse it as well.',
    'どのポリシーが拒否したか AWS は示していません。グラントのセッションポリシーでは許可されていません。ロール、アクセス許可の境界、ガードレール(SCP など)、リソースのポリシーも拒否している可能性があります。',
  ),
  remedy: NEEDS_ADD,
  widening: 'also',
};

const ANY_OF_ALL: Diagnosis = {
  words: text(
    'AWS did not say which policy refused: it may be the grant’s session policy, the role, a permissions boundary, a guardrail or the resource’s policy.',
    'どのポリシーが拒否したか AWS は示していません。グラントのセッションポリシー、ロール、アクセス許可の境界、ガードレール(SCP など)、リソースのポリシーのいずれかです。',
  ),
  remedy: text(
    `Look at CloudTrail for the call, which may say more. If it is the session policy: ${NEEDS_ADD.en}`,
    `CloudTrail の記録でより詳しい理由を確認できることがあります。セッションポリシーが原因の場合は、${NEEDS_ADD.ja}`,
  ),
  widening: 'also',
};

const SOMETHING_DENIES: Diagnosis = {
  words: text(
    'AWS did not say which policy refused, but it is not the lack of it in the grant’s session policy alone: the role, a permissions boundary, a guardrail or the resource’s policy.',
    'どのポリシーが拒否したか AWS は示していませんが、グラントのセッションポリシーに不足しているだけではありません。ロール、アクセス許可の境界、ガードレール(SCP など)、リソースのポリシーのいずれかです。',
  ),
  remedy: text(
    'Look at these in the account, and at CloudTrail for the call.',
    'アカウントのこれらの設定と、CloudTrail の記録を確認してください。',
  ),
  widening: 'no',
};

const elsewhere = (words: Text, remedy: Text): Diagnosis => ({ words, remedy, widening: 'no' });

const ELSEWHERE: Readonly<Record<Exclude<Denier, 'session-policy' | 'unknown'>, Diagnosis>> = {
  'identity-policy': elsewhere(
    text(
      'The apply role’s own policies refuse it; the session policy is not why.',
      '適用用ロール自身のポリシーが拒否しています。セッションポリシーが原因ではありません。',
    ),
    text(
      'Allow it in the policies of the role in the account, then plan again.',
      'アカウントの適用用ロールのポリシーで許可し、プランを作り直してください。',
    ),
  ),
  boundary: elsewhere(
    text(
      'The permissions boundary of the apply role refuses it.',
      '適用用ロールのアクセス許可の境界(Permissions Boundary)が拒否しています。',
    ),
    text(
      'Ask whoever sets the boundary; no session policy reaches beyond it.',
      '境界の管理者に相談してください。セッションポリシーを広げても境界は越えられません。',
    ),
  ),
  scp: elsewhere(
    text(
      'A service control policy of the organization refuses it.',
      '組織のサービスコントロールポリシー(SCP)が拒否しています。',
    ),
    text(
      'A guardrail is there on purpose: ask whoever keeps the organization, or change the plan. No session policy reaches beyond it.',
      'ガードレールは意図して設けられたものです。組織の管理者に相談するか、プランを変更してください。セッションポリシーを広げても SCP は越えられません。',
    ),
  ),
  rcp: elsewhere(
    text(
      'A resource control policy of the organization refuses it.',
      '組織のリソースコントロールポリシー(RCP)が拒否しています。',
    ),
    text(
      'A guardrail is there on purpose: ask whoever keeps the organization, or change the plan. No session policy reaches beyond it.',
      'ガードレールは意図して設けられたものです。組織の管理者に相談するか、プランを変更してください。セッションポリシーを広げても RCP は越えられません。',
    ),
  ),
  'resource-policy': elsewhere(
    text(
      'The policy of the resource itself (bucket, key, queue, …) refuses it.',
      'リソース自身のポリシー(バケット、キー、キューなど)が拒否しています。',
    ),
    text(
      'Let the apply role in by the resource’s policy, then plan again.',
      'リソースのポリシーで適用用ロールを許可し、プランを作り直してください。',
    ),
  ),
  'trust-policy': elsewhere(
    text(
      'The trust policy of the role to be assumed refuses it.',
      '引き受けようとしたロールの信頼ポリシーが拒否しています。',
    ),
    text(
      'Let the apply role in by that role’s trust policy, then plan again.',
      'そのロールの信頼ポリシーで適用用ロールを許可し、プランを作り直してください。',
    ),
  ),
  'endpoint-policy': elsewhere(
    text(
      'The policy of the VPC endpoint on the way refuses it.',
      '経路上の VPC エンドポイントのポリシーが拒否しています。',
    ),
    text(
      'Allow it in the endpoint’s policy, or run the job outside of that VPC.',
      'エンドポイントのポリシーで許可するか、その VPC の外でジョブを実行してください。',
    ),
  ),
};
