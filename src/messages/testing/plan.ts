import type { PlanDetails } from '#changes/core';

export const FINGERPRINT = 'ab'.repeat(32);
export const PLAN = 'pln_01900000-0000-7000-8000-000000000001';

/** A plan as `#changes` shows it, with what messages read of it. */
export const planOf = (over: Partial<PlanDetails> = {}): PlanDetails => ({
  id: PLAN,
  stack: 'shop-production',
  account: '222222222222',
  environment: 'production',
  state: 'awaiting-approval',
  digest: 'cd'.repeat(32),
  fingerprint: FINGERPRINT,
  lineage: 'l',
  serial: 1,
  repository: { id: '700100', name: 'shop/infra' },
  ref: 'refs/pull/12/merge',
  commit: '0123456789abcdef0123456789abcdef01234567',
  run: { id: '31', number: 7, attempt: 1 },
  author: { id: '1001', name: 'taro' },
  uploadedAt: '2026-11-23T06:30:00.000Z',
  expiresAt: '2026-11-30T06:30:00.000Z',
  changes: { create: 1, replace: 2 },
  findings: { critical: 1, high: 2, medium: 0, low: 0, info: 0 },
  decision: {
    allowed: false,
    policies: [],
    reasons: [],
    wouldChange: ['one more approval by somebody of the team shop'],
  },
  approvals: [],
  history: [],
  review: {},
  ...over,
});
