import { type Json, type JsonObject, own } from '#core-values';
import { changedSensitivePaths } from './json-view.ts';
import type { ChangeAction, PlannedChange } from './model.ts';
import { jsonPointer } from './values.ts';
import { SENSITIVE_TEXT, UNKNOWN_TEXT, viewValue } from './view.ts';

/** One line of a change: what an attribute was, and becomes. Values are shown ones: no secret is in here. */
export interface Difference {
  /** `tags.Name`, `policy » Statement[0].Action`. */
  readonly path: string;
  readonly sign: '+' | '-' | '~';
  /** In words ready to be shown, except for invisible characters. */
  readonly before?: string;
  readonly after?: string;
  readonly forcesReplacement: boolean;
}

/** What a change does to the object, attribute by attribute; unknown new attributes are only counted. */
export interface ChangeDifference {
  readonly lines: readonly Difference[];
  /** Attributes of a new object that are known after apply and say nothing. */
  readonly unknownNames: readonly string[];
}

/** A change with nothing in it that may not be shown: of a plan, or of a review's JSON. */
export interface ShownChange {
  readonly address: string;
  readonly action: ChangeAction;
  readonly previousAddress?: string | undefined;
  readonly deposed?: string | undefined;
  readonly replaceOrder?: 'delete-first' | 'create-first' | undefined;
  readonly reason?: string | undefined;
  readonly importing?: { readonly id?: string | undefined } | undefined;
  readonly before: Json;
  readonly after: Json;
  /** JSON Pointers. */
  readonly replacePaths: readonly string[];
  readonly changedSensitivePaths: readonly string[];
}

export const shownChange = (change: PlannedChange): ShownChange => ({
  address: change.address,
  action: change.action,
  previousAddress: change.previousAddress,
  deposed: change.deposed,
  replaceOrder: change.replaceOrder,
  reason: change.reason,
  importing: change.importing,
  before: viewValue(change.before, change.beforeSensitive),
  after: viewValue(change.after, change.afterSensitive),
  replacePaths: change.replacePaths.map(jsonPointer),
  changedSensitivePaths: [...new Set(changedSensitivePaths(change).map(jsonPointer))],
});

const CHANGED_SENSITIVE_TEXT = '(sensitive value, changed)';

export function differenceOf({
  before,
  after,
  replacePaths,
  changedSensitivePaths,
}: ShownChange): ChangeDifference {
  const lines: Difference[] = [];
  const unknownNames: string[] = [];
  const forcing = new Set(replacePaths.map((pointer) => stepsOf(pointer)[0]));
  const hidden = Map.groupBy(changedSensitivePaths, (pointer) => stepsOf(pointer)[0] ?? '');
  const names = new Set([...namesOf(before), ...namesOf(after)]);
  for (const name of [...names].sort()) {
    const was = isObject(before) ? own(before, name) : undefined;
    const becomes = isObject(after) ? own(after, name) : undefined;
    // the provider's copy of `tags` with the default tags in it
    if (
      name === 'tags_all' &&
      JSON.stringify(becomes) === JSON.stringify(isObject(after) ? after.tags : undefined)
    )
      continue;
    if (becomes === UNKNOWN_TEXT && isEmpty(was)) {
      unknownNames.push(name);
      continue;
    }
    // Two hidden values look the same; that they are not is known from the raw ones.
    const shown = [...compare(was, becomes, name), ...(hidden.get(name) ?? []).map(hiddenLine)];
    for (const line of shown) lines.push({ ...line, forcesReplacement: forcing.has(name) });
  }
  return { lines, unknownNames };
}

const hiddenLine = (pointer: string): Line => ({
  path: stepsOf(pointer)
    .map((step, index) => (index === 0 ? step : /^\d+$/.test(step) ? `[${step}]` : `.${step}`))
    .join(''),
  sign: '~',
  before: SENSITIVE_TEXT,
  after: CHANGED_SENSITIVE_TEXT,
});

const stepsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Attributes that tell a person which object it is. */
const TELLING = ['id', 'arn', 'name', 'bucket', 'identifier', 'function_name', 'domain_name', 'description'];

/** What goes away, by the few attributes that tell which object it is; values in one line each. */
export function tellingOf(value: Json): readonly Difference[] {
  if (!isObject(value)) return [];
  const seen = new Set<string>();
  return TELLING.flatMap((path): Difference[] => {
    const known = value[path];
    if (typeof known !== 'string' || known === '' || seen.has(known)) return [];
    seen.add(known);
    return [{ path, sign: '-', before: short(known), forcesReplacement: false }];
  });
}

type Line = Omit<Difference, 'forcesReplacement'>;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const namesOf = (value: Json | undefined): readonly string[] => (isObject(value) ? Object.keys(value) : []);

