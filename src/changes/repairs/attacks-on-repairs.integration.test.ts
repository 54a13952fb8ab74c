import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { giveApproval } from '../give-approval.ts';
import { showPlan } from '../show-plan.ts';
import { LOSES_DATA, mustBeTaken, openShop, REPAIRS, rulesOf, type Shop } from '../testing/shop.ts';
import { must } from '../testing/shop-room.ts';
import { giveRepairWord } from './mark-repair.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  shop.reconfigure(({ stacks }) => {
    for (const stack of stacks) Object.assign(stack, { services: ['checkout'] });
  });
  shop.budgets.stands({
    ...{ slo: 'checkout-availability', verdict: 'spent', remainingPpm: -40_000 },
    upTo: shop.clock.now(),
  });
});
afterAll(() => shop.close());

const SPENT = ['policy.error-budget-exhausted', 'policy.would-pass'];
type Plan = Awaited<ReturnType<Shop['approved']>>;

/** As the tables' owner, past the triggers. */
async function past(statement: string): Promise<void> {
  await sql
    .raw(
      `BEGIN; ALTER TABLE repairs DISABLE TRIGGER USER; ${statement}; ALTER TABLE repairs ENABLE TRIGGER USER; COMMIT;`,
    )
    .execute(shop.room.db);
}
async function repaired(plan: Plan): Promise<Plan> {
  mustBeTaken(await shop.sayRepair(plan, 'taro', 'repair'));
  return mustBeTaken(await shop.sayRepair(plan, 'yuki', 'agree-repair')).plan;
}
const why = async ({ id }: Plan) => must(await showPlan(shop.room, id, 'en')).repair?.why;

describe('two people', () => {
  it('are not one who says it twice', async () => {
    const plan = await shop.approved('shop-production');
    await shop.sayRepair(plan, 'hanako', 'repair');
    expect(rulesOf(await shop.sayRepair(plan, 'hanako', 'agree-repair'))).toEqual(['repair.same-person']);
    expect(rulesOf(await shop.grant(plan))).toEqual(SPENT);
  });

  it('are not one and an author, who would judge their own work', async () => {
    const plan = await shop.approved('shop-production');
    await shop.sayRepair(plan, 'yuki', 'repair');
    expect(rulesOf(await shop.sayRepair(plan, 'taro', 'agree-repair'))).toEqual(['approval.by-author']);
  });

  it('are not one and somebody whom the policy does not let approve', async () => {
    await shop.forbid(`@id("no-kenji") @message_en("Not Kenji.") @message_ja("Kenji は不可。")
      forbid (principal == Person::"kenji", action == Action::"approve", resource);`);
    const plan = await shop.approved('shop-production');
    await shop.sayRepair(plan, 'taro', 'repair');
    expect(rulesOf(await shop.sayRepair(plan, 'kenji', 'agree-repair'))).toContain('policy.no-kenji');
  });

  it('are none any more when one of them left', async () => {
    for (const leaver of ['taro', 'yuki'] as const) {
      await shop.startOver();
      shop.reconfigure(({ stacks }) => {
        for (const stack of stacks) Object.assign(stack, { services: ['checkout'] });
      });
      shop.budgets.stands({ slo: 'c', verdict: 'spent', upTo: shop.clock.now() });
      const plan = await repaired(await shop.approved('shop-production'));
      expect(plan.state).toBe('approved');
      shop.reconfigure((draft) => {
        draft.people = draft.people.filter(({ name }) => name !== leaver);
      });
      expect(rulesOf(await shop.grant(plan))).toEqual(expect.arrayContaining(SPENT.slice(0, 1)));
      expect(await why(plan)).toContain(leaver);
    }
  });

  it('are none any more when the key of one is taken out of the configuration', async () => {
    const plan = await repaired(await shop.approved('shop-production'));
    shop.reconfigure(({ people }) => {
      for (const person of people) if (person.name === 'yuki') person.keys = [shop.keyOf('kenji').line];
      for (const person of people) if (person.name === 'kenji') person.keys = [];
    });
    expect(rulesOf(await shop.grant(plan))).toEqual(SPENT);
  });
});

