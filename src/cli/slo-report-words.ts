import { type Language, type Text, text } from '#core-values';
import type { LineFault, ReportedSlo, SloReport } from '#slo/core';

type Kind = SloReport['notFromLogs'][number]['kind'];
type Way = keyof SloReport['screens'][number]['ways'];

const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);
const n = (count: number, language: Language): string => count.toLocaleString(language);
const both = (en: (language: Language) => string, ja: (language: Language) => string): Text =>
  text(en('en'), ja('ja'));

/** 0.9871 as 98.71 %: rounded down, so that nothing looks better than it is. */
export function percentOf(ppm: number): string {
  const hundredths = Math.floor(Math.abs(ppm) / 100) * (ppm < 0 ? -1 : 1);
  return `${(hundredths / 100).toLocaleString('en', { maximumFractionDigits: 2 })}%`;
}

export const WORDS = {
  title: text('SLO report', 'SLO レポート'),
  logs: text('Logs', 'ログ'),
  unparsed: text('Not read', '読めない行'),
  outside: text('Left out', '対象外'),
  twins: text('Twice?', '重複?'),
  objective: text('Objective', '目標'),
  budget: text('Budget', 'バジェット'),
  line: text('Burn-down', '残量推移'),
  burn: text('Burn rate', 'バーンレート'),
  alerts: text('Alerts', 'アラート'),
  customers: text('Customers', '顧客'),
  blame: text('Blame', '原因'),
  screens: text('Screens', '画面'),
  views: text('Views', '表示'),
  ways: text('Found by', '特定方法'),
  sure: text('Confidence', '確かさ'),
  requests: text('Requests', 'リクエスト'),
  notFromLogs: text('Not told by access logs', 'アクセスログからは分からない SLO'),
  noRequests: text(
    'The logs hold no request that could be counted.',
    '数えられるリクエストがログにありません。',
  ),
  noSlos: text('No SLO is defined for access logs.', 'アクセスログの SLO が定義されていません。'),
  ofTotal: (files: number, lines: number) =>
    both(
      () => `${n(files, 'en')} ${plural(files, 'file')}, ${n(lines, 'en')} ${plural(lines, 'line')}`,
      () => `${n(files, 'ja')} ファイル、${n(lines, 'ja')} 行`,
    ),
  counted: (requests: number, skipped: number, unparsed: number) =>
    both(
      () => `${n(requests, 'en')} requests, ${n(skipped, 'en')} skipped, ${n(unparsed, 'en')} not read`,
      () =>
        `リクエスト ${n(requests, 'ja')}、読み飛ばし ${n(skipped, 'ja')}、読めない行 ${n(unparsed, 'ja')}`,
    ),
  before: (count: number) =>
    both(
      () => `${n(count, 'en')} before --from, or before 2000`,
      () => `--from または 2000 年より前 ${n(count, 'ja')} 件`,
    ),
  after: (count: number) =>
    both(
      () => `${n(count, 'en')} from --to on, or in the future`,
      () => `--to 以降または未来 ${n(count, 'ja')} 件`,
    ),
  twin: (one: string, other: string) =>
    text(
      `${other} begins like ${one}: the same requests may be counted twice`,
      `${other} は ${one} と同じ内容で始まります。同じリクエストを二重に数えている可能性があります`,
    ),
  verdict: {
    kept: text('kept', '達成'),
    spent: text('budget spent', 'バジェット超過'),
    'no-data': text('no events', 'イベントなし'),
  } satisfies Record<ReportedSlo['objectives'][number]['budget']['verdict'], Text>,
  over: (target: string, length: string) => text(`${target} over ${length}`, `${target}(期間 ${length})`),
  covers: (covered: string, whole: string) =>
    text(`the logs cover ${covered} of ${whole}`, `期間 ${whole}のうちログがあるのは ${covered}`),
  sli: (share: string, low: string, high: string) =>
    text(`SLI ${share} (95% interval ${low} to ${high})`, `SLI ${share}(95% 区間 ${low}〜${high})`),
  proof: {
    kept: text('proven kept', '達成を立証'),
    missed: text('proven missed', '未達を立証'),
    open: text('too few events to prove it', '立証にはイベント不足'),
  } satisfies Record<ReportedSlo['objectives'][number]['sli']['proof'], Text>,
  toProve: (count: number) =>
    both(
      () => `${n(count, 'en')} events would prove it`,
      () => `${n(count, 'ja')} 件あれば立証可能`,
    ),
  events: (kind: 'requests' | 'screen' | 'minutes', count: string): Text =>
    kind === 'requests'
      ? text(`${count} requests`, `リクエスト ${count} 件`)
      : kind === 'screen'
        ? text(`${count} views`, `表示 ${count} 件`)
        : text(`${count} min`, `${count} 分`),
  lostOf: (lost: Text, allowed: string) =>
    text(`${lost.en} lost of ${allowed} allowed`, `${lost.ja}を損失(許容 ${allowed})`),
  left: (share: string) => text(`${share} left`, `残り ${share}`),
  overspent: (share: string) => text(`overspent by ${share}`, `超過 ${share}`),
  slices: (minutes: number, good: number, bad: number, empty: number) =>
    both(
      () => `slices of ${minutes} min: ${n(good, 'en')} good, ${n(bad, 'en')} bad, ${n(empty, 'en')} empty`,
      () => `${minutes} 分スライス: 良 ${n(good, 'ja')}、悪 ${n(bad, 'ja')}、空 ${n(empty, 'ja')}`,
    ),
  unlimited: text('unlimited', '無限大'),
  severity: { page: text('page', 'ページ'), ticket: text('ticket', 'チケット') },
  condition: {
    quiet: text('quiet', '静穏'),
    unproven: text('too few events to be sure', 'イベント不足で未確定'),
    burning: text('burning', '燃焼中'),
  },
  fires: text('FIRING at the end', '最後の時点で発報中'),
  fired: (times: number, minutes: string) =>
    text(`fired ${times} ${plural(times, 'time')} (${minutes})`, `発報 ${times} 回(計 ${minutes})`),
  lastFired: (when: string) => text(`last from ${when}`, `直近 ${when} から`),
  givesBack: (views: number, share: string) =>
    both(
      () => `${n(views, 'en')} ${plural(views, 'view')} back (${share} of lost)`,
      () => `直せば ${n(views, 'ja')} 件回復(損失の ${share})`,
    ),
  thenLeft: (left: Text) => text(`then ${left.en}`, `その場合 ${left.ja}`),
  shared: {
    either: (views: number) =>
      both(
        () => `${n(views, 'en')} ${plural(views, 'view')}: any one of them would do`,
        () => `${n(views, 'ja')} 件: どれか 1 つを直せば回復`,
      ),
    together: (views: number) =>
      both(
        () => `${n(views, 'en')} ${plural(views, 'view')}: only all of them together`,
        () => `${n(views, 'ja')} 件: すべて直せば回復`,
      ),
  },
  manyRequests: text('(many different requests)', '(さまざまなリクエスト)'),
  nothingLost: text('nothing was lost', '損失なし'),
  more: (count: number) =>
    both(
      () => `${n(count, 'en')} more`,
      () => `ほか ${n(count, 'ja')} 件`,
    ),
  viewCounts: (views: number, good: string) =>
    both(
      () => `${n(views, 'en')} judged${good === '' ? '' : `, ${good} good`}`,
      () => `判定 ${n(views, 'ja')} 件${good === '' ? '' : `、良 ${good}`}`,
    ),
  abandoned: (count: number) =>
    both(
      () => `${n(count, 'en')} abandoned`,
      () => `離脱 ${n(count, 'ja')}`,
    ),
  bots: (count: number) =>
    both(
      () => `${n(count, 'en')} by bots`,
      () => `ボット ${n(count, 'ja')}`,
    ),
  way: {
    'page-view-id': text('page-view id', 'ページビュー ID'),
    trace: text('trace', 'トレース'),
    referer: text('Referer', 'Referer'),
    client: text('client and time', 'クライアントと時刻'),
    alone: text('document alone', '文書のみ'),
  } satisfies Record<Way, Text>,
  sureOf: (share: string) => text(`${share} sure`, `確実 ${share}`),
  incompleteOf: (share: string) => text(`${share} lack a required request`, `必須リクエスト欠落 ${share}`),
  unmeasuredOf: (share: string) => text(`${share} with untold times`, `時間不明 ${share}`),
  elsewhere: (share: string) => text(`${share} of no screen`, `画面に属さない ${share}`),
  unplaced: (count: number) =>
    both(
      () => `${n(count, 'en')} of no open view`,
      () => `開いている表示がない ${n(count, 'ja')} 件`,
    ),
  late: (count: number) =>
    both(
      () => `${n(count, 'en')} late, not counted in views`,
      () => `遅れて現れ、表示に数えていない ${n(count, 'ja')} 件`,
    ),
  lateRemedy: text(
    'Lines are out of order by more than --lateness. Give a longer one, such as --lateness 15m, or sort the log by time.',
    '行の順序が --lateness を超えて前後しています。--lateness 15m のように長くするか、ログを時刻順に並べ替えてください。',
  ),
  kind: {
    freshness: (name: string) => text(`freshness of ${name}`, `${name} の鮮度`),
    downtime: (name: string) => text(`alerts of ${name}`, `${name} のアラート`),
    queries: (name: string) => text(`queries of ${name}`, `${name} へのクエリ`),
  } satisfies Record<Kind, (name: string) => Text>,
  fault: {
    shape: text('not in the form of the format', '形式に合わない'),
    time: text('no time', '時刻が読めない'),
    status: text('no status', 'ステータスが読めない'),
    number: text('a number is none', '数値が読めない'),
    json: text('not JSON', 'JSON でない'),
    'fields-unknown': text('before its #Fields header', '#Fields ヘッダーより前'),
    'too-long': text('longer than 256 KiB', '256 KiB を超える'),
    'cut-off': text('cut off', '途中で切れている'),
  } satisfies Record<LineFault, Text>,
};

const UNITS = [
  ['d', '日', 1440],
  ['h', '時間', 60],
  ['min', '分', 1],
] as const;

/** `3 d 4 h`: the two largest units. */
export function lengthOf(minutes: number): Text {
  const parts: (readonly [number, string, string])[] = [];
  let rest = minutes;
  for (const [en, ja, length] of UNITS) {
    if (rest >= length) parts.push([Math.floor(rest / length), en, ja]);
    rest %= length;
  }
  const shown = parts.length === 0 ? ([[0, 'min', '分']] as const) : parts.slice(0, 2);
  return text(
    shown.map(([count, en]) => `${count} ${en}`).join(' '),
    shown.map(([count, , ja]) => `${count} ${ja}`).join(' '),
  );
}
