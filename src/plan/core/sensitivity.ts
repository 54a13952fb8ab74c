import type { OutputChange, PlannedChange, PlanValue, ValuePath } from './model.ts';
import { type SecretIndex, secretsOf } from './secrets.ts';
import { isList, valueAt, walkStrings } from './values.ts';

/** Resource type → paths of what its provider's schema calls sensitive; `*` stands for every element. */
export type SensitiveAttributes = ReadonlyMap<string, readonly ValuePath[]>;

/** `resources` and `data` of the data file: paths by resource type. */
export interface SensitiveSchema {
  readonly managed: SensitiveAttributes;
  readonly data: SensitiveAttributes;
}

/** What of a plan tells secrets apart. */
export interface Sensitivity {
  readonly schema: SensitiveSchema;
  /** Names of root variables and outputs that the configuration calls sensitive. */
  readonly sensitiveNames: readonly string[];
  readonly variables: ReadonlyMap<string, PlanValue>;
}

interface Marked {
  readonly changes: readonly PlannedChange[];
  readonly outputs: readonly OutputChange[];
}

/**
 * Completes the marks of sensitivity, since a plan file's own are not enough: in a replacement, what the provider's
 * schema calls sensitive is marked on one side or on none. Hidden is the union of both sides' marks, the schema's,
 * and every value that equals or contains one already known to be secret.
 */
export function withFullSensitivity(plan: Marked, facts: Sensitivity): Marked {
  const known = plan.changes.map((change) => withSchema(change, facts.schema));
  const outputs = plan.outputs.map((output) => ({
    ...output,
    sensitive: output.sensitive || facts.sensitiveNames.includes(output.name),
  }));
  const secrets = secretsOf(knownSecretValues(known, outputs, facts));
  if (secrets.isEmpty) return { changes: known, outputs };
  return {
    changes: known.map((change) => withSecrets(change, secrets)),
    outputs: outputs.map((output) => ({
      ...output,
      sensitive: output.sensitive || secrets.isIn(output.before) || secrets.isIn(output.after),
    })),
  };
}

function withSchema(change: PlannedChange, schema: SensitiveSchema): PlannedChange {
  const patterns = schema[change.mode].get(change.type) ?? [];
  if (patterns.length + change.beforeSensitive.length + change.afterSensitive.length === 0) return change;
  const marksOf = (value: PlanValue): readonly ValuePath[] => {
    const marks: ValuePath[] = [];
    for (const path of change.beforeSensitive) if (exists(value, path)) marks.push(path);
    for (const path of change.afterSensitive) if (exists(value, path)) marks.push(path);
    for (const pattern of patterns) {
      for (const path of expand(value, pattern)) if (!isNothing(valueAt(value, path))) marks.push(path);
    }
    return distinctPaths(marks);
  };
  return {
    ...change,
    beforeSensitive: marksOf(change.before),
    afterSensitive: marksOf(change.after),
    marked: { before: change.beforeSensitive, after: change.afterSensitive },
  };
}

const exists = (value: PlanValue, path: ValuePath): boolean => valueAt(value, path) !== undefined;
const isNothing = (value: PlanValue | undefined): boolean => value === undefined || value === null;

/** The paths in `value` that a pattern with `*` stands for. */
function expand(value: PlanValue, pattern: ValuePath): readonly ValuePath[] {
  if (!pattern.includes('*')) return [pattern];
  let paths: readonly ValuePath[] = [[]];
  for (const step of pattern) {
    paths = paths.flatMap((path) => (step === '*' ? elementPaths(value, path) : [[...path, step]]));
  }
  return paths;
}

function elementPaths(value: PlanValue, path: ValuePath): readonly ValuePath[] {
  const container = valueAt(value, path);
  if (container instanceof Map) return [...container.keys()].map((key) => [...path, key]);
  return isList(container) ? container.map((_, index) => [...path, index]) : [];
}

function distinctPaths(paths: readonly ValuePath[]): readonly ValuePath[] {
  if (paths.length < 2) return paths;
  if (paths.length > FEW_PATHS) {
    return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
  }
  const distinct: ValuePath[] = [];
  for (const path of paths) if (!isAmong(path, distinct)) distinct.push(path);
  return distinct;
}

/** So few are compared with each other faster than they are written down. */
const FEW_PATHS = 8;

function isAmong(path: ValuePath, others: readonly ValuePath[]): boolean {
  for (const other of others) if (isSamePath(path, other)) return true;
  return false;
}

function isSamePath(path: ValuePath, other: ValuePath): boolean {
  if (path === other) return true;
  if (path.length !== other.length) return false;
  for (let index = 0; index < path.length; index += 1) if (path[index] !== other[index]) return false;
  return true;
}

function knownSecretValues(
  changes: readonly PlannedChange[],
  outputs: readonly OutputChange[],
  facts: Sensitivity,
): readonly PlanValue[] {
  const values: PlanValue[] = [];
  for (const change of changes) {
    for (const path of change.beforeSensitive) values.push(valueAt(change.before, path) ?? null);
    for (const path of change.afterSensitive) values.push(valueAt(change.after, path) ?? null);
  }
  for (const output of outputs) if (output.sensitive) values.push(output.before, output.after);
  for (const name of facts.sensitiveNames) values.push(facts.variables.get(name) ?? null);
  return values;
}

function withSecrets(change: PlannedChange, secrets: SecretIndex): PlannedChange {
  const more = (value: PlanValue, marks: readonly ValuePath[]): readonly ValuePath[] => {
    const found: ValuePath[] = [];
    walkStrings(value, (item, path) => {
      if (secrets.isInText(item) && !isAmong(path, marks)) found.push([...path]);
    });
    return found.length === 0 ? marks : distinctPaths([...marks, ...found]);
  };
  const beforeSensitive = more(change.before, change.beforeSensitive);
  const afterSensitive =
    change.after === change.before ? beforeSensitive : more(change.after, change.afterSensitive);
  if (beforeSensitive === change.beforeSensitive && afterSensitive === change.afterSensitive) return change;
  const marked = change.marked ?? { before: change.beforeSensitive, after: change.afterSensitive };
  return { ...change, beforeSensitive, afterSensitive, marked };
}
