import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { didYouMean } from '#platform/core';
import { latencyWords } from '../definitions/durations.ts';
import type { Definitions, Slo } from '../definitions/resolve.ts';
import { percent } from '../objective/ppm.ts';
import type { Screen, ScreenRequest } from '../screens/screen.ts';
import type { Judgement } from './candidate.ts';
import type { Grid, SloGrid } from './grid-schema.ts';

/** One way to call events good, with what tells it from the others. */
export interface Tried {
  readonly judgement: Judgement;
  readonly settings: Readonly<Record<string, string>>;
}

export interface TriedAll {
  /** Known before any of them is made. */
  readonly count: number;
  readonly all: () => readonly Tried[];
}

/** A setting, its values in words, and how each changes what is judged. */
interface Axis<T> {
  readonly name: string;
  readonly values: readonly { readonly words: string; readonly apply: (to: T) => T }[];
}

/** All ways that a grid asks for; undefined for an SLO that access logs tell nothing of. */
export function judgementsOf(
  definitions: Definitions,
  slo: Slo,
  grid: Grid | undefined,
): Result<TriedAll | undefined, Problem> {
  const { indicator, metadata } = slo;
  const own = grid?.slos.get(metadata.name) ?? {};
  if (indicator.kind === 'requests') {
    const faults = unfit(metadata.name, own, ['bar', 'threshold', 'requests'], grid);
    if (!faults.ok) return faults;
    const base: Judgement = { kind: 'requests', name: metadata.name, indicator };
    const slower: Axis<Judgement> = {
      name: 'slowerThan',
      values: (own.slowerThan ?? []).map((ms) => ({
        words: latencyWords(ms),
        apply: () => ({ ...base, indicator: { ...indicator, slowerThanMs: ms } }),
      })),
    };
    return ok(combined(base, [slower]));
  }
  if (indicator.kind !== 'screen') return ok(undefined);
  const screen = definitions.screens.find((known) => known.screen.name === indicator.screen)?.screen;
  if (screen === undefined) return ok(undefined);
  const faults = unfit(metadata.name, own, ['slowerThan'], grid, screen);
  if (!faults.ok) return faults;
  const axes = screenAxes(screen, own);
  const all = combined(screen, axes);
  return ok({
    count: all.count,
    all: () =>
      all
        .all()
        .map(({ judgement, settings }) => ({ judgement: { kind: 'screen', screen: judgement }, settings })),
  });
}

function screenAxes(screen: Screen, grid: SloGrid): readonly Axis<Screen>[] {
  const ofScreen: readonly Axis<Screen>[] = [
    {
      name: 'bar',
      values: (grid.bar ?? []).map((barPpm) => ({
        words: percent(barPpm),
        apply: (to) => ({ ...to, barPpm }),
      })),
    },
    {
      name: 'threshold',
      values: (grid.threshold ?? []).map((thresholdMs) => ({
        words: latencyWords(thresholdMs),
        apply: (to) => ({ ...to, thresholdMs }),
      })),
    },
  ];
  const ofRequests = Object.entries(grid.requests ?? {}).flatMap(
    ([route, { threshold = [], weight = [] }]): readonly Axis<Screen>[] => {
      const place = screen.requests.findIndex(({ routes }) => routes.includes(route));
      const changed = (to: Screen, change: Partial<ScreenRequest>): Screen => ({
        ...to,
        requests: to.requests.map((request, at) => (at === place ? { ...request, ...change } : request)),
      });
      return [
        {
          name: `${route}.threshold`,
          values: threshold.map((thresholdMs) => ({
            words: latencyWords(thresholdMs),
            apply: (to) => changed(to, { thresholdMs }),
          })),
        },
        {
          name: `${route}.weight`,
          values: weight.map((value) => ({
            words: String(value),
            apply: (to) => changed(to, { weight: value }),
          })),
        },
      ];
    },
  );
  return [...ofScreen, ...ofRequests];
}

/** Every combination of one value of each axis; an axis without values leaves what is defined. */
function combined<T>(
  base: T,
  axes: readonly Axis<T>[],
): {
  readonly count: number;
  readonly all: () => readonly (Omit<Tried, 'judgement'> & { readonly judgement: T })[];
} {
  const used = axes.filter(({ values }) => values.length > 0);
  return {
    count: used.reduce((product, { values }) => product * values.length, 1),
    all: () =>
      used.reduce<readonly { readonly judgement: T; readonly settings: Readonly<Record<string, string>> }[]>(
        (made, { name, values }) =>
          made.flatMap(({ judgement, settings }) =>
            values.map(({ apply, words }) => ({
              judgement: apply(judgement),
              settings: { ...settings, [name]: words },
            })),
          ),
        [{ judgement: base, settings: {} }],
      ),
  };
}

/** Settings that this SLO does not have, and routes that its screen does not have. */
function unfit(
  name: string,
  own: SloGrid,
  foreign: readonly (keyof SloGrid)[],
  grid: Grid | undefined,
  screen?: Screen,
): Result<undefined, Problem> {
  const routes = screen?.requests.flatMap((request) => request.routes) ?? [];
  const at = (path: readonly string[], reason: Reason): Reason =>
    grid?.reasonAt([name, ...path], reason) ?? reason;
  const reasons = [
    ...foreign.filter((key) => own[key] !== undefined).map((key) => at([key], notItsOwn(name, key))),
    ...(screen === undefined ? [] : Object.keys(own.requests ?? {}))
      .filter((route) => !routes.includes(route))
      .map((route) => at(['requests', route], unknownRoute(route, routes))),
  ];
  const [first, ...more] = reasons;
  return first === undefined ? ok(undefined) : err(problem('bad-input', first, ...more));
}

const notItsOwn = (name: string, key: string): Reason => ({
  rule: 'backtest.not-its-own',
  message: text(`The SLO ${name} has no \`${key}\`.`, `SLO ${name} に \`${key}\` という設定はありません。`),
  remedy: text(
    'SLOs on screens have bar, threshold and requests; those on requests have slowerThan.',
    '画面の SLO には bar、threshold、requests が、リクエストの SLO には slowerThan があります。',
  ),
});

const unknownRoute = (route: string, routes: readonly string[]): Reason => ({
  rule: 'backtest.unknown-request',
  message: text(`This screen has no request ${route}.`, `この画面に ${route} というリクエストはありません。`),
  remedy: didYouMean(route, routes),
});
