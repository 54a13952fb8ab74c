import { expect, it } from 'vitest';
import type { PlanSummary } from '../queries.ts';
import { offeredTo } from './kinds.ts';

const explained = (allowed: boolean) => ({
  ...{ kind: allowed ? ('allowed' as const) : ('forbidden' as const), allowed },
  ...{ policies: [], nearest: [], facts: [], wouldChange: [] },
  reasons: allowed ? [] : [{ rule: 'author', message: 'It is yours.', remedy: 'Ask another.' }],
});

const NO_REPAIR = { repair: false, agreeRepair: false, withdrawRepair: false };

const plan = (mine: PlanSummary['mine'], allowed = false) =>
  ({ ...(mine && { mine }), decision: explained(allowed) }) as unknown as PlanSummary;

it('offers what the server says that this person may do, and tells why not', () => {
  const approver = {
    isAuthor: false,
    approve: explained(true),
    breakGlass: explained(false),
    mayCancel: false,
  };
  expect(offeredTo(plan(approver), 'hanako')).toEqual({
    ...{ approve: true, reject: true, breakGlass: false, cancel: false },
    ...NO_REPAIR,
  });
  const author = { isAuthor: true, approve: explained(false), breakGlass: explained(false), mayCancel: true };
  expect(offeredTo(plan(author), 'hanako')).toMatchObject({
    ...{ approve: false, reject: false, cancel: true, whyNot: { message: 'It is yours.' } },
  });
  expect(offeredTo(plan(undefined), 'hanako')).toEqual({
    ...{ approve: false, reject: false, breakGlass: false, cancel: false },
    ...NO_REPAIR,
  });
});

it('offers no approval twice, and breaks no glass where the way is open', () => {
  const given = { isAuthor: false, approve: explained(true), breakGlass: explained(true), mayCancel: true };
  expect(offeredTo(plan({ ...given, given: 'approve' }), 'hanako')).toMatchObject({
    approve: false,
    reject: true,
  });
  expect(offeredTo(plan(given), 'hanako').breakGlass).toBe(true);
  expect(offeredTo(plan(given, true), 'hanako').breakGlass).toBe(false);
});

it('offers a repair where budgets are in the way, its agreement to others, and its withdrawal to whom it concerns', () => {
  const mine = { isAuthor: false, approve: explained(true), breakGlass: explained(false), mayCancel: false };
  const slo = { slo: 'a', service: 's', burning: false };
  const of = (stand: 'spent' | 'stale' | 'left', repair?: object, allowed = false) =>
    offeredTo(
      { ...plan(mine, allowed), budgets: { services: ['s'], slos: [{ ...slo, stand }] }, repair } as never,
      'hanako',
    );
  const marked = { by: 'taro', reason: 'r', counts: false };
  expect([of('spent').repair, of('stale').repair, of('left').repair]).toEqual([true, true, false]);
  expect(of('spent', undefined, true).repair).toBe(false);
  expect(of('spent', marked)).toMatchObject({ repair: false, agreeRepair: true, withdrawRepair: false });
  expect(of('spent', { ...marked, by: 'hanako' })).toMatchObject({
    agreeRepair: false,
    withdrawRepair: true,
  });
  expect(of('spent', { ...marked, agreedBy: 'hanako' })).toMatchObject({
    ...{ agreeRepair: false, withdrawRepair: true },
  });
});
