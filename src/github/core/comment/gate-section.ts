import type { PlanDetails } from '#changes/core';
import { type Text, text } from '#core-values';
import { code, fenced, plain } from '#plan/core';
import { type CommentPiece, folded, leaf, type Say, WORTH } from './page.ts';
import { prose } from './plan-section.ts';

type Budget = NonNullable<PlanDetails['budgets']>['slos'][number];

/**
 * The error budgets that the change could hurt, and the mark as a repair. In whole percent and without times: what changes every minute would
 * have the comment edited every few.
 */
export function gatePieces(
  { id, budgets, repair, decision }: PlanDetails,
  say: Say,
): readonly CommentPiece[] {
  if (budgets === undefined && repair === undefined) return [];
  const slos = budgets?.slos ?? [];
  const lines = slos.map((budget) => leaf(`- ${budgetWords(budget, say)}\n`, worthOf(budget), 'details'));
  const isBad = slos.some(({ stand, burning }) => stand === 'spent' || stand === 'stale' || burning);
  const title = text(
    `Error budgets that it could hurt (${slos.length})`,
    `影響しうるエラーバジェット (${slos.length} 件)`,
  );
  const unread = budgets?.unread === undefined ? [] : [leaf(`❌ ${prose(budgets.unread)}\n\n`, WORTH.reason)];
  const shown =
    lines.length === 0
      ? []
      : isBad
        ? [leaf(`**${say(title)}**\n\n`, WORTH.reason), ...lines, leaf('\n')]
        : [folded(say(title), lines)];
  return [
    ...unread,
    ...shown,
    ...repairPieces(repair, say),
    ...commandPieces(id, slos, repair, decision, say),
  ];
}

const worthOf = ({ stand, burning }: Budget): number =>
  stand === 'spent' || stand === 'stale' || burning ? WORTH.reason : WORTH.low;

function budgetWords({ slo, service, stand, remainingPpm = 0, burning }: Budget, say: Say): string {
  const mark = { spent: '❌', stale: '⚠️', left: '✅', 'not-measured': '➖' }[stand];
  const percent = `${Math.floor(remainingPpm / 10_000)} %`.replace('-', '−');
  const words: Readonly<Record<Budget['stand'], Text>> = {
    left: text(`${percent} left`, `残り ${percent}`),
    spent: text(`used up (${percent})`, `使い切りました (${percent})`),
    stale: text('its figures are too old to say', '計測データが古く、残量が分かりません'),
    'not-measured': text('not measured yet', '未計測'),
  };
  const fire = burning
    ? say(text(', **burning: a page fires**', '、**急速に消費中 (呼び出しのアラート)**'))
    : '';
  return `${mark} ${code(slo)} (${plain(service)}): ${say(words[stand])}${fire}`;
}

function repairPieces(repair: PlanDetails['repair'], say: Say): readonly CommentPiece[] {
  if (repair === undefined) return [];
  const { by, reason, agreedBy, why } = repair;
  const words =
    agreedBy === undefined
      ? text(
          `Marked as a repair by **${plain(by)}**: “${prose(reason)}”. Nobody has agreed yet.`,
          `**${plain(by)}** が修復として登録:「${prose(reason)}」。まだ誰も同意していません。`,
        )
      : text(
          `Marked as a repair by **${plain(by)}**: “${prose(reason)}”. **${plain(agreedBy)}** agreed.`,
          `**${plain(by)}** が修復として登録:「${prose(reason)}」。**${plain(agreedBy)}** が同意しました。`,
        );
  const no =
    why === undefined
      ? ''
      : ` ${say(text(`It does not count: ${prose(why)}`, `有効ではありません: ${prose(why)}`))}`;
  return [leaf(`🔧 ${say(words)}${no}\n\n`, WORTH.reason)];
}

/** Only where budgets stand in the way. */
function commandPieces(
  id: string,
  slos: readonly Budget[],
  repair: PlanDetails['repair'],
  decision: PlanDetails['decision'],
  say: Say,
): readonly CommentPiece[] {
  const isInTheWay = slos.some(({ stand }) => stand === 'spent' || stand === 'stale');
  if (!isInTheWay || decision?.allowed !== false || repair?.counts === true) return [];
  const lead = text(
    'If this change repairs that, one person marks it and another agrees:',
    'この変更が原因を修正するものであれば、1 人が登録し、別の人が同意します:',
  );
  const reason = say(text('what is broken, and what this does', '何が起きていて、何を直すのか'));
  const mark = repair === undefined ? [`sekisho repair ${id} --reason "${reason}"`] : [];
  const commands = fenced([...mark, `sekisho repair ${id} --agree`], 'sh');
  return [leaf(`${say(lead)}\n\n${commands}\n\n`, WORTH.command)];
}
