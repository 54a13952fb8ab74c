import { type PlanValue, UNKNOWN } from '#plan/core';
import data from './besides.json' with { type: 'json' };

const filledIn: ReadonlySet<string> = new Set(data.filledIn);

/** A text that the plan tells, or `undefined` for one that only the apply will. */
export type Told = string | undefined;

/** The value at a path of names with dots; lists on the way are gone through. Empty where nothing is set. */
export function valuesAt(value: PlanValue, path: string): readonly Told[] {
  let values: readonly PlanValue[] = [value];
  for (const name of path.split('.')) {
    values = values.flatMap((one) => members(one)).flatMap((one) => stepInto(one, name));
  }
  return values.flatMap(members).flatMap(toldBy);
}

const members = (value: PlanValue): readonly PlanValue[] => (Array.isArray(value) ? value : [value]);

function stepInto(value: PlanValue, name: string): readonly PlanValue[] {
  if (value === UNKNOWN) return [UNKNOWN];
  if (!(value instanceof Map)) return [];
  const inner = value.get(name);
  return inner === undefined || inner === null ? [] : [inner];
}

function toldBy(value: PlanValue): readonly Told[] {
  if (value === UNKNOWN) return [undefined];
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'number' ? [String(value)] : [];
}

/**
 * Whether the attribute asks for something: not null, false, zero, negative or empty. What is not known yet does, unless AWS fills
 * it in where the configuration says nothing (`besides.json`).
 */
export function isSet(value: PlanValue, name: string): boolean {
  if (!(value instanceof Map)) return false;
  const inner = value.get(name);
  if (inner === UNKNOWN) return !filledIn.has(name);
  if (inner === undefined || inner === null || inner === false || inner === '') return false;
  if (typeof inner === 'number') return inner > 0;
  if (Array.isArray(inner)) return inner.length > 0;
  return inner instanceof Map ? inner.size > 0 : true;
}
