import type { Json, JsonObject } from '../../../../src/core-values/index.ts';
import { isObject } from '../read-request.ts';

/** The member at a path such as `Budget.BudgetName`; case does not matter, as services differ in it. */
export function memberAt(parameters: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = parameters;
  for (const step of path.split('.')) {
    if (!isObject(value)) return undefined;
    value =
      value[step] ?? Object.entries(value).find(([name]) => name.toLowerCase() === step.toLowerCase())?.[1];
  }
  return value;
}

/** The strings of a member that is one or a list of them; numbers and truth values as AWS prints them. */
export function stringsOf(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  return isList(value) ? value.flatMap((one) => (isList(one) ? [] : stringsOf(one))) : [];
}

export const firstString = (parameters: JsonObject, path: string): string | undefined =>
  stringsOf(memberAt(parameters, path))[0];

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** One or many, as XML tells no list of one from its element. */
export const listOf = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === null || value === '' ? [] : isList(value) ? value : [value];

/** Every string in it with the name of the member that holds it. */
export function* everyString(value: Json, name = ''): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [name, value];
  else if (isList(value)) for (const one of value) yield* everyString(one, name);
  else if (isObject(value))
    for (const [member, one] of Object.entries(value)) yield* everyString(one, member);
}
