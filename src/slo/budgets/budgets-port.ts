import type { BudgetsPort, ObjectiveBudget } from '#changes/core';
import { err, ok, type Problem, problem, text } from '#core-values';
import type { ObjectiveNow, SloStatus } from './status-of-slo.ts';
import type { BudgetsRoom } from './statuses.ts';

/** For the gate of applies: figures at most a minute old, of the objective that is worst off in each SLO of the services. */
export const budgetsPort = (
  room: Pick<BudgetsRoom, 'statuses' | 'definitions'>,
  failed: (error: unknown) => void,
): BudgetsPort => ({
  budgetsOf: async (services) => {
    if (room.definitions().isUnread === true) return err(UNREAD);
    try {
      const { slos } = await room.statuses.now();
      return ok(slos.filter(({ slo }) => services.includes(slo.service)).map(budgetOf));
    } catch (error) {
      failed(error);
      return err(NOT_READ);
    }
  },
});

function budgetOf({ slo, data, objectives }: SloStatus): ObjectiveBudget {
  const [worst] = objectives.toSorted((a, b) => badness(a) - badness(b));
  return {
    slo: slo.metadata.name,
    service: slo.service,
    verdict: worst?.status.budget.verdict ?? 'no-data',
    ...(worst?.remainingPpm === undefined ? {} : { remainingPpm: worst.remainingPpm }),
    burning: objectives.some(pages),
    ...(data.state === 'none' ? {} : { upTo: data.upTo }),
  };
}

/** Ascending from the worst: spent without an allowance, by what remains, whole, and last where nothing came. */
function badness({ status, remainingPpm }: ObjectiveNow): number {
  const { verdict } = status.budget;
  if (remainingPpm !== undefined) return remainingPpm;
  if (verdict === 'spent') return Number.NEGATIVE_INFINITY;
  return verdict === 'kept' ? 1_000_001 : Number.POSITIVE_INFINITY;
}

const pages = ({ status }: ObjectiveNow): boolean =>
  status.alerts.some(({ isFiring, alert }) => isFiring && alert.severity === 'page');

const NOT_READ: Problem = problem('outside-failed', {
  rule: 'slo.budgets-unread',
  message: text('The error budgets could not be read.', 'エラーバジェットを読み取れませんでした。'),
  remedy: text(
    'Try again; the server’s log says why.',
    'もう一度試してください。原因はサーバーのログにあります。',
  ),
});

const UNREAD: Problem = problem('outside-failed', {
  rule: 'slo.definitions-unread',
  message: text(
    'Which SLOs there are is not known: their definitions could not be read since the server started.',
    'どのような SLO があるのか分かりません。サーバーの起動以降、定義を読み取れていません。',
  ),
  remedy: text(
    'Mend them: `sekisho slo check DIR` says what is wrong, and so does the server’s log.',
    '定義を修正してください。誤りは `sekisho slo check DIR` とサーバーのログに表示されます。',
  ),
});
