import type { PlannedChange } from '#plan/core';
import type { Need } from './need.ts';

/** What people decided that a type is not granted, although it was recorded to need it. */
export interface LeftOut {
  readonly type: string;
  readonly action: string;
}

/** Takes away only: what is left stands as it stood. An opened service stays as it is; what was added by people, too. */
export function withoutLeftOut(
  needs: readonly Need[],
  changes: readonly Pick<PlannedChange, 'address' | 'type'>[],
  leftOut: readonly LeftOut[],
): readonly Need[] {
  if (leftOut.length === 0) return needs;
  const types = new Map(changes.map(({ address, type }) => [address, type]));
  return needs.filter(
    ({ action, why }) => !leftOut.some((one) => one.action === action && one.type === types.get(why.address)),
  );
}
