import { type Problem, problem, text } from '#core-values';
import type { CorrectionScope } from './store.ts';

export const tooLong: Problem = problem('bad-input', {
  rule: 'correction.too-long',
  message: text('A correction covers 31 days at most.', '補正できる期間は最長 31 日です。'),
  remedy: text('Make several.', '複数に分けてください。'),
});

export const unknownScope = ({ kind, name }: CorrectionScope): Problem =>
  problem('not-found', {
    rule: kind === 'slo' ? 'slo.unknown' : 'slo.unknown-service',
    message: text(
      `No ${kind === 'slo' ? 'SLO' : 'service'} is named ${JSON.stringify(name)}.`,
      `${JSON.stringify(name)} という${kind === 'slo' ? ' SLO ' : 'サービス'}はありません。`,
    ),
    remedy: text('List them with `sekisho slo status`.', '`sekisho slo status` で一覧を確認してください。'),
  });

export const unknownCorrection = (id: string): Problem =>
  problem('not-found', {
    rule: 'correction.unknown',
    message: text(
      `There is no correction ${JSON.stringify(id)}.`,
      `補正 ${JSON.stringify(id)} はありません。`,
    ),
    remedy: text('Look at the SLO’s page.', 'SLO のページを確認してください。'),
  });

export const undoneAlready = (who: string): Problem =>
  problem('conflict', {
    rule: 'correction.undone',
    message: text(`${who} has undone this correction.`, `この補正は ${who} が取り消し済みです。`),
    remedy: text('Make a new one if it is needed.', '必要なら新しく作成してください。'),
  });
