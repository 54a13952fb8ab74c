import { type Problem, problem, text } from '#core-values';

export const planUnknown = (id: string): Problem =>
  problem('not-found', {
    rule: 'plan.unknown',
    message: text(`There is no plan ${id}.`, `プラン ${id} はありません。`),
    remedy: text('List the plans with `sekisho plans`.', '`sekisho plans` で一覧を確認してください。'),
  });
