import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { didYouMean } from '#platform/core';
import { type AlertTableName, alertsOfTable } from '../alerts/alert-tables.ts';
import { type AlertSpec, burnAlerts } from '../alerts/burn-alert.ts';
import { minutesWords } from '../definitions/durations.ts';
import type { Definitions, Slo, SloObjective } from '../definitions/resolve.ts';
import { type Ppm, percent } from '../objective/ppm.ts';
import { nominalMinutes, rollingWindow, type TimeWindow } from '../objective/time-window.ts';
import { compileScreens } from '../screens/screen.ts';
import type { Objective } from '../status/status.ts';
import type { Candidate, Judgement } from './candidate.ts';
import { judgementsOf, type Tried } from './grid-judgements.ts';
import type { Grid, SloGrid } from './grid-schema.ts';

/** More are no better picture, and nobody reads their table. */
export const MOST_CANDIDATES = 5000;

export interface Candidates {
  readonly candidates: readonly Candidate[];
  /** Combinations that are none, each reason once: alerts that could never fire, tables for other periods. */
  readonly leftOut: readonly Reason[];
  /** SLOs that access logs tell nothing of. */
  readonly notOfLogs: readonly string[];
}

/** Every combination that a grid asks for; without a grid the definitions as they are. `only`: SLOs by name, all when empty. */
export function candidatesOf(
  definitions: Definitions,
  grid: Grid | undefined,
  only: readonly string[] = [],
): Result<Candidates, Problem> {
  const unknown = unknownNames(definitions, grid, only);
  const [first, ...more] = unknown;
  if (first !== undefined) return err(problem('bad-input', first, ...more));
  const wanted = definitions.slos.filter(({ metadata: { name } }) =>
    only.length > 0 ? only.includes(name) : grid === undefined || grid.slos.has(name),
  );
  const leftOut = new Map<string, Reason>();
  const notOfLogs: string[] = [];
  const candidates: Candidate[] = [];
  let count = 0;
  for (const slo of wanted) {
    const tried = judgementsOf(definitions, slo, grid);
    if (!tried.ok) return tried;
    if (tried.value === undefined) {
      notOfLogs.push(slo.metadata.name);
      continue;
    }
    const promises = promisesOf(slo, grid?.slos.get(slo.metadata.name) ?? {});
    count += promises.length * tried.value.count;
    if (count > MOST_CANDIDATES) return err(tooMany(count));
    for (const judged of tried.value.all()) {
      for (const promise of promises) {
        const made = candidateOf(slo, judged, promise);
        if (made.ok) candidates.push(made.value);
        else
          for (const reason of made.error.reasons)
            leftOut.set(`${slo.metadata.name} ${reason.message.en}`, reason);
      }
    }
  }
  if (candidates.length === 0) return err(nothingToTry([...leftOut.values()], notOfLogs));
  return ok({ candidates, leftOut: [...leftOut.values()], notOfLogs });
}

/** What an SLO could promise, and who would be told. */
interface Promised {
  readonly targetPpm: Ppm;
  readonly window: TimeWindow;
  readonly alerts: AlertTableName | 'defined';
  readonly defined: SloObjective;
  readonly settings: Readonly<Record<string, string>>;
}

function promisesOf(slo: Slo, grid: SloGrid): readonly Promised[] {
  // Where objectives are tried, there is one list of them, not one for each that is defined.
  const bases = grid.objective === undefined ? slo.objectives : slo.objectives.slice(0, 1);
  return bases.flatMap((defined) =>
    (grid.objective ?? [defined.targetPpm]).flatMap((targetPpm) =>
      windowsOf(grid, defined).flatMap((window) =>
        (grid.alerts ?? ['defined' as const]).map(
          (alerts): Promised => ({
            ...{ targetPpm, window, alerts, defined },
            settings: { objective: percent(targetPpm), window: windowWords(window), alerts },
          }),
        ),
      ),
    ),
  );
}

function windowsOf({ window }: SloGrid, defined: SloObjective): readonly TimeWindow[] {
  if (window === undefined) return [defined.window];
  return window.flatMap((minutes) => {
    const rolling = rollingWindow(minutes);
    return rolling.ok ? [rolling.value] : [];
  });
}

