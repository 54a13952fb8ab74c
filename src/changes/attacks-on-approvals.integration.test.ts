import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { APPROVAL_NAMESPACE } from './core/approval/index.ts';
import { giveApproval } from './give-approval.ts';
import { DAY_MS, LOSES_DATA, mustBeTaken, openShop, rulesOf, type Shop } from './testing/shop.ts';

const PULL_REQUEST = { ref: 'refs/pull/7/merge', event_name: 'pull_request', run_id: '20' };
const NEXT_RUN = { run_id: '32', run_number: '8' };
const REASON = 'the checkout is down, the table must be replaced now';
let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

describe('an approval', () => {
  it('attack 20: is refused from the author', async () => {
    const plan = await shop.uploaded('shop-staging');
    expect(rulesOf(await shop.decide(plan, 'taro'))).toContain('policy.authors-never-approve');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(await shop.auditKinds()).toContain('approval.refused');
  });

  it('attack 20: of the author does not count even when the policy would let it be given', async () => {
    const plan = await shop.uploaded('shop-staging');
    shop.reconfigure(({ people }) => {
      Object.assign(people[0] ?? {}, { identities: [{ issuer: 'github', id: '777', login: 'taro' }] });
      Object.assign(people[1] ?? {}, { identities: [{ issuer: 'github', id: '42', login: 'hanako' }] });
    });
    mustBeTaken(await shop.decide(plan, 'hanako'));
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('attack 20: counts once for one person, however often it is given', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    for (let times = 0; times < 3; times += 1) {
      expect(mustBeTaken(await shop.decide(plan, 'hanako')).plan.state).toBe('awaiting-approval');
    }
    expect(rulesOf(await shop.grant(plan))).toContain('policy.data-loss-and-iam-need-two');
  });

  it('attack 20: counts once when one person gives it many times at the same moment', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    await Promise.all(Array.from({ length: 10 }, () => shop.decide(plan, 'hanako')));
    expect(rulesOf(await shop.grant(plan))).toContain('policy.data-loss-and-iam-need-two');
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('attack 21: no longer counts when the approver has left the configuration', async () => {
    const plan = await shop.approved('shop-staging');
    shop.reconfigure((draft) => {
      draft.people = draft.people.filter(({ name }) => name !== 'hanako');
      draft.breakGlass = ['yuki'];
      draft.administrators = ['yuki'];
    });
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });

  it('attack 21: no longer counts for production when the approver has left the owning team', async () => {
    const plan = await shop.approved('shop-production');
    expect(plan.state).toBe('approved');
    shop.reconfigure(({ people }) => Object.assign(people[1] ?? {}, { teams: ['data'] }));
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });

  it('attack 21: no longer counts when the key that signed it was taken out', async () => {
    const plan = await shop.approved('shop-staging');
    shop.reconfigure(({ people }) => {
      const another = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDOcYR6cm3kiYWmNZ8bMNz/ffL26mWn72ClXAO8a+VVn';
      Object.assign(people[1] ?? {}, { keys: [another] });
    });
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });

  it('counts for a week and no longer', async () => {
    await shop.approved('shop-staging', { claims: PULL_REQUEST });
    shop.clock.advance(7 * DAY_MS - 10_000);
    const still = await shop.uploaded('shop-staging');
    expect(still.state).toBe('approved');
    shop.clock.advance(20_000);
    expect(rulesOf(await shop.grant(still))).toContain('policy.not-permitted');
  });

  it('is refused when it speaks for somebody else than who is signed in', async () => {
    const plan = await shop.uploaded('shop-staging');
    const signed = shop.signed(plan, 'hanako', 'approve');
    const given = await giveApproval(shop.room, { plan: plan.id, person: shop.person('kenji'), ...signed });
    expect(rulesOf(given)).toEqual(['approval.not-yours']);
    expect(
      mustBeTaken(await giveApproval(shop.room, { plan: plan.id, person: shop.person('hanako'), ...signed }))
        .plan.state,
    ).toBe('approved');
  });

  it.each([
    ['signed with another person’s key', 'kenji', APPROVAL_NAMESPACE, 'approval.wrong-key'],
    ['signed for another use', 'hanako', 'sekisho-session@v1', 'approval.wrong-namespace'],
  ] as const)('is refused when %s', async (_, signer, namespace, rule) => {
    const plan = await shop.uploaded('shop-staging');
    const { statement } = shop.signed(plan, 'hanako', 'approve');
    const signature = shop.keyOf(signer).sign(statement, namespace);
    const given = await giveApproval(shop.room, {
      plan: plan.id,
      person: shop.person('hanako'),
      statement,
      signature,
    });
    expect(rulesOf(given)).toEqual([rule]);
  });

  it('attack 22: is refused from the future', async () => {
    const plan = await shop.uploaded('shop-staging');
    shop.clock.advance(121_000);
    const signed = shop.signed(plan, 'hanako', 'approve');
    shop.clock.advance(-121_000);
    const given = await giveApproval(shop.room, { plan: plan.id, person: shop.person('hanako'), ...signed });
    expect(rulesOf(given)).toEqual(['approval.from-the-future']);
  });

  it('cannot be given again after it was withdrawn by a rejection', async () => {
    const plan = await shop.uploaded('shop-staging', { claims: PULL_REQUEST });
    const signed = shop.signed(plan, 'hanako', 'approve');
    const give = (id: typeof plan.id) =>
      giveApproval(shop.room, { plan: id, person: shop.person('hanako'), ...signed });
    mustBeTaken(await give(plan.id));
    mustBeTaken(await shop.decide(plan, 'hanako', 'reject'));
    const again = await shop.uploaded('shop-staging');
    expect(again.state).toBe('awaiting-approval');
    expect(rulesOf(await give(again.id))).toEqual(['approval.given-before']);
  });
});

describe('approval travels by meaning', () => {
  it('an identical plan of a later run keeps it, a changed one does not', async () => {
    await shop.approved('shop-staging', { claims: PULL_REQUEST });
    const changed = await shop.uploaded('shop-staging', { changes: LOSES_DATA });
    expect(changed.state).toBe('awaiting-approval');
    const same = await shop.uploaded('shop-staging', { claims: NEXT_RUN });
    expect(same.state).toBe('approved');
    expect(rulesOf(await shop.grant(same, NEXT_RUN))).toEqual(['allowed']);
  });

  it('one approval serves one grant: a second identical plan needs another', async () => {
    const plan = await shop.approved('shop-staging');
    const granted = mustBeTaken(await shop.grant(plan));
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted, 'applied', 'unread'));
    const again = await shop.uploaded('shop-staging', { claims: NEXT_RUN });
    expect(again.fingerprint).toBe(plan.fingerprint);
    expect(again.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(again, NEXT_RUN))).toContain('policy.not-permitted');
    // The very statement that served once does not serve again.
    expect(mustBeTaken(await shop.decide(again, 'hanako')).plan.state).toBe('approved');
  });

  it('a rejection by anybody voids the approvals of all, until who rejected says yes', async () => {
    await shop.approved('shop-staging', { claims: PULL_REQUEST });
    const plan = await shop.uploaded('shop-staging');
    expect(plan.state).toBe('approved');
    expect(mustBeTaken(await shop.decide(plan, 'kenji', 'reject')).plan.state).toBe('refused');
    expect(rulesOf(await shop.grant(plan))).toEqual(['grant.plan-refused']);
    const again = await shop.uploaded('shop-staging', { claims: NEXT_RUN });
    expect(again.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(again, NEXT_RUN))).toContain('policy.not-permitted');
    expect(mustBeTaken(await shop.decide(again, 'kenji')).plan.state).toBe('approved');
    expect(await shop.auditKinds()).toContain('approval.rejected');
  });
});

