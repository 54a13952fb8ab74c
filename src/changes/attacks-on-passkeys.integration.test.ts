import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findPasskeys, statementChallenge, writeAssertion } from '#accounts';
import {
  enrolled,
  type Lies,
  removed,
  type SoftwareAuthenticator,
  softwareAuthenticator,
} from '#accounts/testing';
import { giveApproval } from './give-approval.ts';
import { showPlan } from './show-plan.ts';
import type { StoredPlan } from './store/plans.ts';
import { LOSES_DATA, mustBeTaken, type NameAtShop, openShop, rulesOf, type Shop } from './testing/shop.ts';
import { SERVER_URL } from './testing/shop-configuration.ts';

const REASON = 'the checkout is down, the table must be replaced now';
let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

async function passkeyOf(
  person: NameAtShop,
  standsOn: readonly NameAtShop[] = [],
  counts = true,
): Promise<SoftwareAuthenticator> {
  const authenticator = softwareAuthenticator({ origin: SERVER_URL, counts });
  await enrolled(shop.room.db, shop.room.passkeys, authenticator, { person, standsOn });
  return authenticator;
}

type Said = Parameters<Shop['signed']>[2];

function signedBy(
  authenticator: SoftwareAuthenticator,
  plan: StoredPlan,
  name: NameAtShop,
  { decision = 'approve', lies = {} }: { readonly decision?: Said; readonly lies?: Lies } = {},
) {
  const { statement } = shop.signed(plan, name, decision, decision === 'break-glass' ? REASON : undefined);
  return { statement, signature: writeAssertion(authenticator.assert(statementChallenge(statement), lies)) };
}

const give = (plan: StoredPlan, name: NameAtShop, signed: { statement: string; signature: string }) =>
  giveApproval(shop.room, { plan: plan.id, person: shop.person(name), ...signed });

async function decide(
  authenticator: SoftwareAuthenticator,
  plan: StoredPlan,
  name: NameAtShop,
  options: Parameters<typeof signedBy>[3] = {},
) {
  shop.clock.advance(1_000);
  return give(plan, name, signedBy(authenticator, plan, name, options));
}

const edit = (words: string) => sql.raw(words).execute(shop.room.db);
/** What the owner of the tables can do. */
const editAnyway = (words: string) =>
  edit(`ALTER TABLE passkeys DISABLE TRIGGER USER; ${words}; ALTER TABLE passkeys ENABLE TRIGGER USER`);

const listPasskey = (name: NameAtShop, fingerprint: string) =>
  shop.reconfigure(({ people }) =>
    people.find((one) => one.name === name)?.keys.push({ passkey: fingerprint }),
  );

async function fingerprintOf({ credentialId }: SoftwareAuthenticator): Promise<string> {
  const found = await findPasskeys(shop.room.db, [credentialId], shop.room.passkeys.key);
  return found.get(credentialId)?.fingerprint ?? '';
}

