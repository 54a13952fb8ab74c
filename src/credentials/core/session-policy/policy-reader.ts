import { z } from 'zod';

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const conditions = z.record(z.string(), z.record(z.string(), list));
const statement = z.strictObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: list,
  Resource: list.optional(),
  NotResource: list.optional(),
  Condition: conditions.optional(),
});
const document = z.strictObject({ Version: z.literal('2012-10-17'), Statement: z.array(statement) });

/** A call as the tests ask about it; keys of the context in lower case are absent unless given. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/** How AWS would read the policy, as far as the tests need it: deny wins, and what is not allowed is denied. */
export function verdict(policy: string, call: Call): 'allowed' | 'denied' | 'not allowed' {
  const matching = document.parse(JSON.parse(policy)).Statement.filter((one) => {
    const inResource =
      one.NotResource === undefined
        ? (one.Resource ?? []).some((pattern) => matches(pattern, call.resource))
        : !one.NotResource.some((pattern) => matches(pattern, call.resource));
    return (
      one.Action.some((pattern) => matches(pattern.toLowerCase(), call.action.toLowerCase())) &&
      inResource &&
      Object.entries(one.Condition ?? {}).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) => holds(operator, call.context[key], values)),
      )
    );
  });
  if (matching.some(({ Effect }) => Effect === 'Deny')) return 'denied';
  return matching.length > 0 ? 'allowed' : 'not allowed';
}

function holds(operator: string, actual: string | undefined, values: readonly string[]): boolean {
  switch (operator) {
    case 'StringEquals':
      return actual !== undefined && values.includes(actual);
    case 'StringNotEquals':
      return actual === undefined || !values.includes(actual);
    case 'StringLike':
      return actual !== undefined && values.some((pattern) => matches(pattern, actual));
    case 'StringNotLike':
      return actual === undefined || !values.some((pattern) => matches(pattern, actual));
    case 'Null':
      return values.includes(String(actual === undefined));
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}

const matches = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  ).test(value);
