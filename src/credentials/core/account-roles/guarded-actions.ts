import forbidden from '../fit/forbidden.json' with { type: 'json' };
import { isForbidden } from '../fit/forbidden.ts';
import { actionsOfService, serviceOf } from '../fit/pattern.ts';
import data from './guards.json' with { type: 'json' };

export const GUARD_NAMES = ['audit', 'organization', 'people', 'billing'] as const;
export type GuardName = (typeof GUARD_NAMES)[number];

interface GuardRow {
  readonly name: string;
  /** A kind of `fit/forbidden.json`. */
  readonly from?: string;
  readonly services: readonly string[];
  readonly more: readonly string[];
}

const rows: readonly GuardRow[] = data.guards;

/** What the guard denies: the forbidden list's actions of its services, so that the two never drift apart. */
export function guardedActions(guard: GuardName): readonly string[] {
  const row = rows.find(({ name }) => name === guard);
  const listed = forbidden.kinds.find(({ kind }) => kind === row?.from)?.actions ?? [];
  const ofServices = listed.filter((pattern) => row?.services.includes(serviceOf(pattern)));
  const patterns = ofServices.flatMap((pattern) =>
    pattern.endsWith(':*') ? byVerb(serviceOf(pattern)) : [pattern],
  );
  return [...new Set([...patterns, ...(row?.more ?? [])])].toSorted();
}

/**
 * A service less what reads it: `organizations:Create*`. A policy knows no "all of a service but these", and verbs hold what AWS adds
 * later, too. An action whose verb also reads stands for itself.
 */
function byVerb(service: string): readonly string[] {
  const actions = actionsOfService(service);
  return actions.filter(isForbidden).map((action) => {
    const verb = /^[^:]+:[A-Z][a-z]*/.exec(action)?.[0] ?? action;
    const isMixed = actions.some((other) => other.startsWith(verb) && !isForbidden(other));
    return isMixed ? action : `${verb}*`;
  });
}
