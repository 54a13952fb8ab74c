import { type Reason, text } from '#core-values';
import { didYouMean, type NodePath, type PlaceOf } from '#platform/core';
import { ALERT_TABLE_NAMES, alertsOfTable } from '../alerts/alert-tables.ts';
import { type AlertedObjective, type AlertSpec, type BurnAlert, burnAlert } from '../alerts/burn-alert.ts';
import { decimal } from '../objective/fraction.ts';
import type { ConditionSpec, PolicySpec, RefOr, TargetSpec } from './alert-schema.ts';
import { ALERTS_ANNOTATION, SEVERITY_ANNOTATION, SHORT_ANNOTATION } from './annotations.ts';
import type { Catalogue, Placed } from './catalogue.ts';
import { parseShorthand } from './durations.ts';
import type { Metadata, Refusal } from './fields.ts';

/** Who hears of an alert, and when. */
export interface AlertPolicy {
  readonly name: string;
  /** Of the alerts of each objective, the one that this policy is about. */
  readonly alert: number;
  readonly whenBreaching: boolean;
  readonly whenResolved: boolean;
  readonly whenNoData: boolean;
  readonly targets: readonly { readonly name: string; readonly target: string }[];
}

export interface SloAlerts {
  /** For each objective in turn. */
  readonly alerts: readonly (readonly BurnAlert[])[];
  readonly policies: readonly AlertPolicy[];
}

interface Wanted {
  readonly spec: AlertSpec;
  readonly placeOf: PlaceOf;
  readonly path: NodePath;
}

/** An inline document is placed within the one that holds it. */
interface Within<Spec> {
  readonly metadata: Metadata;
  readonly spec: Spec;
  readonly placeOf: PlaceOf;
  readonly path: NodePath;
}

/** Those of the table that an annotation names, then those of the policies; what can never fire is refused. */
export function sloAlerts(
  slo: Placed<'SLO'>,
  objectives: readonly AlertedObjective[],
  catalogue: Catalogue,
): SloAlerts {
  const ofTable = tableAlerts(slo, objectives[0]?.periodMinutes ?? 0, catalogue);
  const wanted: Wanted[] = [...ofTable];
  const policies = slo.definition.spec.alertPolicies.flatMap((entry, index) => {
    const policy = policyOf(entry, slo, index, catalogue);
    const alert = policy && wantedOf(policy, catalogue);
    if (policy === undefined || alert === undefined) return [];
    wanted.push(alert);
    return [routeOf(policy, wanted.length - 1, catalogue)];
  });
  const told = new Set<string>();
  const alerts = objectives.map((objective) =>
    wanted.flatMap(({ spec, placeOf, path }) => {
      const alert = burnAlert(spec, objective);
      if (alert.ok) return [alert.value];
      for (const reason of alert.error.reasons) tellOnce(reason, placeOf, path, told, catalogue);
      return [];
    }),
  );
  return { alerts, policies };
}

/** Two objectives of the same target fail for the same reason. */
function tellOnce(
  reason: Reason,
  placeOf: PlaceOf,
  path: NodePath,
  told: Set<string>,
  catalogue: Catalogue,
): void {
  const key = `${path.join('.')} ${reason.message.en}`;
  if (!told.has(key)) catalogue.refuse(reason, placeOf, path);
  told.add(key);
}

function tableAlerts(
  { definition, placeOf }: Placed<'SLO'>,
  periodMinutes: number,
  { refuse }: Catalogue,
): readonly Wanted[] {
  const annotations = definition.metadata.annotations ?? {};
  const named = annotations[ALERTS_ANNOTATION];
  const only = annotations[SEVERITY_ANNOTATION];
  const pathOf = (annotation: string): NodePath => ['metadata', 'annotations', annotation];
  if (only !== undefined && only !== 'page' && only !== 'ticket')
    refuse(noSuch(only, ['page', 'ticket']), placeOf, pathOf(SEVERITY_ANNOTATION));
  if (named === undefined) return [];
  const path = pathOf(ALERTS_ANNOTATION);
  const table = ALERT_TABLE_NAMES.find((name) => name === named);
  if (table === undefined) {
    refuse(noSuch(named, ALERT_TABLE_NAMES), placeOf, path);
    return [];
  }
  const specs = alertsOfTable(table, periodMinutes);
  if (!specs.ok) {
    for (const reason of specs.error.reasons) refuse(reason, placeOf, path);
    return [];
  }
  return specs.value
    .filter(({ severity }) => only === undefined || severity === only)
    .map((spec) => ({ spec, placeOf, path }));
}

