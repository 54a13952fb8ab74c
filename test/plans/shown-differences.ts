import {
  ExactNumberValue,
  jsonPointer,
  type Plan,
  type PlannedChange,
  type PlanValue,
  UNKNOWN,
  unknownPaths,
  type ValuePath,
} from '#plan/core';

/**
 * Compares our decoding of a plan file with what `terraform show -json` says of the same file. Deliberately apart
 * from our own reader of that JSON, so that a mistake there is not made twice. Answers what differs; empty is equal.
 *
 * Two differences are no mistakes. A number that no float holds is a string in the file where its attribute's type
 * is not in the file, so numbers are compared by their digits. And of what is sensitive we must know at
 * least what Terraform shows, except where the value is null: it shows the schema's marks on those too.
 */
export function shownDifferences(plan: Plan, shownText: string): readonly string[] {
  const shown = parse(shownText);
  const differences: string[] = [];
  const report = (what: string, ours: unknown, theirs: unknown): void => {
    const [left, right] = [JSON.stringify(ours), JSON.stringify(theirs)];
    if (left !== right) differences.push(`${what}: ours ${left}, terraform's ${right}`);
  };
  report('version', plan.terraform.version, shown.terraform_version);
  report('errored', plan.terraform.errored, shown.errored);
  report('complete', plan.terraform.complete, shown.complete);
  report('applyable', plan.terraform.applyable, shown.applyable);
  const drift =
    plan.terraform.mode === 'refresh-only'
      ? plan.drift
      : plan.drift.filter(({ action }) => action !== 'no-op');
  compareChanges('change', plan.changes, list(shown.resource_changes), report);
  compareChanges('drift', drift, list(shown.resource_drift), report);
  compareOutputs(plan, record(shown.output_changes), report);
  // The file holds the variables that were set; Terraform adds the defaults from the configuration.
  for (const [name, value] of plan.variables) {
    report(`variable ${name}`, plain(value), record(record(shown.variables)[name]).value);
  }
  return differences;
}

type Report = (what: string, ours: unknown, theirs: unknown) => void;
type Shown = Record<string, unknown>;

const ACTIONS = { 'delete-first': ['delete', 'create'], 'create-first': ['create', 'delete'] };

function compareChanges(
  kind: string,
  ours: readonly PlannedChange[],
  theirs: readonly unknown[],
  report: Report,
): void {
  const byKey = new Map(theirs.map((item) => [keyOf(record(item)), record(item)]));
  report(`${kind}s`, sorted(ours.map((change) => keyOf({ ...change }))), sorted([...byKey.keys()]));
  for (const change of ours) {
    const other = byKey.get(keyOf({ ...change }));
    if (other !== undefined) compareChange(`${kind} ${change.address}`, change, other, report);
  }
}

const keyOf = (item: Shown): string => `${item.address} ${item.deposed ?? ''}`;

function compareChange(what: string, ours: PlannedChange, theirs: Shown, report: Report): void {
  const change = record(theirs.change);
  report(`${what} mode`, ours.mode, theirs.mode);
  report(`${what} type`, ours.type, theirs.type);
  report(`${what} name`, ours.name, theirs.name);
  report(`${what} module`, ours.module, theirs.module_address ?? '');
  report(`${what} provider`, ours.provider, theirs.provider_name);
  report(`${what} previous address`, ours.previousAddress, theirs.previous_address);
  report(`${what} reason`, ours.reason, theirs.action_reason);
  report(`${what} actions`, ours.replaceOrder ? ACTIONS[ours.replaceOrder] : [ours.action], change.actions);
  report(`${what} importing`, ours.importing?.id, record(change.importing).id);
  report(`${what} before`, plain(ours.before), change.before);
  report(`${what} after`, plain(ours.after), change.after);
  report(`${what} unknown`, pointers(unknownPaths(ours.after)), pointers(trueAt(change.after_unknown)));
  report(
    `${what} replace paths`,
    pointers(ours.replacePaths),
    pointers(list(change.replace_paths).map((path) => list(path).map(String))),
  );
  compareSensitive(
    `${what} before`,
    ours.before,
    ours.beforeSensitive,
    trueAt(change.before_sensitive),
    report,
  );
  compareSensitive(`${what} after`, ours.after, ours.afterSensitive, trueAt(change.after_sensitive), report);
}

function compareSensitive(
  what: string,
  value: PlanValue,
  ours: readonly ValuePath[],
  theirs: readonly ValuePath[],
  report: Report,
): void {
  const hidden = pointers(ours);
  const missing = theirs.filter((path) => {
    const pointer = jsonPointer(path);
    return (
      !isNull(value, path) && !hidden.some((known) => pointer === known || pointer.startsWith(`${known}/`))
    );
  });
  report(`${what} sensitive but shown`, [], pointers(missing));
}

function isNull(value: PlanValue, path: ValuePath): boolean {
  let current: PlanValue | undefined = value;
  for (const step of path) {
    if (current instanceof Map) current = current.get(String(step));
    else if (Array.isArray(current)) current = current[Number(step)];
  }
  return current === null || current === undefined;
}

function compareOutputs(plan: Plan, theirs: Shown, report: Report): void {
  report('outputs', sorted(plan.outputs.map(({ name }) => name)), sorted(Object.keys(theirs)));
  for (const output of plan.outputs) {
    const change = record(theirs[output.name]);
    const what = `output ${output.name}`;
    report(`${what} actions`, [output.action], change.actions);
    report(`${what} before`, plain(output.before), change.before ?? null);
    report(`${what} after`, plain(output.after), change.after ?? null);
    report(`${what} unknown`, pointers(unknownPaths(output.after)), pointers(trueAt(change.after_unknown)));
    const sensitive = change.before_sensitive === true || change.after_sensitive === true;
    if (sensitive) report(`${what} sensitive`, output.sensitive, true);
  }
}

/** Our value in the form of Terraform's JSON: unknown attributes are left out, unknown items are null, numbers are their digits. */
function plain(value: PlanValue): unknown {
  if (value instanceof ExactNumberValue) return value.exactNumber;
  if (typeof value === 'number') return String(value);
  if (value === UNKNOWN) return null;
  if (value instanceof Map) {
    const known = [...value].filter(([, item]) => item !== UNKNOWN);
    return Object.fromEntries(sortedByKey(known).map(([key, item]) => [key, plain(item)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

/** Terraform's JSON with numbers as their digits and keys in order. */
function parse(source: string): Shown {
  return record(
    JSON.parse(source, (_key, value: unknown, context?: { source?: string }) => {
      if (typeof value === 'number') return context?.source ?? String(value);
      if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
      return Object.fromEntries(sortedByKey(Object.entries(value)));
    }),
  );
}

function trueAt(tree: unknown, path: ValuePath = []): readonly ValuePath[] {
  if (tree === true) return [path];
  if (Array.isArray(tree)) return tree.flatMap((item, index) => trueAt(item, [...path, index]));
  return Object.entries(record(tree)).flatMap(([key, item]) => trueAt(item, [...path, key]));
}

const sorted = <T>(items: readonly T[]): T[] => items.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
const sortedByKey = <T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] =>
  entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
const pointers = (paths: readonly ValuePath[]): string[] => sorted([...new Set(paths.map(jsonPointer))]);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const record = (value: unknown): Shown => (typeof value === 'object' && value !== null ? { ...value } : {});