describe('while production is frozen', () => {
  const freeze = () =>
    shop.reconfigure((draft) => {
      const at = (ms: number) => new Date(shop.clock.now() + ms).toISOString();
      draft.freezes = [
        {
          name: 'year-end',
          environments: ['production'],
          from: at(-DAY_MS),
          to: at(DAY_MS),
          reason: 'sales',
        },
      ];
    });

  it('an approved plan is not granted there, and staging goes on', async () => {
    const plan = await shop.approved('shop-production');
    freeze();
    expect(rulesOf(await shop.grant(plan))).toContain('policy.freeze');
    expect(shop.issued()).toEqual([]);
    const staging = await shop.approved('shop-staging');
    expect(rulesOf(await shop.grant(staging))).toEqual(['allowed']);
  });

  it('glass broken by a named person, with a reason, lets it pass, and loudly', async () => {
    freeze();
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    expect(mustBeTaken(await shop.decide(plan, 'hanako', 'break-glass', REASON)).plan.state).toBe('approved');
    const granted = mustBeTaken(await shop.grant(plan));
    expect(granted.grant.approvers).toEqual(['hanako']);
    const kinds = await shop.auditKinds();
    expect(kinds).toContain('break-glass.given');
    expect(kinds).toContain('break-glass.used');
    expect(kinds).not.toContain('grant.allowed');
    expect(JSON.stringify(await shop.audited('break-glass.used'))).toContain(REASON);
    const about = { plan: plan.id, stack: 'shop-production', person: 'hanako' };
    expect(shop.alarms()).toEqual([
      { kind: 'break-glass-given', ...about },
      { kind: 'break-glass-used', ...about },
    ]);
  });
});

describe('breaking glass', () => {
  it('is for named people only, and for a reason that says something', async () => {
    const plan = await shop.uploaded('shop-production');
    expect(rulesOf(await shop.decide(plan, 'yuki', 'break-glass', REASON))[0]).toContain('policy.');
    expect(rulesOf(await shop.decide(plan, 'hanako', 'break-glass', 'hurry'))[0]).toContain('policy.');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(await shop.auditKinds()).not.toContain('break-glass.given');
  });

  it('serves one grant only', async () => {
    const plan = await shop.uploaded('shop-production');
    mustBeTaken(await shop.decide(plan, 'hanako', 'break-glass', REASON));
    const granted = mustBeTaken(await shop.grant(plan));
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted, 'failed', 'unread'));
    const again = await shop.uploaded('shop-production', { claims: NEXT_RUN });
    expect(again.state).toBe('awaiting-approval');
  });

  it('no longer holds when its person was taken off the list', async () => {
    const plan = await shop.uploaded('shop-production');
    mustBeTaken(await shop.decide(plan, 'hanako', 'break-glass', REASON));
    shop.reconfigure((draft) => {
      draft.breakGlass = ['yuki'];
    });
    expect(rulesOf(await shop.grant(plan))).toContain('policy.break-glass-still-valid');
    // Somebody who may takes over without the first having to withdraw.
    mustBeTaken(await shop.decide(plan, 'yuki', 'break-glass', REASON));
    expect(mustBeTaken(await shop.grant(plan)).grant.approvers).toEqual(['yuki']);
  });

  it('is undone by anybody’s rejection', async () => {
    const plan = await shop.uploaded('shop-production', { claims: PULL_REQUEST });
    mustBeTaken(await shop.decide(plan, 'hanako', 'break-glass', REASON));
    mustBeTaken(await shop.decide(plan, 'kenji', 'reject'));
    const again = await shop.uploaded('shop-production');
    expect(again.state).toBe('awaiting-approval');
  });
});