const windowWords = (window: TimeWindow): string =>
  window.kind === 'rolling'
    ? minutesWords(window.minutes)
    : `${window.every.count} ${window.every.unit} (${window.timeZone})`;

function candidateOf(slo: Slo, tried: Tried, promise: Promised): Result<Candidate, Problem> {
  const { targetPpm, window, alerts, defined, settings } = promise;
  const periodMinutes = nominalMinutes(window);
  const specs = alerts === 'defined' ? definedPages(slo, defined) : alertsOfTable(alerts, periodMinutes);
  if (!specs.ok) return specs;
  const { slices } = defined;
  const built = burnAlerts(
    specs.value.filter(({ severity }) => severity === 'page'),
    { targetPpm, periodMinutes, ...(slices && { sliceMinutes: slices.minutes }) },
  );
  if (!built.ok) return built;
  const faults = faultsOf(tried.judgement);
  if (!faults.ok) return faults;
  const objective: Objective = { targetPpm, window, ...(slices && { slices }), alerts: built.value };
  return ok({
    slo: slo.metadata.name,
    judgement: tried.judgement,
    objective,
    settings: { ...settings, ...tried.settings },
  });
}

function faultsOf(judgement: Judgement): Result<unknown, Problem> {
  return judgement.kind === 'screen' ? compileScreens([judgement.screen]) : ok(undefined);
}

function definedPages(
  { metadata: { name } }: Slo,
  { alerts }: SloObjective,
): Result<readonly AlertSpec[], Problem> {
  if (alerts.some(({ severity }) => severity === 'page')) return ok(alerts);
  return err(
    problem('bad-input', {
      rule: 'backtest.no-pages',
      message: text(
        `Nothing of ${name} pages anybody.`,
        `${name} には、ページ(呼び出し)するアラートがありません。`,
      ),
      remedy: text(
        'Give it alerts: the annotation `sekisho.dev/alerts: google`, or `alerts: [google, pyrra]` in the grid.',
        'アノテーション `sekisho.dev/alerts: google` か、グリッドの `alerts: [google, pyrra]` でアラートを指定してください。',
      ),
    }),
  );
}

function unknownNames(
  definitions: Definitions,
  grid: Grid | undefined,
  only: readonly string[],
): readonly Reason[] {
  const names = definitions.slos.map(({ metadata }) => metadata.name);
  const reasonFor = (name: string): Reason => ({
    rule: 'backtest.unknown-slo',
    message: text(`No SLO is named ${name}.`, `${name} という名前の SLO はありません。`),
    remedy: didYouMean(name, names),
  });
  return [
    ...[...(grid?.slos.keys() ?? [])]
      .filter((name) => !names.includes(name))
      .map((name) => grid?.reasonAt([name], reasonFor(name)) ?? reasonFor(name)),
    ...only.filter((name) => !names.includes(name)).map(reasonFor),
  ];
}

const tooMany = (count: number): Problem =>
  problem('too-large', {
    rule: 'backtest.too-many',
    message: text(
      `These are more than ${MOST_CANDIDATES} combinations (${count} so far).`,
      `組み合わせが ${MOST_CANDIDATES} 件を超えています(これまでに ${count} 件)。`,
    ),
    remedy: text(
      'Try fewer values at once: first objectives and alerts, then thresholds.',
      '一度に試す値を減らしてください。まず目標とアラート、次にしきい値を試すとよいでしょう。',
    ),
  });

function nothingToTry(leftOut: readonly Reason[], notOfLogs: readonly string[]): Problem {
  const [first, ...more] = leftOut;
  if (first !== undefined) return problem('bad-input', first, ...more);
  const names = notOfLogs.join(', ');
  return problem('bad-input', {
    rule: 'backtest.nothing',
    message: text(
      `There is no SLO here that access logs could tell${names === '' ? '' : ` (${names})`}.`,
      `アクセスログから評価できる SLO がありません${names === '' ? '' : `(${names})`}。`,
    ),
    remedy: text(
      'Name definitions with an SLO on a screen or on requests of an access log.',
      '画面またはアクセスログのリクエストに対する SLO の定義を指定してください。',
    ),
  });
}
