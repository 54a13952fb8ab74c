import { type PlanValue, sameValue } from '#plan/core';
import { covers } from '../fit/pattern.ts';
import data from './changed-attributes.json' with { type: 'json' };

type Causes = Readonly<Record<string, readonly string[]>>;
const anyType: Causes = data.anyType;
const types: Readonly<Record<string, Causes>> = data.types;

/** The attributes of which an update must change one for the provider to call the action; undefined where that is not known. */
export function causesOf(type: string, action: string): readonly string[] | undefined {
  const own = Object.hasOwn(types, type) ? types[type] : undefined;
  if (own !== undefined && Object.hasOwn(own, action)) return own[action];
  return Object.entries(anyType).find(([pattern]) => covers(pattern, action))?.[1];
}

/** Whether one of the attributes changes, or could: what only the apply tells equals nothing. */
export const changesAny = (before: PlanValue, after: PlanValue, names: readonly string[]): boolean =>
  names.some((name) => !sameValue(memberOf(before, name), memberOf(after, name)));

const memberOf = (object: PlanValue, name: string): PlanValue =>
  (object instanceof Map ? object.get(name) : undefined) ?? null;
