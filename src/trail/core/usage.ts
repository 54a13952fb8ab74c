import { UNOBSERVABLE_ACTIONS } from '#credentials/core';

/** Whether a pattern of a policy (`s3:Put*`) fits an action; names are compared without case. */
export function patternFits(pattern: string, action: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
}

/** What a trail does not record unless data events are switched on: there silence proves nothing. */
export const isUnrecorded = (action: string): boolean =>
  UNOBSERVABLE_ACTIONS.some((unrecorded) => patternFits(unrecorded, action));

/** The action patterns of a session policy that no call used, but for what a trail does not record. */
export const neverUsed = (allowed: readonly string[], called: readonly string[]): readonly string[] =>
  allowed.filter(
    (pattern) =>
      pattern !== '*' && !called.some((action) => patternFits(pattern, action)) && !isUnrecorded(pattern),
  );
