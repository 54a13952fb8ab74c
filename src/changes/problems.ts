import { type Problem, problem, text } from '#core-values';

export const planUnknown = (id: string): Problem =>
  problem('not-found', {
    rule: 'plan.unknown',
    message: text(`There is no plan ${id}.`, `プラン ${id} はありません。`),
    remedy: text('List the plans with `sekisho plans`.', '`sekisho plans` で一覧を確認してください。'),
  });

export const grantUnknown = (id: string): Problem =>
  problem('not-found', {
    rule: 'grant.unknown',
    message: text(`There is no grant ${id}.`, `グラント ${id} はありません。`),
    remedy: text(
      'List the grants with `sekisho grants list`.',
      '`sekisho grants list` で一覧を確認してください。',
    ),
  });