describe('an approval by passkey', () => {
  it('is an approval like one by an SSH key, and shown and recorded as what it is', async () => {
    const plan = await shop.uploaded('shop-production');
    const hanako = await passkeyOf('hanako');
    const signed = signedBy(hanako, plan, 'hanako');
    expect(mustBeTaken(await give(plan, 'hanako', signed)).plan.state).toBe('approved');
    const shown = await showPlan(shop.room, plan.id, 'en');
    expect(shown.ok && shown.value.approvals).toMatchObject([
      { approver: 'hanako', by: 'passkey', counts: true },
    ]);
    expect(await shop.audited('approval.given')).toMatchObject({
      evidence: { ...signed, by: 'passkey', key: await fingerprintOf(hanako) },
    });
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
    expect(await shop.audited('grant.allowed')).toMatchObject({ evidence: { approvals: [signed] } });
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('can be a rejection, or break the glass', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    const hanako = await passkeyOf('hanako');
    expect(rulesOf(await decide(hanako, plan, 'hanako', { decision: 'break-glass' }))).toEqual(['allowed']);
    expect(shop.alarms()).toMatchObject([{ kind: 'break-glass-given', person: 'hanako' }]);
    expect(mustBeTaken(await decide(hanako, plan, 'hanako', { decision: 'reject' })).plan.state).toBe(
      'refused',
    );
  });

  it('attack 20: of one person counts once, whichever of the person’s keys gave it', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    const keys = [await passkeyOf('hanako'), await passkeyOf('hanako')];
    for (const key of keys) {
      expect(mustBeTaken(await decide(key, plan, 'hanako')).plan.state).toBe('awaiting-approval');
    }
    expect(mustBeTaken(await shop.decide(plan, 'hanako')).plan.state).toBe('awaiting-approval');
    expect(mustBeTaken(await decide(await passkeyOf('yuki'), plan, 'yuki')).plan.state).toBe('approved');
  });

  it('attack 20: is refused from the author', async () => {
    const plan = await shop.uploaded('shop-staging');
    const given = await decide(await passkeyOf('taro'), plan, 'taro');
    expect(rulesOf(given)).toContain('policy.authors-never-approve');
  });

  it('attack 24: serves no other plan, no other decision, nobody else, and no second time', async () => {
    const plan = await shop.uploaded('shop-staging');
    const other = await shop.uploaded('shop-production');
    const [hanako] = [await passkeyOf('hanako'), await passkeyOf('yuki')];
    const signed = signedBy(hanako, plan, 'hanako');
    const { statement } = signedBy(hanako, other, 'hanako');
    expect(rulesOf(await give(other, 'hanako', signed))).toEqual(['approval.other-stack']);
    expect(rulesOf(await give(other, 'hanako', { ...signed, statement }))).toEqual([
      'passkey.other-challenge',
    ]);
    const glass = shop.signed(plan, 'hanako', 'break-glass', REASON);
    expect(rulesOf(await give(plan, 'hanako', { ...signed, statement: glass.statement }))).toEqual([
      'passkey.other-challenge',
    ]);
    expect(rulesOf(await give(plan, 'yuki', signed))).toEqual(['approval.not-yours']);
    const asYuki = shop.signed(plan, 'yuki', 'approve');
    expect(rulesOf(await give(plan, 'yuki', { ...signed, statement: asYuki.statement }))).toEqual([
      'passkey.not-theirs',
    ]);
    expect(rulesOf(await give(plan, 'hanako', signed))).toEqual(['allowed']);
    expect(rulesOf(await give(plan, 'hanako', signed))).toEqual(['approval.given-before']);
  });

  it.each<[string, Lies, string]>([
    ['on another site’s page', { origin: 'https://evil.example' }, 'passkey.other-origin'],
    ['for another site', { rpId: 'evil.example' }, 'passkey.other-site'],
    ['in a frame', { crossOrigin: true }, 'passkey.framed'],
    ['without verifying the person', { userVerified: false }, 'passkey.not-verified'],
  ])('attack 24: is refused when it was given %s', async (_, lies, rule) => {
    const plan = await shop.uploaded('shop-staging');
    expect(rulesOf(await decide(await passkeyOf('hanako'), plan, 'hanako', { lies }))).toEqual([rule]);
    expect(await shop.auditKinds()).toContain('approval.refused');
  });
});

describe('a passkey whose counter goes back', () => {
  it('attack 24: is suspended and alarmed, and what it approved before counts no more', async () => {
    const plan = await shop.uploaded('shop-staging');
    const other = await shop.uploaded('shop-production');
    const hanako = await passkeyOf('hanako');
    expect(mustBeTaken(await decide(hanako, plan, 'hanako')).plan.state).toBe('approved');
    const copied = await decide(hanako, other, 'hanako', { lies: { counter: 1 } });
    expect(rulesOf(copied)).toEqual(['passkey.suspended']);
    expect(shop.alarms()).toMatchObject([{ kind: 'passkey-suspended', person: 'hanako' }]);
    expect(await shop.audited('passkey.suspended')).toMatchObject({
      subject: { person: 'hanako' },
      evidence: { counterKept: 1, counterShown: 1 },
    });
    expect(rulesOf(await decide(hanako, other, 'hanako'))).toEqual(['passkey.suspended']);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });

  it('is not suspected when a request that was refused is sent again, and one that never counts is not either', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    const [taro, yuki] = [await passkeyOf('taro'), await passkeyOf('yuki', [], false)];
    const refused = signedBy(taro, plan, 'taro');
    for (let times = 0; times < 2; times += 1) {
      expect(rulesOf(await give(plan, 'taro', refused))).toContain('policy.authors-never-approve');
      expect(rulesOf(await decide(yuki, plan, 'yuki'))).toEqual(['allowed']);
    }
    expect(rulesOf(await decide(taro, plan, 'taro'))).toContain('policy.authors-never-approve');
    expect(shop.alarms()).toEqual([]);
  });
});

