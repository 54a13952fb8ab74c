import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { didYouMean, type NodePath, type PlaceOf } from '#platform/core';
import type { EmptySlice } from '../budget/time-slices.ts';
import { nominalMinutes } from '../objective/time-window.ts';
import { compileScreens, type Screen } from '../screens/screen.ts';
import type { Objective } from '../status/status.ts';
import { EMPTY_ANNOTATION } from './annotations.ts';
import { type Catalogue, catalogueOf, type Placed } from './catalogue.ts';
import type { DefinitionOf, PlacedDefinition } from './documents.ts';
import type { Metadata, Refusal } from './fields.ts';
import { type Indicator, indicatorOf } from './indicators.ts';
import { type AlertPolicy, sloAlerts } from './slo-alerts.ts';

/** What the documents of a team mean together. */
export interface Definitions {
  readonly services: readonly DefinitionOf<'Service'>[];
  readonly dataSources: readonly DefinitionOf<'DataSource'>[];
  readonly screens: readonly {
    readonly service: string;
    readonly metadata: Metadata;
    readonly screen: Screen;
  }[];
  readonly slos: readonly Slo[];
}

export interface Slo {
  readonly metadata: Metadata;
  readonly description?: string;
  readonly service: string;
  readonly indicator: Indicator;
  readonly objectives: readonly SloObjective[];
  readonly policies: readonly AlertPolicy[];
}

export interface SloObjective extends Objective {
  readonly displayName?: string;
  /** Of threshold metrics of other systems: a value is good when it compares so. */
  readonly compared?: { readonly op: 'lte' | 'gte' | 'lt' | 'gt'; readonly value: number };
}

/** Every mistake that shows only when the documents are seen together, as `bad-config`. */
export function resolveDefinitions(placed: readonly PlacedDefinition[]): Result<Definitions, Problem> {
  const catalogue = catalogueOf(placed);
  const screens = screensOf(catalogue);
  const indicators = indicatorsOf(catalogue);
  const slos = catalogue.all('SLO').flatMap((slo) => sloOf(slo, indicators, catalogue) ?? []);
  const [first, ...more] = catalogue.reasons.toSorted(byPlace);
  if (first !== undefined) return err(problem('bad-config', first, ...more));
  return ok({
    services: catalogue.all('Service').map(({ definition }) => definition),
    dataSources: catalogue.all('DataSource').map(({ definition }) => definition),
    screens,
    slos,
  });
}

const byPlace = ({ place: a }: Reason, { place: b }: Reason): number =>
  (a?.file === b?.file ? 0 : (a?.file ?? '') < (b?.file ?? '') ? -1 : 1) ||
  (a?.line ?? 0) - (b?.line ?? 0) ||
  (a?.column ?? 0) - (b?.column ?? 0);

/** As soon as one service is defined, all must be: else a slip of the pen makes a service that no gate looks at. */
function checkService(name: string, placeOf: PlaceOf, catalogue: Catalogue): void {
  if (catalogue.all('Service').length > 0) catalogue.named('Service', name, placeOf, ['spec', 'service']);
}

function screensOf(catalogue: Catalogue): Definitions['screens'] {
  const screens = catalogue.all('Screen').map(({ definition, placeOf }) => {
    const { service, description: _, ...screen } = definition.spec;
    checkService(service, placeOf, catalogue);
    return { service, metadata: definition.metadata, screen: { ...screen, name: definition.metadata.name } };
  });
  const compiled = compileScreens(screens.map(({ screen }) => screen));
  // What is wrong with one screen was told by its schema, with its place: this is about all of them together.
  if (!compiled.ok) catalogue.reasons.push(...compiled.error.reasons);
  return screens;
}

type Indicators = ReadonlyMap<string, Indicator | undefined>;

/** Also of SLIs that no SLO uses: a mistake is told before it matters. */
function indicatorsOf(catalogue: Catalogue): Indicators {
  return new Map(
    catalogue.all('SLI').map(({ definition, placeOf }) => {
      const indicator = readIndicator(definition.spec, ['spec'], placeOf, catalogue);
      return [definition.metadata.name, indicator];
    }),
  );
}

function readIndicator(
  spec: DefinitionOf<'SLI'>['spec'],
  path: NodePath,
  placeOf: PlaceOf,
  catalogue: Catalogue,
): Indicator | undefined {
  const typeOf = (name: string) => catalogue.find('DataSource', name)?.definition.spec.type;
  const indicator = indicatorOf({ metric: spec.metric, path, placeOf, typeOf });
  if (!indicator.ok) {
    catalogue.reasons.push(...indicator.error);
    return undefined;
  }
  if (indicator.value.kind === 'screen')
    catalogue.named('Screen', indicator.value.screen, placeOf, [
      ...path,
      ...['ratioMetric', 'total', 'metricSource', 'spec', 'screen'],
    ]);
  return indicator.value;
}

