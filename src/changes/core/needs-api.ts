import { z } from 'zod';
import { isStatementReason } from './approval/index.ts';

const time = z.iso.datetime();

/** Form only; whether such a need may be added is `extraNeedFault`'s business, which says why not. */
const need = z.strictObject({ action: z.string().max(256), resource: z.string().max(2_048) });

export const needsRequest = z.strictObject({
  needs: z.array(need).min(1).max(20),
  /** One visible line: approvers read it. */
  reason: z.string().refine(isStatementReason),
  /** Whose apply was refused. */
  plan: z.string().max(64).exactOptional(),
});

export type NeedsRequest = z.infer<typeof needsRequest>;

export const needAnswer = z.object({
  id: z.string(),
  action: z.string(),
  resource: z.string(),
  reason: z.string(),
  addedBy: z.string(),
  addedAt: time,
  plan: z.string().optional(),
  /** The newest plan that was granted credentials with it; absent where there is none. */
  lastUsedBy: z.string().optional(),
});

export type NeedAnswer = z.infer<typeof needAnswer>;

export const needsAnswer = z.object({ needs: z.array(needAnswer) });

export const needsChanged = needsAnswer.extend({ auditEntry: z.string() });
