import { type Text, text } from '#core-values';
import type { PolicyWords } from '#credentials/core';
import { type Plan, type PlanValue, SENSITIVE_TEXT, valueAt, walkValue } from '#plan/core';

/** Shorter ones the review does not hide either: every other word would go. */
const SHORTEST = 4;

/**
 * The words without what the plan marks as sensitive: a resource may be named by such a value, and then it stands in the policy,
 * but nobody is shown it.
 */
export function concealing(
  plan: Pick<Plan, 'changes' | 'variables' | 'configuration'>,
  words: PolicyWords,
): PolicyWords {
  const shown = JSON.stringify(words);
  const secrets = [...sensitiveStrings(plan)]
    .filter((secret) => shown.includes(JSON.stringify(secret).slice(1, -1)))
    .toSorted((one, other) => other.length - one.length);
  if (secrets.length === 0) return words;
  const hide = (line: string): string =>
    secrets.reduce((hidden, secret) => hidden.replaceAll(secret, SENSITIVE_TEXT), line);
  const hidden = (lines: readonly Text[]): readonly Text[] =>
    lines.map(({ en, ja }) => text(hide(en), hide(ja)));
  return {
    can: hidden(words.can),
    widened: hidden(words.widened),
    escalations: hidden(words.escalations),
  };
}

/** Every string that the plan marks as sensitive, and that is long enough to be hidden. */
export function sensitiveStrings({
  changes,
  variables,
  configuration,
}: Pick<Plan, 'changes' | 'variables' | 'configuration'>): ReadonlySet<string> {
  const found = new Set<string>();
  const marked: readonly (PlanValue | undefined)[] = [
    ...changes.flatMap(({ before, after, beforeSensitive, afterSensitive }) =>
      [...beforeSensitive, ...afterSensitive].flatMap((path): (PlanValue | undefined)[] => [
        valueAt(before, path),
        valueAt(after, path),
      ]),
    ),
    ...configuration.sensitiveNames.map((name) => variables.get(name)),
  ];
  for (const value of marked) {
    if (value === undefined) continue;
    walkValue(value, (item) => {
      if (typeof item === 'string' && item.length >= SHORTEST) found.add(item);
    });
  }
  return found;
}
