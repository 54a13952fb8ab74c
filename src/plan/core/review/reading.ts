import { ExactNumberValue, type PlannedChange, type PlanValue, UNKNOWN, type ValuePath } from '../model.ts';

export { walkStrings } from '../values.ts';

type PlanMap = ReadonlyMap<string, PlanValue>;

export const isMap = (value: PlanValue | undefined): value is PlanMap => value instanceof Map;

const isList = (value: PlanValue | undefined): value is readonly PlanValue[] => Array.isArray(value);

/** The attribute's value; `undefined` where the object has none of that name, UNKNOWN inside an unknown object. */
export function attribute(value: PlanValue | undefined, name: string): PlanValue | undefined {
  if (value === UNKNOWN) return UNKNOWN;
  return isMap(value) ? value.get(name) : undefined;
}

const stringOf = (value: PlanValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** The attribute where it is a non-empty string. */
export const stringAt = (value: PlanValue | undefined, name: string): string | undefined =>
  stringOf(attribute(value, name)) || undefined;

export function numberOf(value: PlanValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof ExactNumberValue) return Number(value.exactNumber);
  return undefined;
}

/** A list's elements; a single value counts as a list of one; nothing for null and absent. */
export function elements(value: PlanValue | undefined): readonly PlanValue[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

export interface Placed {
  readonly path: ValuePath;
  readonly value: PlanValue;
}

/**
 * Every value at a path such as `versioning_configuration/<any>/status`, where `*` is any list element. What is unknown
 * on the way comes as UNKNOWN with the path so far; what does not exist does not come.
 */
export function valuesAt(value: PlanValue | undefined, pattern: string): readonly Placed[] {
  let places: Placed[] = value === undefined ? [] : [{ path: [], value }];
  for (const step of pattern.split('/')) {
    places = places.flatMap((place) => stepInto(place, step));
  }
  return places;
}

function stepInto(place: Placed, step: string): Placed[] {
  if (place.value === UNKNOWN) return [place];
  if (step === '*') {
    return isList(place.value)
      ? place.value.map((value, index) => ({ path: [...place.path, index], value }))
      : [];
  }
  const next = isMap(place.value) ? place.value.get(step) : undefined;
  return next === undefined ? [] : [{ path: [...place.path, step], value: next }];
}

/** Every string, number, boolean, null and unknown in a value, with its path. */
export function* leavesOf(value: PlanValue, path: ValuePath = []): Generator<Placed> {
  if (isMap(value)) {
    for (const [name, inner] of value) yield* leavesOf(inner, [...path, name]);
  } else if (isList(value)) {
    for (const [index, inner] of value.entries()) yield* leavesOf(inner, [...path, index]);
  } else {
    yield { path, value };
  }
}

export const startsWith = (path: ValuePath, prefix: ValuePath): boolean =>
  prefix.length <= path.length && prefix.every((step, index) => step === path[index]);

/** Do two values mean the same? Unknown equals nothing, not even itself. */
export function sameValue(a: PlanValue, b: PlanValue): boolean {
  if (a === UNKNOWN || b === UNKNOWN) return false;
  if (a === b) return true;
  if (a instanceof ExactNumberValue || b instanceof ExactNumberValue) {
    return a instanceof ExactNumberValue && b instanceof ExactNumberValue && a.exactNumber === b.exactNumber;
  }
  if (isList(a) && isList(b)) {
    return (
      a.length === b.length &&
      a.every((element, index) => {
        const other = b[index];
        return other !== undefined && sameValue(element, other);
      })
    );
  }
  if (isMap(a) && isMap(b)) {
    return (
      a.size === b.size &&
      [...a].every(([name, inner]) => {
        const other = b.get(name);
        return other !== undefined && sameValue(inner, other);
      })
    );
  }
  return false;
}

/** `container_definitions[0].name`: for people. */
export const showPath = (path: ValuePath): string =>
  path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');

/** The object that will exist after apply, or undefined for deletes and the like. */
export const resulting = (change: PlannedChange): PlanValue | undefined =>
  change.action === 'delete' || change.action === 'forget' || change.after === null
    ? undefined
    : change.after;

/** Does the object of this change stop to exist? */
export const destroys = (change: PlannedChange): boolean =>
  change.action === 'delete' || change.action === 'replace';

/** Does a change make or alter an object? */
export const writes = (change: PlannedChange): boolean =>
  change.action === 'create' ||
  change.action === 'update' ||
  change.action === 'replace' ||
  change.action === 'create-then-forget';

/** Strips instance keys: `module.a["x"].aws_instance.web[0]` is `module.a.aws_instance.web`. */
export const withoutKeys = (address: string): string => address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '');