describe('a passkey that is no more', () => {
  it('attack 21: permits nothing that it permitted before it was removed; what it rejected stays rejected', async () => {
    const [plan, rejected] = [await shop.uploaded('shop-staging'), await shop.uploaded('shop-production')];
    const [hanako, yuki] = [await passkeyOf('hanako'), await passkeyOf('yuki')];
    mustBeTaken(await decide(hanako, plan, 'hanako'));
    mustBeTaken(await decide(yuki, rejected, 'yuki', { decision: 'reject' }));
    await removed(shop.room.db, shop.room.passkeys, hanako);
    await removed(shop.room.db, shop.room.passkeys, yuki);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
    expect(rulesOf(await decide(hanako, plan, 'hanako'))).toEqual(['passkey.removed']);
    const again = await shop.uploaded('shop-production', { claims: { run_id: '77', run_number: '77' } });
    expect(mustBeTaken(await shop.decide(again, 'hanako')).plan.state).not.toBe('approved');
  });

  it('attack 21: permits nothing once its owner has left the configuration', async () => {
    const plan = await shop.uploaded('shop-staging');
    mustBeTaken(await decide(await passkeyOf('yuki'), plan, 'yuki'));
    shop.reconfigure((draft) => {
      draft.people = draft.people.filter(({ name }) => name !== 'yuki');
    });
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });
});