function policyOf(
  entry: RefOr<PolicySpec>,
  slo: Placed<'SLO'>,
  index: number,
  catalogue: Catalogue,
): Within<PolicySpec> | undefined {
  const path = ['spec', 'alertPolicies', index];
  if (!('ref' in entry)) return { ...entry, placeOf: slo.placeOf, path };
  const found = catalogue.named('AlertPolicy', entry.ref, slo.placeOf, path);
  return found && { ...found.definition, placeOf: found.placeOf, path: [] };
}

function wantedOf(policy: Within<PolicySpec>, catalogue: Catalogue): Wanted | undefined {
  const { alertWhenBreaching, alertWhenNoData, alertWhenResolved, conditions } = policy.spec;
  const specPath = [...policy.path, 'spec'];
  if (!alertWhenBreaching && !alertWhenNoData && !alertWhenResolved)
    catalogue.refuse(NEVER, policy.placeOf, specPath);
  const [entry] = conditions;
  const path = [...specPath, 'conditions', 0];
  if (!('ref' in entry)) return alertOf({ ...entry, placeOf: policy.placeOf, path }, catalogue);
  const found = catalogue.named('AlertCondition', entry.ref, policy.placeOf, [...path, 'conditionRef']);
  return found && alertOf({ ...found.definition, placeOf: found.placeOf, path: [] }, catalogue);
}

const SEVERITIES = ['page', 'ticket'] as const;

function alertOf(condition: Within<ConditionSpec>, { refuse }: Catalogue): Wanted | undefined {
  const { metadata, spec, placeOf, path } = condition;
  const at = (...steps: NodePath): NodePath => [...path, 'spec', ...steps];
  const severity = SEVERITIES.find((known) => known === spec.severity);
  const factor = decimal(spec.threshold);
  const words = metadata.annotations?.[SHORT_ANNOTATION];
  const short = words === undefined ? spec.lookbackMinutes : parseShorthand(words)?.minutes;
  if (severity === undefined) refuse(noSuch(spec.severity, SEVERITIES), placeOf, at('severity'));
  if (spec.op !== 'gt') refuse(NOT_ABOVE, placeOf, at('condition', 'op'));
  if (factor === undefined) refuse(NO_FACTOR, placeOf, at('condition', 'threshold'));
  if (short === undefined) refuse(NO_SHORT, placeOf, [...path, 'metadata', 'annotations', SHORT_ANNOTATION]);
  if (severity === undefined || factor === undefined || short === undefined) return undefined;
  const { lookbackMinutes: longMinutes, afterMinutes: forMinutes } = spec;
  return {
    spec: { severity, factor, longMinutes, shortMinutes: short, forMinutes },
    placeOf,
    path: at('condition'),
  };
}

function routeOf(policy: Within<PolicySpec>, alert: number, catalogue: Catalogue): AlertPolicy {
  const { alertWhenBreaching, alertWhenNoData, alertWhenResolved, notificationTargets } = policy.spec;
  return {
    name: policy.metadata.name,
    alert,
    whenBreaching: alertWhenBreaching,
    whenResolved: alertWhenResolved,
    whenNoData: alertWhenNoData,
    targets: notificationTargets.flatMap((entry, index) => {
      const path = [...policy.path, 'spec', 'notificationTargets', index, 'targetRef'];
      const target = targetOf(entry, policy.placeOf, path, catalogue);
      return target === undefined ? [] : [{ name: target.metadata.name, target: target.spec.target }];
    }),
  };
}

const targetOf = (entry: RefOr<TargetSpec>, placeOf: PlaceOf, path: NodePath, catalogue: Catalogue) =>
  'ref' in entry ? catalogue.named('AlertNotificationTarget', entry.ref, placeOf, path)?.definition : entry;

const noSuch = (words: string, known: readonly string[]): Refusal => ({
  rule: 'slo.unknown-value',
  message: text('This is none of the values it may have.', '指定できる値ではありません。'),
  remedy: didYouMean(words, known),
});

const NEVER: Refusal = {
  rule: 'alert.never',
  message: text('This policy never alerts.', 'このポリシーは決して通知しません。'),
  remedy: text('Write `alertWhenBreaching: true`.', '`alertWhenBreaching: true` と書いてください。'),
};
const NOT_ABOVE: Refusal = {
  rule: 'alert.not-above',
  message: text(
    'Alerts are for burning faster than a threshold.',
    'アラートは、しきい値より速い消費に対するものです。',
  ),
  remedy: text('Write `op: gt`.', '`op: gt` と書いてください。'),
};
const NO_FACTOR: Refusal = {
  rule: 'alert.factor',
  message: text('This is no burn rate.', 'バーンレートとして読めません。'),
  remedy: text('Give a factor such as 14.4.', '14.4 のような係数を指定してください。'),
};
const NO_SHORT: Refusal = {
  rule: 'slo.duration',
  message: text('This is no duration.', '期間として読めません。'),
  remedy: text('Write it as 5m or 1h.', '5m や 1h のように書いてください。'),
};
