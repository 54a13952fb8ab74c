import { stringify } from 'yaml';
import type { Ppm } from '../objective/ppm.ts';
import type { TimeWindow } from '../objective/time-window.ts';
import type { ScreenRequest } from '../screens/screen.ts';
import type { ConditionSpec, PolicySpec, RefOr, TargetSpec } from './alert-schema.ts';
import { AFTER_ANNOTATION } from './annotations.ts';
import type { Definition, DefinitionOf } from './documents.ts';
import { latencyWords, minutesWords, unitWords } from './durations.ts';
import type { Metadata } from './fields.ts';
import type { Metric, MetricSource } from './indicator-schema.ts';
import { statusWords } from './requests.ts';
import type { ScreenSpec } from './screen-schema.ts';

/**
 * As plain data that OpenSLO's published JSON schema accepts and that means the same when read again. Not accepted there are raw
 * ratios, which its text knows and its schema does not.
 */
export function writeDefinition(definition: Definition): object {
  const { apiVersion, kind, metadata } = definition;
  if (kind === 'AlertCondition') return { apiVersion, kind, ...writtenCondition(metadata, definition.spec) };
  return { apiVersion, kind, metadata, spec: specOf(definition) };
}

/** As one YAML file, one document after the other. */
export const writeYaml = (definitions: readonly Definition[]): string =>
  definitions
    .map((definition) =>
      stringify(writeDefinition(definition), { lineWidth: 0, aliasDuplicateObjects: false }),
    )
    .join('---\n');

function specOf(definition: Exclude<Definition, { kind: 'AlertCondition' }>): object {
  switch (definition.kind) {
    case 'SLO':
      return sloSpec(definition.spec);
    case 'SLI':
      return sliSpec(definition.spec);
    case 'AlertPolicy':
      return policySpec(definition.spec);
    case 'Screen':
      return screenSpec(definition.spec);
    default:
      return definition.spec;
  }
}

function sloSpec(spec: DefinitionOf<'SLO'>['spec']): object {
  const { indicator, window, objectives, alertPolicies, ...rest } = spec;
  return {
    ...rest,
    ...('ref' in indicator
      ? { indicatorRef: indicator.ref }
      : { indicator: { metadata: indicator.metadata, spec: sliSpec(indicator.spec) } }),
    timeWindow: [windowOf(window)],
    objectives: objectives.map(({ targetPpm, slice, ...objective }) => ({
      ...objective,
      target: shareOf(targetPpm),
      ...(slice && {
        timeSliceTarget: shareOf(slice.targetPpm),
        timeSliceWindow: minutesWords(slice.minutes),
      }),
    })),
    ...(alertPolicies.length > 0 && { alertPolicies: alertPolicies.map(policyEntry) }),
  };
}

/** A million divides without any rounding that could be seen: 999,500 becomes 0.9995. */
const shareOf = (share: Ppm): number => share / 1_000_000;

function windowOf(window: TimeWindow): object {
  if (window.kind === 'rolling') return { duration: minutesWords(window.minutes), isRolling: true };
  const { every, anchor, timeZone } = window;
  return {
    duration: unitWords(every.unit, every.count),
    isRolling: false,
    calendar: {
      startTime: `${anchor.replace('T', ' ')}:00`,
      // The JSON schema wants Region/City.
      timeZone: timeZone === 'UTC' ? 'Etc/UTC' : timeZone,
    },
  };
}

const sliSpec = ({
  metric,
  ...rest
}: {
  readonly description?: string;
  readonly metric: Metric;
}): object => ({
  ...rest,
  ...metricOf(metric),
});

function metricOf(metric: Metric): object {
  switch (metric.kind) {
    case 'threshold':
      return { thresholdMetric: sourceOf(metric.source) };
    case 'raw':
      return { ratioMetric: { rawType: metric.rawType, raw: sourceOf(metric.source) } };
    case 'ratio':
      return {
        ratioMetric: {
          counter: metric.counter,
          [metric.part]: sourceOf(metric.events),
          total: sourceOf(metric.total),
        },
      };
  }
}

const sourceOf = (metricSource: MetricSource): object => ({ metricSource });

/** The JSON schema wants a delay of a minute or more and `op`; what we wait for is in an annotation then. */
function writtenCondition(metadata: Metadata, spec: ConditionSpec): object {
  const { op, threshold, lookbackMinutes, afterMinutes, ...rest } = spec;
  const annotations = afterMinutes === 0 && {
    annotations: { ...metadata.annotations, [AFTER_ANNOTATION]: '0m' },
  };
  return {
    metadata: { ...metadata, ...annotations },
    spec: {
      ...rest,
      condition: {
        kind: 'burnrate',
        op,
        threshold,
        lookbackWindow: minutesWords(lookbackMinutes),
        alertAfter: minutesWords(Math.max(1, afterMinutes)),
      },
    },
  };
}

const policySpec = ({ conditions, notificationTargets, ...rest }: PolicySpec): object => ({
  ...rest,
  conditions: conditions.map((condition) =>
    'ref' in condition
      ? { conditionRef: condition.ref }
      : { kind: 'AlertCondition', ...writtenCondition(condition.metadata, condition.spec) },
  ),
  notificationTargets: notificationTargets.map(targetEntry),
});

const targetEntry = (target: RefOr<TargetSpec>): object =>
  'ref' in target ? { targetRef: target.ref } : { kind: 'AlertNotificationTarget', ...target };

/** The JSON schema only knows names here; whole policies are OpenSLO's text. */
const policyEntry = (policy: RefOr<PolicySpec>): unknown =>
  'ref' in policy
    ? policy.ref
    : { kind: 'AlertPolicy', metadata: policy.metadata, spec: policySpec(policy.spec) };

function screenSpec({ document, requests, barPpm, thresholdMs, ...rest }: ScreenSpec): object {
  return {
    ...rest,
    document: requests[document]?.routes[0],
    requests: requests.map((request) => requestOf(request, requests)),
    bar: shareOf(barPpm),
    threshold: latencyWords(thresholdMs),
  };
}

function requestOf(request: ScreenRequest, all: readonly ScreenRequest[]): object {
  const { routes, thresholdMs, failed, after, ...rest } = request;
  const [route, ...others] = routes;
  return {
    route: others.length === 0 ? route : routes,
    ...rest,
    threshold: latencyWords(thresholdMs),
    ...(failed && { failedStatus: failed.map(statusWords) }),
    ...(after !== undefined && { after: all[after]?.routes[0] }),
  };
}
