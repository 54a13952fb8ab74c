import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openShop, rulesOf, type Shop } from './testing/shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const pullRequest = { event_name: 'pull_request', ref: 'refs/pull/7/merge', actor: 'taro', actor_id: '42' };
const mergedBy = (actor: string, id: string) => ({ run_id: '90', run_number: '90', actor, actor_id: id });

describe('the author of a change', () => {
  it('is who proposed it, and not the reviewer who merged it: the reviewer’s approval holds', async () => {
    const proposed = await shop.uploaded('shop-staging', { claims: pullRequest });
    expect((await shop.decide(proposed, 'hanako')).ok).toBe(true);
    const claims = mergedBy('hanako', '1002');
    const merged = await shop.uploaded('shop-staging', { claims });
    expect(merged.fingerprint).toBe(proposed.fingerprint);
    expect(merged.state).toBe('approved');
    expect((await shop.grant(merged, claims)).ok).toBe(true);
  });

  it('attack 20: does not become an approver because somebody else merged the change', async () => {
    await shop.uploaded('shop-staging', { claims: pullRequest });
    const merged = await shop.uploaded('shop-staging', { claims: mergedBy('hanako', '1002') });
    expect(rulesOf(await shop.decide(merged, 'taro'))).toContain('policy.authors-never-approve');
  });

  it('is who pushed, when the change was never proposed', async () => {
    const pushed = await shop.uploaded('shop-staging', { claims: mergedBy('hanako', '1002') });
    expect(rulesOf(await shop.decide(pushed, 'hanako'))).toContain('policy.authors-never-approve');
    expect((await shop.decide(pushed, 'taro')).ok).toBe(true);
  });

  it('is everybody who pushed to the pull request', async () => {
    await shop.uploaded('shop-staging', { claims: pullRequest });
    const second = await shop.uploaded('shop-staging', {
      claims: { ...pullRequest, run_id: '88', run_number: '88', actor: 'yuki', actor_id: '1003' },
    });
    expect(rulesOf(await shop.decide(second, 'taro'))).toContain('policy.authors-never-approve');
    expect(rulesOf(await shop.decide(second, 'yuki'))).toContain('policy.authors-never-approve');
    expect((await shop.decide(second, 'hanako')).ok).toBe(true);
  });
});
