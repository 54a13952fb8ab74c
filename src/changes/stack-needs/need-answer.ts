import type { AddedNeed } from '../core/added-need.ts';
import type { NeedAnswer } from '../core/needs-api.ts';

export const needAnswerOf = (
  { id, action, resource, reason, addedBy, addedAt, plan }: AddedNeed,
  lastUsedBy?: string,
): NeedAnswer => ({
  ...{ id, action, resource, reason, addedBy, addedAt: new Date(addedAt).toISOString() },
  ...(plan === undefined ? {} : { plan }),
  ...(lastUsedBy === undefined ? {} : { lastUsedBy }),
});
