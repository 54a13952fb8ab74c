import { text } from '#core-values';
import type {
  ActionInvocation,
  Backend,
  CheckResult,
  DeferredChange,
  PlannedChange,
  PlanValue,
  TerraformFacts,
} from '../model.ts';
import { outputChange, plannedChange, refuseChange } from './changes.ts';
import type { RawCheckResults, RawPlan } from './plan-messages.ts';
import { refuse } from './refusal.ts';

const MODES = ['normal', 'destroy', 'refresh-only'] as const;
const CHECK_KINDS = ['unspecified', 'resource', 'output_value', 'check', 'var'] as const;
const CHECK_STATUSES = ['unknown', 'pass', 'fail', 'error'] as const;
/** Enum DeferredReason, in the words of `terraform show -json`. */
const DEFERRED_REASONS = [
  'invalid',
  'instance_count_unknown',
  'resource_config_unknown',
  'provider_config_unknown',
  'absent_prereq',
  'deferred_prereq',
  'excluded',
  'not_included',
] as const;

/** What the entry `tfplan` alone says, in the words of the model. Throws a refusal. */
export function planFacts(raw: RawPlan) {
  return {
    terraform: terraformFacts(raw),
    ...backendOf(raw),
    variables: variablesOf(raw),
    changes: distinct(raw.resourceChanges.map(plannedChange)).filter(isShown),
    drift: raw.resourceDrift.map(plannedChange),
    outputs: raw.outputChanges.map(outputChange),
    checks: raw.checkResults.flatMap(checkResults),
    deferred: raw.deferredChanges.map(
      ({ deferred, change }): DeferredChange => ({
        reason: DEFERRED_REASONS[deferred?.reason ?? 0] ?? 'invalid',
        change: plannedChange(change ?? refuseChange('a deferred resource')),
      }),
    ),
    actions: [
      ...raw.actionInvocations,
      ...raw.deferredActionInvocations.flatMap(({ invocation }) => (invocation ? [invocation] : [])),
    ].map((action): ActionInvocation => ({ address: action.addr, provider: action.provider })),
  };
}

/** Deleting a data source only drops what was read from the state; Terraform does not show it either. */
const isShown = ({ mode, action }: PlannedChange): boolean => !(mode === 'data' && action === 'delete');

function terraformFacts(raw: RawPlan): TerraformFacts {
  const mode = MODES[raw.uiMode];
  if (mode === undefined || raw.terraformVersion === '') {
    return refuse(
      'damaged-plan',
      text('The plan in the plan file is damaged.', 'プランファイル内のプランが壊れています。'),
    );
  }
  return {
    version: raw.terraformVersion,
    mode,
    errored: raw.errored,
    ...completeness(raw),
    targets: [...raw.targetAddrs, ...raw.actionTargetAddrs],
    ...(raw.excludeAddrs.length > 0 && { excludes: raw.excludeAddrs }),
    forceReplace: raw.forceReplaceAddrs,
    ...(raw.timestamp !== '' && { timestamp: raw.timestamp }),
  };
}

/**
 * Terraform has said both since 1.8; a plan that says neither is older, or OpenTofu's, or has nothing to apply
 * (a `false` is not on the wire). Then a plan is complete where nothing was left out.
 */
function completeness(raw: RawPlan): { complete: boolean; applyable: boolean } {
  if (raw.complete === undefined && raw.applyable === undefined) {
    const leftOut = raw.targetAddrs.length + raw.excludeAddrs.length + raw.deferredChanges.length;
    return { complete: !raw.errored && leftOut === 0, applyable: !raw.errored };
  }
  return { complete: raw.complete ?? false, applyable: raw.applyable ?? false };
}

function backendOf(raw: RawPlan): { backend?: Backend } {
  const { backend, stateStore } = raw;
  if (backend !== undefined) {
    return { backend: { type: backend.type, workspace: backend.workspace, config: backend.config ?? null } };
  }
  if (stateStore === undefined) return {};
  return {
    backend: { type: stateStore.type, workspace: stateStore.workspace, config: stateStore.config ?? null },
  };
}

function variablesOf(raw: RawPlan): ReadonlyMap<string, PlanValue> {
  const variables = new Map<string, PlanValue>(raw.variables.map(({ key, value }) => [key, value ?? null]));
  if (variables.size !== raw.variables.length) {
    refuse('damaged-plan', text('The plan holds a variable twice.', 'プランに同じ変数が二つあります。'));
  }
  return variables;
}

/** (address, deposed key) is the key of a change: two with the same key could be shown as one and applied as the other. */
function distinct<T extends { readonly address: string; readonly deposed?: string }>(
  changes: readonly T[],
): readonly T[] {
  const keys = new Set<string>();
  for (const { address, deposed } of changes) {
    const key = `${deposed ?? ''} ${address}`;
    if (keys.has(key)) refuseChange(address);
    keys.add(key);
  }
  return changes;
}

function checkResults(raw: RawCheckResults): readonly CheckResult[] {
  const kind = CHECK_KINDS[raw.kind] ?? 'unspecified';
  const own: CheckResult = {
    address: raw.configAddr,
    kind,
    status: CHECK_STATUSES[raw.status] ?? 'unknown',
    messages: [],
  };
  const objects = raw.objects.map(
    (object): CheckResult => ({
      address: object.objectAddr,
      kind,
      status: CHECK_STATUSES[object.status] ?? 'unknown',
      messages: object.failureMessages,
    }),
  );
  return objects.length === 0 ? [own] : objects;
}
