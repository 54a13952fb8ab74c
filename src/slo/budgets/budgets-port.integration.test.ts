import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AVAILABILITY, openIncidentsRoom } from '../testing/incidents-room.ts';
import { budgetsPort } from './budgets-port.ts';

let shop: Awaited<ReturnType<typeof openIncidentsRoom>>;
beforeEach(async () => {
  shop = await openIncidentsRoom();
});
afterEach(() => shop.close());

const failures: unknown[] = [];
const port = () => budgetsPort(shop.newRoom(), (error) => failures.push(error));
const askedAt = (services: readonly string[]) => port().budgetsOf(services, shop.clock.now());

describe('what the gate of applies is told', () => {
  it('is how each SLO of the services stands, and up to when that is known', async () => {
    shop.define(`${AVAILABILITY}---${AVAILABILITY.replaceAll('availability', 'never-counted')}`);
    const hour = shop.minute() - 60;
    await shop.count('availability', shop.minute() - 43_200, (minute) => [minute < hour ? 100 : 50, 100]);
    const budgets = await askedAt(['shop', 'elsewhere']);
    expect(budgets).toEqual({
      ok: true,
      value: [
        {
          ...{ slo: 'availability', service: 'shop', verdict: 'kept', remainingPpm: 930_555, burning: true },
          upTo: shop.at(shop.minute()),
        },
        { slo: 'never-counted', service: 'shop', verdict: 'no-data', burning: false },
      ],
    });
    expect(await askedAt(['elsewhere'])).toEqual({ ok: true, value: [] });
  });

  it('says up to when it was counted, however long ago', async () => {
    await shop.count('availability', shop.minute() - 43_200, () => [0, 100]);
    const counted = shop.minute();
    shop.passes(300);
    const budgets = await askedAt(['shop']);
    expect(budgets.ok && budgets.value[0]).toMatchObject({ verdict: 'spent', upTo: shop.at(counted) });
  });

  it('is of the objective that is worst off, where an SLO has several', async () => {
    const two = AVAILABILITY.replace('[{ target: 0.99 }]', '[{ target: 0.99 }, { target: 0.999 }]');
    shop.define(two);
    await shop.count('availability', shop.minute() - 43_200, () => [998, 1000]);
    const budgets = await askedAt(['shop']);
    expect(budgets.ok && budgets.value).toMatchObject([{ verdict: 'spent', remainingPpm: -1_000_000 }]);
  });

  it('is a problem where it cannot be read, and never "all is well"', async () => {
    const room = {
      ...shop.newRoom(),
      statuses: { now: () => Promise.reject(new Error('gone')), forget: () => undefined },
    };
    const budgets = await budgetsPort(room, (error) => failures.push(error)).budgetsOf(
      ['shop'],
      shop.clock.now(),
    );
    expect(budgets.ok ? undefined : budgets.error.reasons[0].rule).toBe('slo.budgets-unread');
    expect(failures).toHaveLength(1);
  });
});

describe('definitions that could not be read', () => {
  it('are a problem, for an SLO that nobody can read gates nothing', async () => {
    const room = shop.newRoom();
    const unread = { ...room, definitions: () => ({ ...room.definitions(), isUnread: true }) };
    const budgets = await budgetsPort(unread, () => undefined).budgetsOf(['shop'], shop.clock.now());
    expect(budgets.ok ? undefined : budgets.error.reasons[0].rule).toBe('slo.definitions-unread');
  });
});

describe('figures', () => {
  it('that came late are seen with the next reading, and those of days ago within ten minutes', async () => {
    await shop.count('availability', shop.minute() - 43_200, () => [100, 100]);
    const room = shop.newRoom();
    const lost = async () => (await room.statuses.now()).slos[0]?.objectives[0]?.status.budget.lost;
    expect(await lost()).toBe(0);
    const then = shop.minute();
    await shop.count('availability', then - 10, () => [90, 100]);
    shop.passes(1);
    expect(await lost()).toBe(100);
    await shop.count('availability', then - 3 * 1440, (minute) => [
      minute < then - 3 * 1440 + 10 ? 0 : 100,
      100,
    ]);
    shop.passes(10);
    // The outage of three days ago; the ten minutes from before were corrected by the same replacement.
    expect(await lost()).toBe(1000);
  });
});
