import { type Text, text } from '#core-values';
import type { RequestEvidence } from './choice.ts';
import { counted, duration, percentOf, target, visibleRoute } from './figures.ts';
import type { DayCounts } from './measurement.ts';
import type { ObjectiveEvidence } from './objective.ts';
import type { Suggestion } from './suggestion.ts';
import { LEAST_THRESHOLD_MS, type ThresholdEvidence } from './threshold.ts';

/** What stands behind each line of a definition, in a few words. */

export function thresholdWords(found: ThresholdEvidence | undefined, durations: boolean): Text {
  if (!durations) return text('not known: the log tells no durations', '不明: ログに処理時間がありません');
  if (found === undefined)
    return text('not known: fewer than 50 were measured', '不明: 計測できたものが 50 件未満です');
  const { interval, isCapped, measured, p50, p95, p99, thresholdMs } = found;
  const [low = '', high = ''] = interval.map(duration);
  const all = counted(measured);
  // Both may fall into one bucket of the sketch.
  const sure =
    low === high ? text('', '') : text(` (95 % sure: ${low} to ${high})`, `(95 % 信頼区間 ${low}〜${high})`);
  if (thresholdMs === LEAST_THRESHOLD_MS)
    return text(
      `faster than this, nobody feels it; p95 ${duration(p95)}, p50 ${duration(p50)}, n ${all}`,
      `これより速くても体感できません。p95 ${duration(p95)}、p50 ${duration(p50)}、n ${all}`,
    );
  if (isCapped)
    return text(
      `twice p95 (${duration(p95)}); p99 of ${duration(p99 ?? 0)} is trouble, not how it should be; p50 ${duration(p50)}, n ${all}`,
      `p95 (${duration(p95)})の 2 倍。p99 の ${duration(p99 ?? 0)} は正常時の値とはみなしません。p50 ${duration(p50)}、n ${all}`,
    );
  if (p99 === undefined)
    return text(
      `p95 ${duration(p95)}${sure.en}; too few for p99; p50 ${duration(p50)}, n ${all}`,
      `p95 ${duration(p95)}${sure.ja}。p99 には件数不足。p50 ${duration(p50)}、n ${all}`,
    );
  return text(
    `p99 ${duration(p99)}${sure.en}, p95 ${duration(p95)}, p50 ${duration(p50)}, n ${all}`,
    `p99 ${duration(p99)}${sure.ja}、p95 ${duration(p95)}、p50 ${duration(p50)}、n ${all}`,
  );
}

/** Less says nothing of how many there are in a day. */
const LEAST_DAYS = 0.9;

const isFile = ({ kind }: RequestEvidence): boolean => kind === 'code' || kind === 'media';

export function weightWords(request: RequestEvidence): Text {
  if (isFile(request)) return text('files weigh little', '静的ファイルは軽くしています');
  if (request.waited === undefined)
    return text('a guess: the log tells no durations', '推測: ログに処理時間がありません');
  const share = percentOf(Math.round(request.waited * 1000), 1000);
  return text(`${share} of what people waited for`, `待ち時間の ${share}`);
}

export function requiredWords(
  request: RequestEvidence,
  isDocument: boolean,
  isRequired: boolean,
  views: number,
): Text {
  if (isDocument) return text('the page itself', 'ページ本体');
  const share = percentOf(request.seen, views);
  const came = text(
    `came in ${share} of ${counted(views)} views`,
    `${counted(views)} 表示中 ${share} で発生`,
  );
  if (isRequired) return came;
  if (isFile(request))
    return text(`${came.en}; browsers keep files`, `${came.ja}(ブラウザーのキャッシュにも残る)`);
  // Views that asked for nothing are often no person's.
  if (request.seen * 100 >= request.others * 99)
    return text(
      `${came.en}, and in nearly all that asked for anything: required, if the others are no people`,
      `${came.ja}。何かを要求した表示ではほぼ毎回。残りが人の閲覧でないなら必須に`,
    );
  return came;
}