describe('a statement', () => {
  it('of another plan, stack or person is refused', async () => {
    const plan = await shop.approved('shop-production');
    const other = await shop.uploaded('shop-production', {
      ...{ changes: LOSES_DATA, claims: { ref: 'refs/pull/9/merge', event_name: 'pull_request' } },
    });
    const staging = await shop.uploaded('shop-staging');
    const give = (of: Plan, signer: 'taro' | 'kenji') =>
      giveRepairWord(shop.room, {
        ...{ plan: plan.id, person: shop.person('taro'), says: 'repair' as const },
        ...shop.signed(of, signer, 'repair', REPAIRS),
      });
    expect(rulesOf(await give(other, 'taro'))).toEqual(['approval.other-fingerprint']);
    expect(rulesOf(await give(staging, 'taro'))).toEqual(['approval.other-stack']);
    expect(rulesOf(await give(plan, 'kenji'))).toEqual(['approval.not-yours']);
  });

  it('that was withdrawn, or has served, is not given again', async () => {
    const plan = await shop.approved('shop-production');
    const signed = shop.signed(plan, 'taro', 'repair', REPAIRS);
    const mark = () =>
      giveRepairWord(shop.room, {
        ...{ plan: plan.id, person: shop.person('taro'), says: 'repair', ...signed },
      });
    mustBeTaken(await mark());
    await sql`UPDATE repairs SET withdrawn_at = now(), withdrawn_by = 'taro'`.execute(shop.room.db);
    expect(rulesOf(await mark())).toEqual(['repair.given-before']);
  });

  it('of a repair is no approval, and an approval is no repair', async () => {
    const plan = await shop.uploaded('shop-production');
    const approve = (word: 'repair' | 'agree-repair') =>
      giveApproval(shop.room, {
        ...{ plan: plan.id, person: shop.person('yuki') },
        ...shop.signed(plan, 'yuki', word, REPAIRS),
      });
    expect(rulesOf(await approve('repair'))).toEqual(['approval.none']);
    expect(rulesOf(await approve('agree-repair'))).toEqual(['approval.none']);
    for (const says of ['repair', 'agree-repair'] as const) {
      const word = { plan: plan.id, person: shop.person('yuki'), says };
      expect(
        rulesOf(
          await giveRepairWord(shop.room, { ...word, ...shop.signed(plan, 'yuki', 'approve', REPAIRS) }),
        ),
      ).toEqual(['repair.other-word']);
    }
  });

  it('agrees to the words of the mark and to no others', async () => {
    const plan = await shop.approved('shop-production');
    await shop.sayRepair(plan, 'taro', 'repair');
    expect(rulesOf(await shop.sayRepair(plan, 'yuki', 'agree-repair', `${REPAIRS} or so`))).toEqual([
      'repair.other-reason',
    ]);
  });
});

