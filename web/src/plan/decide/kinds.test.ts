import { expect, it } from 'vitest';
import type { PlanSummary } from '../queries.ts';
import { offeredTo } from './kinds.ts';

const explained = (allowed: boolean) => ({
  ...{ kind: allowed ? ('allowed' as const) : ('forbidden' as const), allowed },
  ...{ policies: [], nearest: [], facts: [], wouldChange: [] },
  reasons: allowed ? [] : [{ rule: 'author', message: 'It is yours.', remedy: 'Ask another.' }],
});

const plan = (mine: PlanSummary['mine'], allowed = false) =>
  ({ ...(mine && { mine }), decision: explained(allowed) }) as unknown as PlanSummary;

it('offers what the server says that this person may do, and tells why not', () => {
  const approver = {
    isAuthor: false,
    approve: explained(true),
    breakGlass: explained(false),
    mayCancel: false,
  };
  expect(offeredTo(plan(approver))).toEqual({
    ...{ approve: true, reject: true, breakGlass: false, cancel: false },
  });
  const author = { isAuthor: true, approve: explained(false), breakGlass: explained(false), mayCancel: true };
  expect(offeredTo(plan(author))).toMatchObject({
    ...{ approve: false, reject: false, cancel: true, whyNot: { message: 'It is yours.' } },
  });
  expect(offeredTo(plan(undefined))).toEqual({
    ...{ approve: false, reject: false, breakGlass: false, cancel: false },
  });
});

it('offers no approval twice, and breaks no glass where the way is open', () => {
  const given = { isAuthor: false, approve: explained(true), breakGlass: explained(true), mayCancel: true };
  expect(offeredTo(plan({ ...given, given: 'approve' }))).toMatchObject({ approve: false, reject: true });
  expect(offeredTo(plan(given)).breakGlass).toBe(true);
  expect(offeredTo(plan(given, true)).breakGlass).toBe(false);
});
