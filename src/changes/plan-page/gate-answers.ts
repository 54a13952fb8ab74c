import type { Stack } from '#accounts/core';
import { formatTime, type Language } from '#core-values';
import { parseStatement } from '../core/approval/index.ts';
import { type BudgetsAnswer, budgetAnswerOf } from '../core/budget/index.ts';
import type { RepairAnswer } from '../core/repair-api.ts';
import type { Judgement } from '../judge.ts';
import type { OutsideReading } from '../read-outside.ts';
import type { WeighedRepair } from '../repairs/judge-repair.ts';

/** The error budgets that the change could hurt, and whether it is marked as a repair. */
export const gateAnswersOf = (
  stack: Stack | undefined,
  reading: OutsideReading,
  judgement: Judgement | undefined,
  language: Language,
): { readonly budgets?: BudgetsAnswer; readonly repair?: RepairAnswer } => ({
  ...(stack?.services === undefined || reading.budgets === undefined || judgement === undefined
    ? {}
    : {
        budgets: {
          services: [...stack.services],
          slos: judgement.budgets.map(budgetAnswerOf),
          ...(reading.budgets.ok ? {} : { unread: reading.budgets.error.reasons[0].message[language] }),
        },
      }),
  ...(judgement?.repair === undefined ? {} : { repair: repairAnswerOf(judgement.repair, language) }),
});

function repairAnswerOf({ stored, facts, reason, why }: WeighedRepair, language: Language): RepairAnswer {
  const { mark, agreement } = stored;
  return {
    // Of a mark that does not count, what it says is shown all the same, as far as it can be read.
    ...{ reason: reason ?? reasonIn(mark.statement), by: mark.by, at: formatTime(mark.at) },
    ...(agreement === undefined ? {} : { agreedBy: agreement.by, agreedAt: formatTime(agreement.at) }),
    counts: facts.active && facts.agreedBy !== undefined,
    ...(why === undefined ? {} : { why: why.message[language] }),
  };
}

function reasonIn(statement: string): string {
  const parsed = parseStatement(statement);
  return parsed.ok ? (parsed.value.reason ?? '') : '';
}