function sloOf(slo: Placed<'SLO'>, indicators: Indicators, catalogue: Catalogue): Slo | undefined {
  const { definition, placeOf } = slo;
  const { metadata, spec } = definition;
  checkService(spec.service, placeOf, catalogue);
  const empty = emptySlices(slo, catalogue);
  const indicator = indicatorOfSlo(slo, indicators, catalogue);
  const periodMinutes = nominalMinutes(spec.window);
  const alerted = spec.objectives.map(({ targetPpm, slice }) => ({
    targetPpm,
    periodMinutes,
    ...(slice && { sliceMinutes: slice.minutes }),
  }));
  const { alerts, policies } = sloAlerts(slo, alerted, catalogue);
  if (indicator === undefined) return undefined;
  checkObjectives(slo, indicator, catalogue);
  const objectives = spec.objectives.map(({ displayName, targetPpm, slice, op, value }, index) => ({
    ...(displayName !== undefined && { displayName }),
    ...(op !== undefined && value !== undefined && { compared: { op, value } }),
    targetPpm,
    window: spec.window,
    ...(slice && empty && { slices: { ...slice, empty } }),
    alerts: alerts[index] ?? [],
  }));
  const { description, service } = spec;
  return {
    metadata,
    ...(description !== undefined && { description }),
    service,
    indicator,
    objectives,
    policies,
  };
}

function indicatorOfSlo(
  { definition, placeOf }: Placed<'SLO'>,
  indicators: Indicators,
  catalogue: Catalogue,
): Indicator | undefined {
  const { indicator } = definition.spec;
  if (!('ref' in indicator))
    return readIndicator(indicator.spec, ['spec', 'indicator', 'spec'], placeOf, catalogue);
  catalogue.named('SLI', indicator.ref, placeOf, ['spec', 'indicatorRef']);
  return indicators.get(indicator.ref);
}

const EMPTY_SLICES: readonly EmptySlice[] = ['good', 'bad', 'not-judged'];

function emptySlices({ definition, placeOf }: Placed<'SLO'>, catalogue: Catalogue): EmptySlice | undefined {
  const said = definition.metadata.annotations?.[EMPTY_ANNOTATION];
  const isSliced = definition.spec.budgetingMethod === 'Timeslices';
  const path = ['metadata', 'annotations', EMPTY_ANNOTATION];
  const empty = EMPTY_SLICES.find((known) => known === said);
  if (said !== undefined && !isSliced) catalogue.refuse(EMPTY_UNUSED, placeOf, path);
  else if (said !== undefined && empty === undefined) catalogue.refuse(noEmpty(said), placeOf, path);
  else if (said === undefined && isSliced) catalogue.refuse(EMPTY_UNSAID, placeOf, ['metadata']);
  return empty;
}

/** Kinds of which every minute is an event: their budgets are of time. */
const TIMED: ReadonlySet<Indicator['kind']> = new Set(['freshness', 'downtime']);

function checkObjectives(
  { definition, placeOf }: Placed<'SLO'>,
  indicator: Indicator,
  { refuse }: Catalogue,
): void {
  const { budgetingMethod, objectives } = definition.spec;
  const isThreshold = indicator.kind === 'queries' && indicator.metric.kind === 'threshold';
  if ((isThreshold || TIMED.has(indicator.kind)) && budgetingMethod !== 'Timeslices')
    refuse(NEEDS_SLICES, placeOf, ['spec', 'budgetingMethod']);
  if (!isThreshold) return;
  // OpenSLO: "If thresholdMetric has been defined, only one Threshold can be defined."
  if (objectives.length > 1) refuse(ONE_THRESHOLD, placeOf, ['spec', 'objectives', 1]);
  objectives.forEach(({ op, value }, index) => {
    if (op === undefined || value === undefined) refuse(UNCOMPARED, placeOf, ['spec', 'objectives', index]);
  });
}

const EMPTY_UNSAID: Refusal = {
  rule: 'slo.empty-slices-unsaid',
  message: text(
    'Nothing says what a time slice without events counts as.',
    'イベントのないタイムスライスを何と数えるか書かれていません。',
  ),
  remedy: text(
    `Add the annotation \`${EMPTY_ANNOTATION}\`: good, bad or not-judged.`,
    `アノテーション \`${EMPTY_ANNOTATION}\` に good、bad、not-judged のいずれかを書いてください。`,
  ),
};
const EMPTY_UNUSED: Refusal = {
  rule: 'slo.slice-unused',
  message: text('With Occurrences there are no time slices.', 'Occurrences にタイムスライスはありません。'),
  remedy: text(
    'Remove it, or write `budgetingMethod: Timeslices`.',
    '削除するか、`budgetingMethod: Timeslices` にしてください。',
  ),
};
const noEmpty = (said: string): Refusal => ({
  rule: 'slo.unknown-value',
  message: text('This is none of the values it may have.', '指定できる値ではありません。'),
  remedy: didYouMean(said, EMPTY_SLICES),
});
const NEEDS_SLICES: Refusal = {
  rule: 'slo.needs-slices',
  message: text('This indicator judges time, not events.', 'この指標はイベントではなく時間を評価します。'),
  remedy: text(
    'Write `budgetingMethod: Timeslices` with `timeSliceWindow: 1m` and `timeSliceTarget: 1`.',
    '`budgetingMethod: Timeslices` とし、`timeSliceWindow: 1m` と `timeSliceTarget: 1` を書いてください。',
  ),
};
const ONE_THRESHOLD: Refusal = {
  rule: 'slo.one-threshold',
  message: text('A threshold metric has one objective.', 'thresholdMetric の目標は一つだけです。'),
  remedy: text('Make another SLO of the others.', '残りは別の SLO にしてください。'),
};
const UNCOMPARED: Refusal = {
  rule: 'slo.uncompared',
  message: text(
    'Nothing says which values of the metric are good.',
    'どの値を良いとするか書かれていません。',
  ),
  remedy: text('Add `op:` and `value:`.', '`op:` と `value:` を追加してください。'),
};
