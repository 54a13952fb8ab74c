import { type Language, text } from '#core-values';
import { type CountSeries, countsBetween } from '../budget/counts.ts';
import { judgeSlices } from '../budget/time-slices.ts';
import { toNumber } from '../objective/fraction.ts';
import { allowance } from '../objective/ppm.ts';
import { type Backtest, timeOf } from './answer.ts';
import type { Ranked } from './ranking.ts';

const [WIDTH, HEIGHT] = [960, 720];
const PLOT = { left: 70, top: 60, width: 300, height: 300 };
const LINE = { left: 70, top: 450, width: 850, height: 180 };
/** One point for each two pixels or so: of what lies between, the highest is shown. */
const POINTS = 425;
const COLOURS = {
  told: '#1a7f37',
  again: '#8c959f',
  false: '#cf222e',
  incident: '#fff1d6',
  line: '#0550ae',
  ink: '#1f2328',
};

/** As SVG without scripts: precision against recall of all candidates, and the time line of one: incidents, pages and burn. */
export function backtestPicture(
  backtest: Backtest,
  chosen: Ranked,
  series: CountSeries,
  language: Language,
): string {
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(WORDS.label[language])}" font-family="system-ui, sans-serif" font-size="12" fill="${COLOURS.ink}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    words(LINE.left, 30, WORDS.title(backtest.ranked.length)[language], 'font-size="16" font-weight="600"'),
    ...scatter(backtest, chosen, language),
    ...facts(chosen, language),
    ...timeLine(backtest, chosen, series, language),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

/** What XML would read as its own, and characters that no XML may hold. */
export const escaped = (value: string): string =>
  Array.from(value, (letter) => ENTITIES[letter] ?? (isXml(letter.codePointAt(0) ?? 0) ? letter : '�')).join(
    '',
  );

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const isXml = (code: number): boolean =>
  code === 9 ||
  (code >= 0x20 && code < 0x7f) ||
  (code >= 0xa0 && code < 0xd800) ||
  (code >= 0xe000 && code < 0xfffe) ||
  code > 0xffff;

const words = (x: number, y: number, value: string, more = ''): string =>
  `<text x="${rounded(x)}" y="${rounded(y)}" ${more}>${escaped(value)}</text>`;

const rounded = (value: number): string => String(Math.round(value * 10) / 10);

function scatter({ ranked }: Backtest, chosen: Ranked, language: Language): readonly string[] {
  const { height, left, top, width } = PLOT;
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    `<path d="M${left} ${rounded(top + height * (1 - share))}h${width}M${rounded(left + width * share)} ${top}v${height}" stroke="#d1d9e0" stroke-width="${share % 1 === 0 ? 1 : 0.5}"/>`,
    words(left - 8, top + height * (1 - share) + 4, `${share * 100}%`, 'text-anchor="end"'),
    words(left + width * share, top + height + 16, `${share * 100}%`, 'text-anchor="middle"'),
  ]);
  // The best are drawn last, so that they are seen.
  const points = ranked.toReversed().map((one) => {
    const { precision, recall } = one.evaluation;
    const x = left + width * (recall === undefined ? 0 : recall.hits / recall.of);
    const y = top + height * (1 - (precision === undefined ? 0 : precision.hits / precision.of));
    const isChosen = one.number === chosen.number;
    const tip = `<title>${escaped(nameOf(one))}</title>`;
    return `<circle cx="${rounded(x)}" cy="${rounded(y)}" r="${isChosen ? 7 : 4.5}" fill="${one.pareto ? COLOURS.told : '#afb8c1'}" fill-opacity="0.7"${isChosen ? ` stroke="${COLOURS.ink}" stroke-width="2"` : ''}>${tip}</circle>`;
  });
  return [
    ...grid,
    words(left, top - 10, WORDS.precision[language]),
    words(left + width, top + height + 34, WORDS.recall[language], 'text-anchor="end"'),
    ...points,
  ];
}

const nameOf = ({ candidate, number }: Ranked): string =>
  [
    `${number}: ${candidate.slo}`,
    ...Object.entries(candidate.settings).map(([key, value]) => `${key} ${value}`),
  ].join(', ');

function facts(chosen: Ranked, language: Language): readonly string[] {
  const { evaluation, candidate, number } = chosen;
  const { falsePagesPerWeek, minutesToDetect, precision, recall } = evaluation;
  const share = (name: string, found: typeof recall): string =>
    found === undefined
      ? `${name}: –`
      : `${name}: ${found.hits}/${found.of} (${Math.round(found.low * 100)}–${Math.round(found.high * 100)}%)`;
  const lines = [
    WORDS.chosen(number)[language],
    candidate.slo,
    ...Object.entries(candidate.settings)
      .slice(0, 12)
      .map(([key, value]) => `${key}: ${value}`),
    '',
    share(WORDS.recall[language], recall),
    share(WORDS.precision[language], precision),
    `${WORDS.falsePages[language]}: ${falsePagesPerWeek.toFixed(2)}`,
    `${WORDS.toDetect[language]}: ${minutesToDetect === undefined ? '–' : `${minutesToDetect.median} (≤ ${minutesToDetect.most}) min`}`,
  ];
  return lines.map((line, index) =>
    words(430, PLOT.top + 8 + index * 17, line, index === 0 ? 'font-weight="600"' : ''),
  );
}