describe('who can write to the database but has not the key', () => {
  it('attack 20: plants no passkey, by no row of theirs and no copy of another’s', async () => {
    const plan = await shop.uploaded('shop-staging');
    const hanako = await passkeyOf('hanako');
    const planted = softwareAuthenticator({ origin: SERVER_URL });
    await edit(`INSERT INTO passkeys (credential_id, person, name, public_key, transports, added_at, added_by, stands_on, counter, state, code)
      SELECT '${planted.credentialId}', person, name, '\\x${Buffer.from(planted.publicKey).toString('hex')}', transports, added_at, added_by,
        stands_on, counter, state, code FROM passkeys WHERE credential_id = '${hanako.credentialId}'`);
    expect(rulesOf(await decide(planted, plan, 'hanako'))).toEqual(['passkey.unknown']);
    const { statement, signature } = signedBy(planted, plan, 'hanako');
    await edit(`INSERT INTO approvals (id, stack, fingerprint, approver, decision, statement, statement_sha256, signature, given_at)
      VALUES ('apr_00000000-0000-7000-8000-000000000000', '${plan.stack}', '${plan.fingerprint}', 'hanako', 'approve',
        $words$${statement}$words$, repeat('a', 64), $words$${signature}$words$, now())`);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });

  it.each([
    ['whose it is', `person = 'yuki'`],
    ['the key', `public_key = public_key || '\\x00'`],
    ['on whose word it stands', `stands_on = '{kenji}'`],
    ['how it was enrolled', `added_by = 'terminal'`],
    ['its counter', 'counter = 7'],
    ['that it was suspended', `state = 'active'`],
    ['the code', `code = sha256('x')`],
  ])('attack 20: changes not %s of a passkey: it is nobody’s then', async (_, change) => {
    const plan = await shop.uploaded('shop-staging');
    const hanako = await passkeyOf('hanako');
    if (change.startsWith('state')) {
      mustBeTaken(await decide(hanako, plan, 'hanako'));
      await decide(hanako, plan, 'hanako', { lies: { counter: 1 } });
    }
    await editAnyway(`UPDATE passkeys SET ${change}`);
    expect(rulesOf(await decide(hanako, plan, 'hanako'))).toEqual(['passkey.unknown']);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it.each([`person = 'yuki'`, `stands_on = '{}'`, 'counter = counter - 1', `state = 'active'`])(
    'is stopped by the database itself from setting %s',
    async (change) => {
      const hanako = await passkeyOf('hanako', ['kenji']);
      mustBeTaken(await decide(hanako, await shop.uploaded('shop-staging'), 'hanako'));
      await removed(shop.room.db, shop.room.passkeys, hanako);
      await expect(edit(`UPDATE passkeys SET ${change}`)).rejects.toThrow('not changed like this');
      await expect(edit('DELETE FROM passkeys')).rejects.toThrow('not allowed');
    },
  );
});

describe('a passkey that stands on another’s word', () => {
  it('attack 20: does not make two people of whoever made its link, in either order', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    const yuki = await passkeyOf('yuki', ['hanako']);
    expect(mustBeTaken(await decide(yuki, plan, 'yuki')).plan.state).toBe('awaiting-approval');
    expect(mustBeTaken(await shop.decide(plan, 'hanako')).plan.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.data-loss-and-iam-need-two');
    const shown = await showPlan(shop.room, plan.id, 'en');
    expect(shown.ok && shown.value.approvals).toMatchObject([
      { approver: 'yuki', counts: false, why: expect.stringContaining('link that hanako made') },
      { approver: 'hanako', counts: true },
    ]);
  });

  it('attack 20: does not make two people of one who made the links of two', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    mustBeTaken(await decide(await passkeyOf('yuki', ['kenji']), plan, 'yuki'));
    const second = await decide(await passkeyOf('hanako', ['kenji']), plan, 'hanako');
    expect(mustBeTaken(second).plan.state).toBe('awaiting-approval');
  });

  it('attack 20: counts not at all for what the maker of its link wrote', async () => {
    const plan = await shop.uploaded('shop-staging');
    const given = await decide(await passkeyOf('hanako', ['taro']), plan, 'hanako');
    expect(mustBeTaken(given).plan.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('counts not once the maker of its link is gone', async () => {
    const plan = await shop.uploaded('shop-staging');
    mustBeTaken(await decide(await passkeyOf('hanako', ['kenji']), plan, 'hanako'));
    shop.reconfigure((draft) => {
      draft.people = draft.people.filter(({ name }) => name !== 'kenji');
    });
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('breaks no glass for a maker who may not', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    const hanako = await passkeyOf('hanako', ['kenji']);
    const glass = { decision: 'break-glass' } as const;
    expect(rulesOf(await decide(hanako, plan, 'hanako', glass))).toEqual(['approval.glass-on-others-word']);
    shop.reconfigure((draft) => draft.breakGlass.push('kenji'));
    expect(rulesOf(await decide(hanako, plan, 'hanako', glass))).toEqual(['allowed']);
  });

  it('attack 20: does not take back what its owner rejected with a key of their own', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    const first = await shop.uploaded('shop-staging');
    const yuki = await passkeyOf('yuki', ['hanako']);
    mustBeTaken(await shop.decide(first, 'yuki', 'reject'));
    const again = await shop.uploaded('shop-staging', { claims: { run_id: '78', run_number: '78' } });
    expect(rulesOf(await decide(yuki, again, 'yuki'))).toEqual(['approval.rejection-stands']);
    expect(rulesOf(await decide(yuki, plan, 'yuki'))).toEqual(['allowed']);
  });

  it('is its owner’s own once sekisho.yaml lists it', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    const yuki = await passkeyOf('yuki', ['hanako']);
    listPasskey('yuki', await fingerprintOf(yuki));
    mustBeTaken(await decide(yuki, plan, 'yuki'));
    expect(mustBeTaken(await shop.decide(plan, 'hanako')).plan.state).toBe('approved');
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });
});
