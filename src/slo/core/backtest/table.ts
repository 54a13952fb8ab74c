import { type Language, type Text, text } from '#core-values';
import { type Backtest, ENOUGH_INCIDENTS, timeOf } from './answer.ts';
import type { Share } from './evaluation.ts';
import type { Ranked } from './ranking.ts';

/** Of fewer, intervals reach from little to everything. */
const FEW_INCIDENTS = 10;

const HEADS: readonly Text[] = [
  text('', ''),
  text('recall', '再現率'),
  text('precision', '適合率'),
  text('false/week', '誤報/週'),
  text('to detect', '検知まで'),
  text('budget then', '検知時の残量'),
  text('pages', 'ページ'),
  text('candidate', '候補'),
];

/** The best candidates, all that are Pareto-best among the first `most` and the rest as a number; with what the figures prove. */
export function backtestTable(backtest: Backtest, language: Language, most: number): string {
  const { ranked } = backtest;
  const shown = ranked.slice(0, most);
  const varied = variedSettings(ranked);
  const rows = [HEADS.map((head) => head[language]), ...shown.map((one) => cellsOf(one, varied, language))];
  const widths = HEADS.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
  const more = ranked.length - shown.length;
  return [
    ...summary(backtest).map((words) => words[language]),
    '',
    ...lines,
    ...(more > 0 ? [WORDS.more(more)[language]] : []),
    '',
    WORDS.marked[language],
    ...(ranked[0] === undefined ? [] : ['', ...detail(ranked[0], backtest, language)]),
  ].join('\n');
}

function summary({ history, incidents, outside, ranked }: Backtest): readonly Text[] {
  const days = (history.toMinute - history.fromMinute) / 1440;
  return [
    WORDS.history(
      minuteWords(history.fromMinute),
      minuteWords(history.toMinute),
      days.toFixed(1),
      ranked.length,
    ),
    WORDS.incidents(incidents.length),
    ...(incidents.length < FEW_INCIDENTS ? [WORDS.few] : []),
    ...(outside.length > 0 ? [WORDS.outside(outside.length)] : []),
  ];
}

function cellsOf(
  { candidate, evaluation, number, pareto }: Ranked,
  varied: readonly string[],
  language: Language,
): readonly string[] {
  const {
    budgetLeftAtDetection: budget,
    falsePagesPerWeek,
    minutesToDetect: delay,
    pages,
    precision,
    recall,
  } = evaluation;
  return [
    `${pareto ? '★' : ' '} ${number}`,
    shareWords(recall),
    shareWords(precision),
    falsePagesPerWeek.toFixed(2),
    delay === undefined ? '–' : WORDS.minutes(delay.median, delay.most)[language],
    budget === undefined ? '–' : `${percentOf(budget.median)} (≥ ${percentOf(budget.least)})`,
    String(pages.length),
    [
      candidate.slo,
      ...varied.flatMap((key) =>
        candidate.settings[key] === undefined ? [] : `${key} ${candidate.settings[key]}`,
      ),
    ].join(', '),
  ];
}

function detail(
  { evaluation, number }: Ranked,
  { incidents }: Backtest,
  language: Language,
): readonly string[] {
  const lines = incidents.map(({ fromMinute, title }, place) => {
    const found = evaluation.detections[place];
    const what = `${minuteWords(fromMinute)}  ${title}`;
    return found === undefined
      ? `  ✗ ${what}: ${WORDS.missed[language]}`
      : `  ✓ ${what}: ${WORDS.found(found.minutesToDetect, found.budgetLeft)[language]}`;
  });
  const wrong = evaluation.pages.filter(({ kind }) => kind === 'false');
  const told = wrong
    .slice(0, 10)
    .map(
      ({ fromMinute, toMinute }) =>
        `  ! ${minuteWords(fromMinute)}  ${WORDS.falsePage(toMinute - fromMinute)[language]}`,
    );
  return [WORDS.detail(number)[language], ...lines, ...told];
}

/** Settings that differ between candidates; if nothing does, the objective. */
function variedSettings(ranked: readonly Ranked[]): readonly string[] {
  const keys = [...new Set(ranked.flatMap(({ candidate }) => Object.keys(candidate.settings)))];
  const varied = keys.filter(
    (key) => new Set(ranked.map(({ candidate }) => candidate.settings[key])).size > 1,
  );
  return varied.length > 0 ? varied : keys.slice(0, 1);
}

const shareWords = (share: Share | undefined): string =>
  share === undefined ? '–' : `${share.hits}/${share.of} (${percentOf(share.low)}–${percentOf(share.high)})`;

const percentOf = (value: number): string => `${Math.round(value * 100)}%`;

const minuteWords = (minute: number): string => timeOf(minute).slice(0, 16).replace('T', ' ');

/** Letters of Japanese take two columns. */
const widthOf = (words: string): number =>
  Array.from(words).reduce(
    (sum, letter) => sum + (/[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]/.test(letter) ? 2 : 1),
    0,
  );

const WORDS = {
  history: (from: string, to: string, days: string, count: number) =>
    text(
      `${count} candidate${count === 1 ? '' : 's'} over ${days} days: ${from} to ${to} UTC.`,
      `${days} 日間(${from} ~ ${to} UTC)で ${count} 件の候補を評価しました。`,
    ),
  incidents: (count: number) =>
    text(`Incidents in that time: ${count}.`, `期間内のインシデント: ${count} 件`),
  few: text(
    `So few incidents prove little, as the 95 % intervals show: ${ENOUGH_INCIDENTS} of them, all detected, would show that nine in ten are.`,
    `インシデントが少ないため、確かなことはあまり言えません(括弧内は 95 % 信頼区間)。9 割を検知できると示すには、全件検知で ${ENOUGH_INCIDENTS} 件が必要です。`,
  ),
  outside: (count: number) =>
    text(`Not within the logs, and left out: ${count}.`, `ログの期間外のため除外: ${count} 件`),
  more: (count: number) =>
    text(`… and ${count} more (--top, --format json)`, `…ほか ${count} 件(--top、--format json)`),
  marked: text(
    '★ no other candidate is as good in recall, false pages and time to detect, and better in one.',
    '★ 再現率、誤報、検知までの時間のどれも劣らず、どれかで勝る候補がほかにないもの(パレート最適)',
  ),
  minutes: (median: number, most: number) => text(`${median} min (≤ ${most})`, `${median} 分(最長 ${most})`),
  detail: (number: number) => text(`Candidate ${number}:`, `候補 ${number}:`),
  missed: text('no page', 'ページなし'),
  found: (minutes: number, left: number | undefined) => {
    const budget = left === undefined ? undefined : percentOf(left);
    return text(
      `paged after ${minutes} min${budget === undefined ? '' : `, ${budget} of the budget left`}`,
      `${minutes} 分後にページ${budget === undefined ? '' : `、バジェット残り ${budget}`}`,
    );
  },
  falsePage: (minutes: number) => text(`a false page for ${minutes} min`, `誤報のページ(${minutes} 分間)`),
};
