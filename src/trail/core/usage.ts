import actions from './event-actions.json' with { type: 'json' };

/** Whether a pattern of a policy (`s3:Put*`) fits an action; names are compared without case. */
function fits(pattern: string, action: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
}

const UNRECORDED = actions.notRecordedWithoutDataEvents;

/**
 * The action patterns of a session policy that no call used. Left out is what a trail does not record unless data events are switched
 * on: there silence proves nothing.
 */
export const neverUsed = (allowed: readonly string[], called: readonly string[]): readonly string[] =>
  allowed.filter(
    (pattern) =>
      pattern !== '*' &&
      !called.some((action) => fits(pattern, action)) &&
      !UNRECORDED.some((unrecorded) => fits(unrecorded, pattern)),
  );
