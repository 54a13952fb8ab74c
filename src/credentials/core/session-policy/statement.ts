import type { JsonObject } from '#core-values';
import limits from '../sts-limits.json' with { type: 'json' };

/** Actions and resources of one effect; the policy's JSON is written from it, with nothing empty. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: JsonObject;
}

export const MAX_POLICY_CHARACTERS = limits.sessionPolicy.maxCharacters;

/** Sorted and without repetitions, so that the same facts always give the same text. */
export function policyText(statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements
      .filter(({ Action }) => Action.length > 0)
      .map(({ Effect, Action, Resource, NotResource, Condition }) => ({
        Effect,
        Action: distinct(Action),
        ...(NotResource === undefined
          ? { Resource: Resource ?? '*' }
          : { NotResource: distinct(NotResource) }),
        ...(Condition !== undefined && { Condition }),
      })),
  });
}

/** Without those that another one already covers. */
function distinct(patterns: readonly string[]): readonly string[] {
  const sorted = [...new Set(patterns)].toSorted();
  return sorted.filter(
    (one) =>
      !sorted.some((other) => other !== one && other.endsWith('*') && one.startsWith(other.slice(0, -1))),
  );
}

/**
 * Whether a name from a plan may stand in a policy as itself. `*` and `?` would be patterns, `${` a policy variable
 * (attack 5), and control characters or quotes are in no ARN.
 */
export const isLiteral = (name: string): boolean => name !== '' && !/[*?$"\\\p{C}]/u.test(name);
