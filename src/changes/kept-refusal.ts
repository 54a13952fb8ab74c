import { z } from 'zod';
import { type JsonObject, type Language, type Text, text } from '#core-values';
import type { Decision } from '#policy/core';
import { decisionEvidence } from './audit-entries.ts';
import { withoutAsking } from './core/again.ts';
import type { PlanDetails } from './core/api.ts';
import { verdictOf } from './judge.ts';
import type { HistoryStep } from './store/plan-history.ts';

const words = z.object({ en: z.string(), ja: z.string() });
const keptStep = z.object({
  policies: z.array(z.string()).catch([]),
  reasons: z.array(z.object({ rule: z.string(), message: words, remedy: words })).catch([]),
  reason: z.string().optional().catch(undefined),
});

/** A decision as the plan's history keeps it; of one that is final also why, because the policy may say something else later. */
export const decisionToKeep = (decision: Decision): JsonObject => ({
  ...decisionEvidence(decision),
  ...(verdictOf(decision) === 'never'
    ? {
        reasons: decision.reasons.map(({ rule, message, remedy }) => ({
          rule,
          message: { en: message.en, ja: message.ja },
          remedy: { en: remedy.en, ja: remedy.ja },
        })),
      }
    : {}),
});

/** Why a plan was refused, as it was said then; `undefined` where nothing was kept. */
export function refusalOf(
  history: readonly Pick<HistoryStep, 'event' | 'state' | 'byWhom' | 'detail'>[],
  language: Language,
): PlanDetails['decision'] {
  const last = withoutAsking(history).findLast(({ state }) => state === 'refused');
  if (last === undefined) return undefined;
  const { policies, reasons, reason } = keptStep.parse(last.detail);
  const said =
    last.event === 'rejected'
      ? [{ rule: 'plan.rejected', message: rejectedBy(last.byWhom, reason), remedy: ASK_WHO_REJECTED }]
      : reasons;
  if (said.length === 0) return undefined;
  return {
    allowed: false,
    policies: last.event === 'rejected' ? [] : policies,
    reasons: said.map(({ rule, message, remedy }) => ({
      rule,
      message: message[language],
      remedy: remedy[language],
    })),
    wouldChange: [],
  };
}

const rejectedBy = (person: string, reason: string | undefined): Text =>
  reason === undefined
    ? text(`${person} rejected it.`, `${person} が却下しました。`)
    : text(`${person} rejected it: ${reason}`, `${person} が却下しました: ${reason}`);

const ASK_WHO_REJECTED: Text = text(
  'Change it and plan again. To have it as it is, plan again and let the person who rejected it approve that plan.',
  '修正して再度プランを作成してください。内容を変えずに進める場合は、再度プランを作成し、却下した人に承認してもらってください。',
);