/** Null, "" and empty collections mean "not set" to providers; telling them apart would drown the rest. */
const isEmpty = (value: Json | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

function compare(before: Json | undefined, after: Json | undefined, path: string): Line[] {
  if (isEmpty(before) && isEmpty(after)) return [];
  if (isEmpty(before) && after !== undefined) return whole('+', after, path);
  if (isEmpty(after) && before !== undefined) return [{ path, sign: '-', before: short(before) }];
  if (isObject(before) && isObject(after)) return compareObjects(before, after, path);
  if (isArray(before) && isArray(after)) return compareArrays(before, after, path);
  if (before === after) return [];
  if (typeof before === 'string' && typeof after === 'string') return compareStrings(before, after, path);
  return [{ path, sign: '~', before: short(before ?? null), after: short(after ?? null) }];
}

function compareObjects(before: JsonObject, after: JsonObject, path: string): Line[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => compare(own(before, name), own(after, name), `${path}.${name}`));
}

/** Lists mostly are sets: what is in both, wherever it stands, is no difference unless only the order changed. */
function compareArrays(before: readonly Json[], after: readonly Json[], path: string): Line[] {
  if (before.length === after.length && before.some(isObject) && before.length <= 3) {
    return before.flatMap((element, index) => compare(element, after[index], `${path}[${index}]`));
  }
  const left = before.map((element) => JSON.stringify(element));
  const right = after.map((element) => JSON.stringify(element));
  const removed = without(before, left, right);
  const added = without(after, right, left);
  if (removed.length + added.length === 0) {
    return left.join() === right.join()
      ? []
      : [{ path, sign: '~', before: short(before), after: short(after) }];
  }
  const [onlyRemoved] = removed;
  const [onlyAdded] = added;
  if (removed.length === 1 && added.length === 1 && isObject(onlyRemoved) && isObject(onlyAdded)) {
    return compareObjects(onlyRemoved, onlyAdded, `${path}[${before.indexOf(onlyRemoved)}]`);
  }
  return [
    ...removed.map((element): Line => ({ path: `${path}[]`, sign: '-', before: short(element) })),
    ...added.map((element): Line => ({ path: `${path}[]`, sign: '+', after: short(element) })),
  ];
}

function without(elements: readonly Json[], keys: readonly string[], others: readonly string[]): Json[] {
  const spare = new Map<string, number>();
  for (const other of others) spare.set(other, (spare.get(other) ?? 0) + 1);
  return elements.filter((_, index) => {
    const key = keys[index] ?? '';
    const count = spare.get(key) ?? 0;
    if (count > 0) spare.set(key, count - 1);
    return count === 0;
  });
}

function compareStrings(before: string, after: string, path: string): Line[] {
  const [left, right] = [documentOf(before), documentOf(after)];
  if (left !== undefined && right !== undefined) {
    const lines = compare(left, right, `${path} »`).map((line) => ({
      ...line,
      path: line.path.replace('» .', '» ').replace('».', '» '),
    }));
    // only white space or key order differ
    return lines.length > 0 ? lines : [];
  }
  if (before.includes('\n') || after.includes('\n')) return compareLines(before, after, path);
  return [{ path, sign: '~', before: short(before), after: short(after) }];
}

/** Policies, container definitions and the like: JSON objects and arrays within strings. */
function documentOf(words: string): Json | undefined {
  if (!/^\s*[[{]/.test(words)) return undefined;
  try {
    const parsed: Json = JSON.parse(words);
    return parsed;
  } catch {
    return undefined;
  }
}

/** The lines between the common beginning and the common end. */
function compareLines(before: string, after: string, path: string): Line[] {
  const [left, right] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end))
    end += 1;
  return [
    ...left
      .slice(start, left.length - end)
      .map((line, index): Line => ({ path: `${path}:${start + index + 1}`, sign: '-', before: line })),
    ...right
      .slice(start, right.length - end)
      .map((line, index): Line => ({ path: `${path}:${start + index + 1}`, sign: '+', after: line })),
  ];
}

/** A new value: objects and short lists attribute by attribute. */
function whole(sign: '+', value: Json, path: string): Line[] {
  if (isObject(value)) {
    return Object.keys(value)
      .sort()
      .filter((name) => !isEmpty(value[name]) && value[name] !== UNKNOWN_TEXT)
      .flatMap((name) => whole(sign, value[name] ?? null, `${path}.${name}`));
  }
  if (isArray(value) && value.some(isObject)) {
    return value.flatMap((element, index) => whole(sign, element, `${path}[${index}]`));
  }
  const document = typeof value === 'string' ? documentOf(value) : undefined;
  if (document !== undefined) {
    return whole(sign, document, `${path} »`).map((line) => ({
      ...line,
      path: line.path.replace('».', '» '),
    }));
  }
  return [{ path, sign, after: short(value) }];
}

/** A value in one line: strings in quotes, the two special words without. */
export function short(value: Json): string {
  if (value === SENSITIVE_TEXT || value === UNKNOWN_TEXT) return value;
  if (typeof value === 'string') return JSON.stringify(value);
  return JSON.stringify(value)
    .replaceAll(`"${SENSITIVE_TEXT}"`, SENSITIVE_TEXT)
    .replaceAll(`"${UNKNOWN_TEXT}"`, UNKNOWN_TEXT);
}
