import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accountMap, type StackOnMap } from '../core/account-map-api.ts';
import { mustBeTaken, openShop, type Shop, type StackAtShop } from '../testing/shop.ts';
import { type ShopApp, shopApp } from '../testing/shop-app.ts';

let shop: Shop;
let app: ShopApp;
beforeAll(async () => {
  shop = await openShop();
  app = shopApp(shop);
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const map = async () => (await app.get('/v1/accounts', accountMap)).accounts;
async function stack(name: StackAtShop): Promise<StackOnMap> {
  const found = (await map()).flatMap(({ stacks }) => stacks).find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not on the map`);
  return found;
}

describe('the map of accounts', () => {
  it('has production first, and stacks in the order in which they are applied', async () => {
    expect((await map()).map(({ name, stacks }) => [name, stacks.map((one) => one.name)])).toEqual([
      ['production', ['shop-production', 'web-production']],
      ['staging', ['shop-staging']],
    ]);
    const { drift, waiting, ...rest } = await stack('shop-staging');
    expect([drift, waiting]).toEqual([{ verdict: 'unknown' }, 0]);
    for (const key of ['lastPlan', 'lastApplied', 'inFlight', 'knownState', 'lock'])
      expect(rest).not.toHaveProperty(key);
  });

  it('tells what is under way on a stack, what was applied last, and where its state stands', async () => {
    const plan = await shop.approved('shop-staging');
    const granted = mustBeTaken(await shop.grant(plan));
    expect(await stack('shop-staging')).toMatchObject({ inFlight: plan.id, lastPlan: { state: 'granted' } });
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted));
    const again = await shop.uploaded('shop-staging', {
      lineage: '11111111-2222-4333-8444-555555555555',
      serial: 1,
      claims: { run_id: '9', run_number: '9' },
    });
    const after = await stack('shop-staging');
    expect(after).toMatchObject({
      lastPlan: { id: again.id },
      lastApplied: { plan: plan.id },
      knownState: { serial: 1 },
      waiting: 1,
      drift: { verdict: 'none', plan: plan.id },
    });
    expect(after).not.toHaveProperty('inFlight');
  });

  it('tells of drift by the newest scheduled plan, until something is applied', async () => {
    shop.reconfigure(({ stacks }) => {
      for (const one of stacks)
        Object.assign(one, { plan: { events: ['push', 'schedule'], refs: ['refs/heads/main'] } });
    });
    const nightly = { event_name: 'schedule', run_id: '20', run_number: '20' };
    const found = await shop.uploaded('web-production', { claims: nightly });
    expect((await stack('web-production')).drift).toMatchObject({ verdict: 'drifted', plan: found.id });
    const clean = { event_name: 'schedule', run_id: '21', run_number: '21' };
    await shop.uploaded('web-production', { claims: clean, changes: [], applyable: false });
    expect((await stack('web-production')).drift).toMatchObject({ verdict: 'none' });
    expect((await stack('shop-production')).drift).toEqual({ verdict: 'unknown' });
  });

  it('shows a freeze where it holds now', async () => {
    const at = (ms: number) => new Date(shop.clock.now() + ms).toISOString();
    shop.reconfigure((draft) => {
      const of = { environments: ['production'], reason: 'Holidays' };
      draft.freezes = [
        { name: 'now', from: at(-1_000), to: at(3_600_000), ...of },
        { name: 'later', from: at(3_600_000), to: at(7_200_000), ...of },
      ];
    });
    expect((await map()).map(({ name, freezes }) => [name, freezes.map((one) => one.name)])).toEqual([
      ['production', ['now']],
      ['staging', []],
    ]);
  });

  it('is for people alone', async () => {
    expect(await app.refusal('/v1/accounts', {})).toEqual([401, 'request.not-signed-in']);
  });
});
