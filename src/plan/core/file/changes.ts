import { text } from '#core-values';
import type { ChangeAction, OutputChange, PlannedChange, PlanValue, ValuePath } from '../model.ts';
import { parseResourceAddress, providerOfConfig } from './addresses.ts';
import type { RawChange, RawOutputChange, RawPath, RawResourceChange } from './plan-messages.ts';
import { refuse } from './refusal.ts';

interface ActionMeaning {
  readonly action: ChangeAction;
  readonly replaceOrder?: 'delete-first' | 'create-first';
  /** Which sides the values on the wire are, in their order; `both` is one value for both. */
  readonly sides: 'both' | 'before' | 'after' | 'before-after';
}

/** Enum Action of planfile.proto; which values each holds: `changeFromTfplan` in planfile/tfplan.go. */
const ACTIONS: ReadonlyMap<number, ActionMeaning> = new Map<number, ActionMeaning>([
  [0, { action: 'no-op', sides: 'both' }],
  [1, { action: 'create', sides: 'after' }],
  [2, { action: 'read', sides: 'before-after' }],
  [3, { action: 'update', sides: 'before-after' }],
  [5, { action: 'delete', sides: 'before' }],
  [6, { action: 'replace', replaceOrder: 'delete-first', sides: 'before-after' }],
  [7, { action: 'replace', replaceOrder: 'create-first', sides: 'before-after' }],
  [8, { action: 'forget', sides: 'before' }],
  [9, { action: 'create-then-forget', sides: 'before-after' }],
  // OpenTofu forgets first. To a reviewer it is the same: the old object stays behind, a new one is made.
  [10, { action: 'create-then-forget', sides: 'before-after' }],
]);

/** OpenTofu's number 9 opens an ephemeral resource, which reads it at apply. */
const OPEN: ActionMeaning = { action: 'read', sides: 'before-after' };

/** Enum ResourceInstanceActionReason, in the words of `terraform show -json`. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [1, 'replace_because_tainted'],
  [2, 'replace_by_request'],
  [3, 'replace_because_cannot_update'],
  [4, 'delete_because_no_resource_config'],
  [5, 'delete_because_wrong_repetition'],
  [6, 'delete_because_count_index'],
  [7, 'delete_because_each_key'],
  [8, 'delete_because_no_module'],
  [9, 'replace_by_triggers'],
  [10, 'read_because_config_unknown'],
  [11, 'read_because_dependency_pending'],
  [12, 'delete_because_no_move_target'],
  [13, 'read_because_check_nested'],
  [14, 'delete_because_enabled_false'],
  [15, 'forgot_because_lifecycle_destroy_in_state'],
  [16, 'forgot_because_lifecycle_destroy_in_config'],
]);

interface ChangeValues extends ActionMeaning {
  readonly before: PlanValue;
  readonly after: PlanValue;
}

/** Throws a refusal for what Terraform does not write. */
export function plannedChange(raw: RawResourceChange): PlannedChange {
  const address = parseResourceAddress(raw.addr);
  const change = raw.change ?? refuseChange(raw.addr);
  const { action, replaceOrder, before, after } = changeValues(
    change,
    raw.addr,
    address.mode === 'ephemeral',
  );
  const reason = raw.actionReason === 0 ? undefined : REASONS.get(raw.actionReason);
  if (raw.actionReason !== 0 && reason === undefined) refuseChange(raw.addr);
  if (raw.deposedKey !== '' && !/^[0-9a-f]{8}$/.test(raw.deposedKey)) refuseChange(raw.addr);
  if (raw.prevRunAddr !== '') parseResourceAddress(raw.prevRunAddr);
  return {
    address: raw.addr,
    // Like a data source, an ephemeral resource is only read.
    mode: address.mode === 'managed' ? 'managed' : 'data',
    type: address.type,
    name: address.name,
    module: address.module,
    provider: providerOfConfig(raw.provider),
    providerConfig: raw.provider,
    action,
    before,
    after,
    beforeSensitive: change.beforeSensitivePaths.map((path) => valuePath(path, raw.addr)),
    afterSensitive: change.afterSensitivePaths.map((path) => valuePath(path, raw.addr)),
    replacePaths: raw.requiredReplace.map((path) => valuePath(path, raw.addr)),
    // Last and each only where it is: most changes have none of them, and are then objects of one shape.
    ...(raw.prevRunAddr !== '' && raw.prevRunAddr !== raw.addr && { previousAddress: raw.prevRunAddr }),
    ...(raw.deposedKey !== '' && { deposed: raw.deposedKey }),
    ...(replaceOrder && { replaceOrder }),
    ...(reason !== undefined && { reason }),
    ...(change.importing && {
      importing: change.importing.id === undefined ? {} : { id: change.importing.id },
    }),
  };
}

export function outputChange(raw: RawOutputChange): OutputChange {
  const where = `output.${raw.name}`;
  const change = raw.change ?? refuseChange(where);
  const { action, before, after } = changeValues(change, where);
  if (action !== 'no-op' && action !== 'create' && action !== 'update' && action !== 'delete') {
    return refuseChange(where);
  }
  const marked = change.beforeSensitivePaths.length + change.afterSensitivePaths.length > 0;
  return { name: raw.name, action, sensitive: raw.sensitive || marked, before, after };
}

function changeValues(raw: RawChange, where: string, isEphemeral = false): ChangeValues {
  const isOpen = raw.action === 9 && isEphemeral;
  const meaning = isOpen ? OPEN : (ACTIONS.get(raw.action) ?? refuseChange(where));
  const [first, second] = raw.values;
  const expected = meaning.sides === 'before-after' ? 2 : 1;
  if (raw.values.length !== expected || first === undefined) return refuseChange(where);
  switch (meaning.sides) {
    case 'both':
      return { ...meaning, before: first, after: first };
    case 'before':
      return { ...meaning, before: first, after: null };
    case 'after':
      return { ...meaning, before: null, after: first };
    case 'before-after':
      return { ...meaning, before: first, after: second ?? null };
  }
}

/** By what was decoded, which is the same for resources that have the same path. */
const VALUE_PATHS = new WeakMap<RawPath, ValuePath>();

export function valuePath(raw: RawPath, where: string): ValuePath {
  const known = VALUE_PATHS.get(raw);
  if (known !== undefined) return known;
  const path = stepsOf(raw, where);
  VALUE_PATHS.set(raw, path);
  return path;
}

function stepsOf(raw: RawPath, where: string): ValuePath {
  return raw.steps.map((step) => {
    if (step.attributeName !== undefined && step.elementKey === undefined) return step.attributeName;
    if (typeof step.elementKey === 'string' || typeof step.elementKey === 'number') return step.elementKey;
    return refuseChange(where);
  });
}

export function refuseChange(where: string): never {
  return refuse(
    'bad-change',
    text(
      `The planned change of ${where} is not one Terraform writes.`,
      `${where} の変更内容が、Terraform の書く形式ではありません。`,
    ),
  );
}
