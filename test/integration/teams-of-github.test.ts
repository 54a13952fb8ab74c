import { afterAll, beforeAll, expect, test } from 'vitest';
import { mustBeTaken, rulesOf } from '../../src/changes/testing/shop.ts';
import { type GitHubShop, openGitHubShop } from '../github-shop.ts';

/** A team of `sekisho.yaml` that is tied to GitHub's, which answers as it describes itself. */
let here: GitHubShop;
beforeAll(async () => {
  here = await openGitHubShop();
  here.shop.reconfigure((draft) =>
    Object.assign(draft, { teams: [{ name: 'shop', github: 'Shop/shop' }, { name: 'data' }] }),
  );
});
afterAll(async () => {
  const complaints = here.github.complaints();
  await here.stop();
  expect(complaints).toEqual([]);
});

test('Somebody whom GitHub no longer has in the team does not count, nor anybody in a team that it does not have', async () => {
  const { shop, github } = here;
  const plan = await shop.uploaded('shop-production');
  expect(mustBeTaken(await shop.decide(plan, 'hanako')).plan.state).toBe('approved');
  github.leaveTeam('shop', 'shop', 'hanako');
  expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  shop.reconfigure((draft) =>
    Object.assign(draft, { teams: [{ name: 'shop', github: 'shop/gone' }, { name: 'data' }] }),
  );
  expect(rulesOf(await shop.grant(plan))).toEqual(['team.unread']);
  shop.reconfigure((draft) =>
    Object.assign(draft, { teams: [{ name: 'shop', github: 'shop/shop' }, { name: 'data' }] }),
  );
  github.joinTeam('shop', 'shop', 'hanako');
  expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
});
