import type { Stack } from '#accounts/core';
import { type JsonObject, type Language, type Reason, text } from '#core-values';
import { type DeniedCall, diagnose, type ExtraNeed, extraNeedFault, sessionVerdict } from '#credentials/core';
import { type DenialAnswer, type KeptDenial, keptDenials } from './core/denied-api.ts';
import { extraNeedFacts } from './extra-need-facts.ts';
import type { GrantScope } from './sealed-record.ts';
import type { HistoryStep } from './store/plan-history.ts';
import type { StoredPlan } from './store/plans.ts';

/** The refused calls of a failed apply as they are kept: what the grant allowed is told while its record is open. */
export const denialsToKeep = (
  calls: readonly DeniedCall[],
  { account }: Pick<StoredPlan, 'account'>,
  {
    sessionPolicy: { policy, managedPolicyArns },
    managedPolicies,
  }: Pick<GrantScope, 'sessionPolicy' | 'managedPolicies'>,
): readonly (KeptDenial & JsonObject)[] => {
  const facts = {
    ...{ account, policies: [policy, ...managedPolicies] },
    hasOthers: managedPolicyArns.length > 0,
  };
  return calls.map((call) => ({ ...call, session: sessionVerdict(call, facts) }));
};

/** What a failed apply reported, from the plan's history; empty where nothing was denied. */
export function keptDenialsOf(
  history: readonly Pick<HistoryStep, 'event' | 'detail'>[],
): readonly KeptDenial[] {
  const failed = history.findLast(({ event }) => event === 'apply-failed');
  return keptDenials.safeParse(failed?.detail.denials).data ?? [];
}

/** Each with why it was refused, what to do, and whether one command adds it to the stack's needs. */
export const denialAnswers = (
  denials: readonly KeptDenial[],
  stack: Stack | undefined,
  language: Language,
): DenialAnswer[] =>
  denials.map((denial) => {
    const { action, operation, resource, address, by, named } = denial;
    const { words, remedy, widening } = diagnose(denial, denial.session);
    const fault = widening === 'no' ? undefined : whyNotAdded(denial, stack);
    return {
      ...(action === undefined ? {} : { action }),
      named,
      ...(operation === undefined ? {} : { operation }),
      ...(resource === undefined ? {} : { resource }),
      ...(address === undefined ? {} : { address }),
      by,
      diagnosis: words[language],
      remedy: (fault ?? { remedy }).remedy[language],
      addable: widening !== 'no' && fault === undefined,
      ...(fault === undefined ? {} : { whyNot: fault.message[language] }),
    };
  });

function whyNotAdded(
  { action, resource }: Partial<ExtraNeed>,
  stack: Stack | undefined,
): Pick<Reason, 'message' | 'remedy'> | undefined {
  if (stack === undefined) return STACK_GONE;
  if (action === undefined) return NO_ACTION;
  if (resource === undefined) return NO_RESOURCE;
  return extraNeedFault({ action, resource }, extraNeedFacts(stack));
}

const STACK_GONE = {
  message: text('The stack is no longer in sekisho.yaml.', 'このスタックは sekisho.yaml にありません。'),
  remedy: text('Put it back to go on with it.', '続ける場合は sekisho.yaml に戻してください。'),
};

const NO_ACTION = {
  message: text('AWS did not name the action.', 'AWS がアクションを示していません。'),
  remedy: text(
    'CloudTrail has the call. If the session policy is why, add it with --action, --resource and --reason.',
    'CloudTrail の記録で呼び出しを確認してください。セッションポリシーが原因の場合は、--action、--resource、--reason を指定して追加してください。',
  ),
};

const NO_RESOURCE = {
  message: text(
    'The resource is not named, by AWS or because its name is sensitive.',
    'リソースが示されていません(AWS が示していないか、名前が機密値です)。',
  ),
  remedy: text(
    'If the session policy is why, add it with --action, --resource (its ARN) and --reason: `sekisho needs add`.',
    'セッションポリシーが原因の場合は、`sekisho needs add` に --action、--resource(ARN)、--reason を指定して追加してください。',
  ),
};