export function afterWords({ order }: RequestEvidence, known: boolean): Text {
  if (!known) return text('assumed: times tell no order', '仮定: 時刻の精度では順序が分かりません');
  if (order === undefined) return text('assumed: too few to see it', '仮定: 件数不足');
  const { behind, both, slackMs } = order;
  return text(
    `began behind its end in ${percentOf(behind, both)} of ${counted(both)} views, ${duration(slackMs)} later in the median`,
    `${counted(both)} 表示中 ${percentOf(behind, both)} でその終了後に開始(中央値 ${duration(slackMs)} 後)`,
  );
}

export function targetWords({ counts, atLeast, next }: ObjectiveEvidence, things: Text): Text {
  const share = percentOf(counts.good, counts.total);
  const least = percentOf(atLeast, 1);
  const all = counted(counts.total);
  const en = `${share} of ${all} ${things.en} were good (95 % sure: at least ${least})`;
  const ja = `${things.ja} ${all} 件中 ${share} が良好(95 % の確かさで ${least} 以上)`;
  if (next === undefined) return text(en, ja);
  const above = target(next.targetPpm);
  if (!next.kept) return text(`${en}; ${above} was missed`, `${ja}。${above} は未達`);
  const proof = counted(next.toProve);
  const bad = counted(counts.total - counts.good);
  return bad === '0'
    ? text(
        `${en}; ${above} takes ${proof} without a bad one`,
        `${ja}。${above} と言うには失敗なしで ${proof} 件が必要`,
      )
    : text(
        `${en}; ${above} was kept too, but is not sure: that takes ${proof} with no more than these ${bad} bad ones`,
        `${ja}。${above} も満たしましたが、確かとは言えません(失敗 ${bad} 件のままで ${proof} 件が必要)`,
      );
}

/** What the objective means from day to day; nothing without an objective. */
export function budgetWords(
  days: DayCounts,
  { counts, targetPpm }: ObjectiveEvidence,
  suggestion: Suggestion,
  things: Text,
): readonly Text[] {
  const length = suggestion.span?.days ?? 0;
  const aDay = counts.total / Math.max(length, 1);
  const allowed = Math.floor((aDay * 30 * (1_000_000 - targetPpm)) / 1_000_000);
  const ofThousand = counted((1_000_000 - targetPpm) / 1000);
  if (length < LEAST_DAYS)
    return [
      text(
        `${ofThousand} of 1,000 ${things.en} may be bad; how many a month has, so short a log does not tell.`,
        `${things.ja} 1,000 件中 ${ofThousand} 件まで失敗が許されます。月間の件数は、この短いログからは分かりません。`,
      ),
    ];
  const budget = text(
    `${counted(allowed)} bad ${things.en} are allowed in 30 days, at ${counted(Math.round(aDay))} a day.`,
    `30 日間に許される失敗は ${counted(allowed)} 件(1 日 ${counted(Math.round(aDay))} 件の場合)。`,
  );
  const few = text(
    'So few that single ones decide: take a longer window, or judge several routes together.',
    '1 件の失敗で決まる少なさです。期間を延ばすか、複数のルートをまとめてください。',
  );
  const worst = [...days].toSorted(([, a], [, b]) => a.good / a.total - b.good / b.total)[0];
  if (days.size < 2 || worst === undefined) return allowed < 10 ? [budget, few] : [budget];
  const [day, own] = worst;
  const name = suggestion.dayWords(day);
  return [
    budget,
    ...(allowed < 10 ? [few] : []),
    text(
      `Worst day: ${name}, ${percentOf(own.good, own.total)} of ${counted(own.total)} good.`,
      `最も悪い日: ${name}(${counted(own.total)} 件中 ${percentOf(own.good, own.total)} が良好)`,
    ),
  ];
}

/** A few routes, and how many more there are. */
export function routesWords(routes: readonly string[], most = 5): Text {
  const named = routes.slice(0, most).map(visibleRoute).join(', ');
  const more = routes.length - most;
  if (more <= 0) return { en: named, ja: named };
  return text(`${named} and ${counted(more)} more`, `${named} ほか ${counted(more)} 件`);
}