describe('whoever can only write to the database', () => {
  it('forges no mark and no agreement', async () => {
    const plan = await shop.approved('shop-production');
    const of = (name: 'taro' | 'yuki', word: 'repair' | 'agree-repair') =>
      shop.signed({ ...plan, stack: plan.stack }, name, word, REPAIRS).statement;
    const { signature } = shop.signed(plan, 'kenji', 'repair', REPAIRS);
    await past(`INSERT INTO repairs VALUES ('rpr_${'0'.repeat(36)}', '${plan.stack}', '${plan.fingerprint}',
      'taro', now(), '${of('taro', 'repair')}', '${'a'.repeat(64)}', '${signature}',
      'yuki', now(), '${of('yuki', 'agree-repair')}', '${'b'.repeat(64)}', '${signature}')`);
    expect(rulesOf(await shop.grant(plan))).toEqual(SPENT);
    expect(await why(plan)).toContain('not one of taro’s keys');
  });

  it('gives no mark to another meaning, another person, or the agreement to whoever marked', async () => {
    const plan = await repaired(await shop.approved('shop-production'));
    const other = await shop.uploaded('shop-production', {
      ...{
        changes: LOSES_DATA,
        claims: { run_id: '7', run_number: '7', ref: 'refs/pull/9/merge', event_name: 'pull_request' },
      },
    });
    const forgeries = [
      `UPDATE repairs SET marked_by = 'kenji'`,
      `UPDATE repairs SET agreed_by = 'kenji'`,
      `UPDATE repairs SET agreement_statement = mark_statement, agreement_signature = mark_signature`,
      `UPDATE repairs SET mark_statement = agreement_statement, mark_signature = agreement_signature, marked_by = 'yuki', agreed_by = 'taro',
        agreement_statement = mark_statement, agreement_signature = mark_signature`,
    ];
    for (const forgery of forgeries) {
      await past(`CREATE TABLE kept AS SELECT * FROM repairs; ${forgery}`);
      expect(rulesOf(await shop.grant(plan)), forgery).toEqual(SPENT);
      await past('DELETE FROM repairs; INSERT INTO repairs SELECT * FROM kept; DROP TABLE kept');
    }
    await past(`UPDATE repairs SET fingerprint = '${other.fingerprint}'`);
    expect(await why(other)).toContain('fingerprint');
    await past(`UPDATE repairs SET fingerprint = '${plan.fingerprint}'`);
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('makes an approval of no agreement', async () => {
    const plan = await shop.uploaded('shop-production');
    await repaired(plan);
    await sql`INSERT INTO approvals SELECT ${`apr_${'0'.repeat(36)}`}, stack, fingerprint, agreed_by, 'approve', agreement_statement,
      agreement_sha256, agreement_signature, agreed_at FROM repairs`.execute(shop.room.db);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('is kept by the tables from changing what was signed, unless it owns them', async () => {
    const plan = await repaired(await shop.approved('shop-production'));
    const denied = [
      `UPDATE repairs SET mark_statement = 'x'`,
      `UPDATE repairs SET agreed_by = NULL, agreed_at = NULL, agreement_statement = NULL, agreement_sha256 = NULL, agreement_signature = NULL`,
      `UPDATE repairs SET fingerprint = '${'0'.repeat(64)}'`,
      'DELETE FROM repairs',
      'TRUNCATE repairs',
      `INSERT INTO repairs (id, stack, fingerprint, marked_by, marked_at, mark_statement, mark_sha256, mark_signature)
        VALUES ('rpr_${'1'.repeat(36)}', '${plan.stack}', '${plan.fingerprint}', 'kenji', now(), 'x', '${'c'.repeat(64)}', 'x')`,
      `UPDATE repairs SET withdrawn_at = now(), withdrawn_by = 'taro'; UPDATE repairs SET withdrawn_at = NULL, withdrawn_by = NULL`,
    ];
    for (const statement of denied)
      await expect(sql.raw(statement).execute(shop.room.db), statement).rejects.toThrow(
        /repairs|duplicate key/,
      );
    const one = `INSERT INTO repairs (id, stack, fingerprint, marked_by, marked_at, mark_statement, mark_sha256, mark_signature,
      agreed_by, agreed_at, agreement_statement, agreement_sha256, agreement_signature) VALUES ('rpr_${'2'.repeat(36)}', 's', '${'0'.repeat(64)}',
      'kenji', now(), 'x', '${'d'.repeat(64)}', 'x', 'kenji', now(), 'x', '${'e'.repeat(64)}', 'x')`;
    await expect(sql.raw(one).execute(shop.room.db)).rejects.toThrow(/check constraint/);
  });
});

describe('at the same time', () => {
  it('two marks leave one, and two agreements leave one', async () => {
    const plan = await shop.approved('shop-production');
    const marks = await Promise.all([
      ...[shop.sayRepair(plan, 'taro', 'repair'), shop.sayRepair(plan, 'kenji', 'repair')],
    ]);
    expect(marks.filter(({ ok }) => ok)).toHaveLength(1);
    const agreements = await Promise.all([
      ...[shop.sayRepair(plan, 'yuki', 'agree-repair'), shop.sayRepair(plan, 'hanako', 'agree-repair')],
    ]);
    expect(agreements.filter(({ ok }) => ok)).toHaveLength(1);
    expect(agreements.flatMap(rulesOf)).toContain('repair.agreed-before');
  });

  it('a withdrawal and a grant leave either credentials that the log explains, or none', async () => {
    const { withdrawRepair } = await import('./withdraw-repair.ts');
    const plan = await repaired(await shop.approved('shop-production'));
    const [withdrawn, granted] = await Promise.all([
      withdrawRepair(shop.room, { plan: plan.id, person: shop.person('hanako') }),
      shop.grant(plan),
    ]);
    expect([rulesOf(withdrawn)[0], rulesOf(granted)[0]]).toSatisfy(
      ([one, other]) =>
        (one === 'allowed' && other === SPENT[0]) || (one === 'repair.not-marked' && other === 'allowed'),
    );
  });
});
