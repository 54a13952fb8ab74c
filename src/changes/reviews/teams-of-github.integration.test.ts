import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unlockStack } from '../stack-locks/release-locks.ts';
import { addNeeds } from '../stack-needs/change-needs.ts';
import { mustBeTaken, openShop, rulesOf, type Shop } from '../testing/shop.ts';
import { PEOPLE } from '../testing/shop-configuration.ts';
import { OF_7, type ShopReviews, shopReviews } from '../testing/shop-reviews.ts';
import { hearReviews } from './hear-reviews.ts';

const EVERYBODY = [PEOPLE.taro.id, PEOPLE.hanako.id, PEOPLE.yuki.id];
const WITHOUT_HANAKO = [PEOPLE.taro.id, PEOPLE.yuki.id];

let shop: Shop;
let reviews: ShopReviews;
beforeAll(async () => {
  shop = await openShop();
  reviews = shopReviews(shop);
});
beforeEach(async () => {
  await shop.startOver();
  reviews.startOver();
  shop.reconfigure((draft) =>
    Object.assign(draft, { teams: [{ name: 'shop', github: 'shop/owners' }, { name: 'data' }] }),
  );
  shop.github.team('shop/owners', EVERYBODY);
});
afterAll(() => shop.close());

const person = (name: string) =>
  shop.room.organization().people.find((one) => one.name === name) ?? expect.unreachable();

describe('a team that is tied to one of GitHub', () => {
  it('counts a person whom both have in it', async () => {
    const plan = await reviews.merged('shop-production');
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('no longer counts the review of a person who left it on GitHub, and counts it again once they are back', async () => {
    const plan = await reviews.merged('shop-production');
    expect(plan.state).toBe('approved');
    shop.github.team('shop/owners', WITHOUT_HANAKO);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
    shop.github.team('shop/owners', EVERYBODY);
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('no longer counts the signature either, also on a stack that accepts no reviews', async () => {
    reviews.accept('signature');
    const plan = await shop.uploaded('shop-production');
    expect(mustBeTaken(await shop.decide(plan, 'hanako')).plan.state).toBe('approved');
    shop.github.team('shop/owners', WITHOUT_HANAKO);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(mustBeTaken(await shop.decide(plan, 'yuki')).plan.state).toBe('approved');
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('takes the approval back as soon as GitHub tells that somebody left', async () => {
    await shop.uploaded('shop-production', { claims: OF_7 });
    reviews.give('hanako');
    const issuer = shop.room.organization().issuers[0]?.name ?? expect.unreachable();
    const changed = { issuer, repositoryId: '700100', pullRequest: 7 };
    const [approved] = await hearReviews(shop.room, changed);
    expect(approved && (await shop.stored(approved)).state).toBe('approved');
    shop.github.team('shop/owners', WITHOUT_HANAKO);
    expect(await hearReviews(shop.room, changed)).toEqual([approved]);
    expect(approved && (await shop.stored(approved)).state).toBe('awaiting-approval');
  });

  it('has nobody in it whom sekisho.yaml does not have in it', async () => {
    shop.github.team('shop/owners', [...EVERYBODY, PEOPLE.kenji.id]);
    const plan = await reviews.merged('shop-production', ['kenji']);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it.each([
    ['GitHub does not answer', () => shop.github.breakWith('membersOf')],
    [
      'GitHub has no such team',
      () =>
        shop.reconfigure((draft) =>
          Object.assign(draft, { teams: [{ name: 'shop', github: 'shop/gone' }, { name: 'data' }] }),
        ),
    ],
  ])('denies while %s, and says so', async (_, breaks) => {
    reviews.accept('signature');
    const plan = await shop.uploaded('shop-production');
    mustBeTaken(await shop.decide(plan, 'hanako'));
    breaks();
    expect(rulesOf(await shop.grant(plan))).toEqual(['team.unread']);
    expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
    expect(shop.issued()).toEqual([]);
  });

  it('takes nobody’s yes while GitHub does not answer, though no policy denies it, but their no', async () => {
    reviews.accept('signature');
    const plan = await shop.uploaded('shop-production');
    shop.github.breakWith('membersOf');
    expect(rulesOf(await shop.decide(plan, 'hanako'))).toEqual(['team.unread']);
    expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
    expect(mustBeTaken(await shop.decide(plan, 'hanako', 'reject')).plan.state).toBe('refused');
  });

  it('denies where no GitHub App is set up', async () => {
    const plan = await reviews.merged('shop-production', []);
    const { reviews: _, ...without } = shop.room;
    const asked = { stack: 'shop-production', person: person('yuki'), reason: 'it waits', needs: [] };
    expect(rulesOf(await addNeeds(without, asked))).toEqual(['team.unread']);
    expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
  });

  it('does not stop anybody from breaking the glass while GitHub is down', async () => {
    shop.github.breakWith('membersOf');
    const plan = await shop.uploaded('shop-production');
    mustBeTaken(await shop.decide(plan, 'hanako', 'break-glass', 'the checkout is down, and GitHub with it'));
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('no longer lets who left it administer the stack', async () => {
    const asked = { stack: 'shop-production', person: person('yuki'), reason: 'nobody works on it' };
    expect(rulesOf(await unlockStack(shop.room, asked))).toEqual(['stack.not-locked']);
    shop.github.team('shop/owners', [PEOPLE.hanako.id]);
    expect(rulesOf(await unlockStack(shop.room, asked))).toContain('policy.not-permitted');
    expect(rulesOf(await addNeeds(shop.room, { ...asked, needs: [] }))).toContain('policy.not-permitted');
    shop.github.breakWith('membersOf');
    expect(rulesOf(await unlockStack(shop.room, asked))).toEqual(['team.unread']);
  });

  it('is not asked for where no team is tied', async () => {
    shop.reconfigure((draft) => Object.assign(draft, { teams: [{ name: 'shop' }, { name: 'data' }] }));
    reviews.accept('signature');
    const asked = shop.github.asked();
    await shop.uploaded('shop-production');
    expect(shop.github.asked()).toBe(asked);
  });
});