function timeLine(
  { history, incidents }: Backtest,
  chosen: Ranked,
  series: CountSeries,
  language: Language,
): readonly string[] {
  const { height, left, top, width } = LINE;
  const minutes = Math.max(1, history.toMinute - history.fromMinute);
  const x = (minute: number): number =>
    left +
    (width * (Math.min(Math.max(minute, history.fromMinute), history.toMinute) - history.fromMinute)) /
      minutes;
  const wide = (from: number, to: number): string => rounded(Math.max(2, x(to) - x(from)));
  const bands = incidents.map(
    ({ fromMinute, title, toMinute }) =>
      `<rect x="${rounded(x(fromMinute))}" y="${top}" width="${wide(fromMinute, toMinute)}" height="${height}" fill="${COLOURS.incident}" stroke="#d4a72c" stroke-width="0.5"><title>${escaped(`${title} ${timeOf(fromMinute)}`)}</title></rect>`,
  );
  const pages = chosen.evaluation.pages.map(
    ({ fromMinute, kind, toMinute }) =>
      `<rect x="${rounded(x(fromMinute))}" y="${top + height + 6}" width="${wide(fromMinute, toMinute)}" height="12" fill="${COLOURS[kind]}"><title>${escaped(`${WORDS[kind][language]} ${timeOf(fromMinute)}`)}</title></rect>`,
  );
  const legend = (['told', 'again', 'false'] as const).flatMap((kind, index) => [
    `<rect x="${left + index * 190}" y="${top + height + 48}" width="12" height="12" fill="${COLOURS[kind]}"/>`,
    words(left + index * 190 + 18, top + height + 58, WORDS[kind][language]),
  ]);
  return [
    words(left, top - 12, WORDS.burn[language]),
    `<path d="M${left} ${top}v${height}h${width}" fill="none" stroke="#d1d9e0"/>`,
    ...bands,
    ...burn(chosen, series, language),
    ...pages,
    words(left, top + height + 36, `${timeOf(history.fromMinute).slice(0, 16)}Z`),
    words(left + width, top + height + 36, `${timeOf(history.toMinute).slice(0, 16)}Z`, 'text-anchor="end"'),
    ...legend,
    `<rect x="${left + 570}" y="${top + height + 48}" width="12" height="12" fill="${COLOURS.incident}" stroke="#d4a72c"/>`,
    words(left + 588, top + height + 58, WORDS.incident[language]),
  ];
}

/** How fast the budget burned over the long window of the first page, beside what it pages at. */
function burn(chosen: Ranked, series: CountSeries, language: Language): readonly string[] {
  const { height, left, top, width } = LINE;
  const { objective } = chosen.candidate;
  const [alert] = objective.alerts;
  const allowed = toNumber(allowance(objective.targetPpm));
  if (alert === undefined || allowed === 0) return [];
  const counted = objective.slices === undefined ? series : judgeSlices(series, objective.slices);
  const length = series.toMinute - series.fromMinute;
  const highest = Array.from({ length: POINTS }, () => 0);
  for (let at = 0; at <= length; at += 1) {
    const toMinute = series.fromMinute + at;
    const { good, total } = countsBetween(counted, { fromMinute: toMinute - alert.longMinutes, toMinute });
    const point = Math.min(POINTS - 1, Math.floor((at * POINTS) / Math.max(1, length)));
    if (total > 0) highest[point] = Math.max(highest[point] ?? 0, (total - good) / total / allowed);
  }
  const factor = toNumber(alert.factor);
  const most = Math.max(factor * 1.2, ...highest);
  const y = (rate: number): string => rounded(top + height * (1 - rate / most));
  const path = highest.map((rate, point) => `${rounded(left + (width * point) / (POINTS - 1))} ${y(rate)}`);
  return [
    `<path d="M${path.join('L')}" fill="none" stroke="${COLOURS.line}" stroke-width="1.2"/>`,
    `<path d="M${left} ${y(factor)}h${width}" stroke="${COLOURS.false}" stroke-dasharray="4 3"/>`,
    words(
      left + width,
      Number(y(factor)) - 4,
      WORDS.pagesAt(factor.toFixed(1), alert.longMinutes)[language],
      'text-anchor="end"',
    ),
    words(left - 8, top + 8, `${most.toFixed(0)}×`, 'text-anchor="end"'),
    words(left - 8, top + height, '0', 'text-anchor="end"'),
  ];
}

const WORDS = {
  label: text('Backtest of SLO candidates', 'SLO 候補のバックテスト'),
  title: (count: number) => text(`Backtest: ${count} candidates`, `バックテスト: 候補 ${count} 件`),
  precision: text('Precision of pages', '適合率(ページが正しかった割合)'),
  recall: text('Recall of incidents', '再現率(検知できたインシデントの割合)'),
  falsePages: text('False pages a week', '誤報/週'),
  toDetect: text('Time to detect', '検知までの時間'),
  chosen: (number: number) => text(`Candidate ${number}`, `候補 ${number}`),
  burn: text('Burn rate', 'バーンレート'),
  pagesAt: (factor: string, minutes: number) =>
    text(`pages above ${factor}× over ${minutes} min`, `${minutes} 分間で ${factor} 倍を超えるとページ`),
  told: text('page of an incident', 'インシデントのページ'),
  again: text('page once more', '同じインシデントの再ページ'),
  false: text('false page', '誤報'),
  incident: text('incident', 'インシデント'),
};
