import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IssuedSession, StsPort } from '#credentials';
import { cancelPlan } from './cancel-plan.ts';
import { fetchPlanFile } from './fetch-plan-file.ts';
import { giveApproval } from './give-approval.ts';
import { grantApply } from './grant-apply.ts';
import { keepHouse, recoverAfterRestart } from './housekeeping.ts';
import { reportApply } from './report-apply.ts';
import { approvalsInForce } from './store/approvals.ts';
import { findPlan, type StoredPlan } from './store/plans.ts';
import { awsIsDown, mustBeTaken, openShop, rulesOf, type Shop } from './testing/shop.ts';
import { uploadPlan } from './upload-plan.ts';

const NEXT_RUN = { run_id: '32', run_number: '8' };
const HOUR_MS = 3_600_000;
let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const stateOf = async ({ id }: StoredPlan) => (await findPlan(shop.room.db, id))?.state;
const inForce = async ({ stack, fingerprint }: StoredPlan) =>
  (await approvalsInForce(shop.room.db, stack, fingerprint)).map(({ approver }) => approver);
const grantStates = async () =>
  (await sql<{ status: string }>`SELECT status FROM grants ORDER BY id`.execute(shop.room.db)).rows.map(
    ({ status }) => status,
  );

/** AWS takes its time: the answer comes when told, if ever. */
function slowAws(): { asked: Promise<void>; answer(): void } {
  let answer: () => void = () => undefined;
  let wasAsked: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    wasAsked = resolve;
  });
  const issue: StsPort['issue'] = (request) =>
    new Promise((resolve) => {
      answer = () => {
        const session: IssuedSession = {
          accessKeyId: 'ASIA0000000000000001',
          secretAccessKey: 'late',
          sessionToken: 'late',
          expiresAt: shop.clock.now(),
          assumedRoleId: `AROALATE:${request.sessionName}`,
        };
        resolve({ ok: true, value: session });
      };
      wasAsked();
    });
  shop.interceptSts(issue);
  return { asked, answer: () => answer() };
}

/** Everything is done but the commit: what every use-case writes last makes the database give up there. */
async function killedAtCommit(act: () => Promise<unknown>): Promise<void> {
  const { db } = shop.room;
  await sql`CREATE OR REPLACE FUNCTION killed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'killed'; END $$`.execute(db);
  await sql`CREATE CONSTRAINT TRIGGER killed_at_commit AFTER INSERT ON audit_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION killed()`.execute(db);
  await expect(act()).rejects.toThrow('killed');
  await sql`DROP TRIGGER killed_at_commit ON audit_entries`.execute(db);
}

describe('many at the same moment', () => {
  it('attack 20: of twenty that ask for one plan, exactly one gets credentials', async () => {
    const plan = await shop.approved('shop-staging');
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => shop.grant(plan)));
    const rules = outcomes.flatMap(rulesOf);
    expect(rules.filter((rule) => rule === 'allowed')).toHaveLength(1);
    expect(new Set(rules)).toEqual(new Set(['allowed', 'grant.used']));
    expect(shop.issued()).toHaveLength(1);
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('attack 8: a grant is used once, also one after the other and after its report', async () => {
    const plan = await shop.approved('shop-staging');
    const granted = mustBeTaken(await shop.grant(plan));
    expect(rulesOf(await shop.grant(plan))).toEqual(['grant.used']);
    mustBeTaken(await shop.fetch(granted));
    expect(rulesOf(await shop.grant(plan))).toEqual(['grant.used']);
    mustBeTaken(await shop.report(granted));
    expect(rulesOf(await shop.grant(plan))).toEqual(['grant.used']);
    expect(rulesOf(await shop.fetch(granted))).toEqual(['grant.secret']);
    expect(shop.issued()).toHaveLength(1);
  });

  it('attack 20: of two plans of one stack, both approved, one is applied at a time', async () => {
    const one = await shop.approved('shop-staging');
    shop.reconfigure(({ stacks }) =>
      Object.assign(stacks[0] ?? {}, {
        apply: { events: ['push'], refs: ['refs/heads/main', 'refs/heads/hotfix'] },
        plan: { events: ['push'], refs: ['refs/heads/main', 'refs/heads/hotfix'] },
      }),
    );
    const hotfix = { ...NEXT_RUN, ref: 'refs/heads/hotfix' };
    const other = await shop.approved('shop-staging', { claims: hotfix, lineage: 'x', serial: 3 });
    expect([one.state, other.state]).toEqual(['approved', 'approved']);
    mustBeTaken(await shop.decide(one, 'yuki'));
    const outcomes = await Promise.all([shop.grant(one), shop.grant(other, hotfix)]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(outcomes.flatMap(rulesOf)).toContain('grant.apply-in-flight');
  });

  it('the same upload, repeated by its job, is one plan', async () => {
    const file = shop.file();
    const uploads = await Promise.all(Array.from({ length: 5 }, () => shop.upload('shop-staging', { file })));
    expect(new Set(uploads.map((upload) => mustBeTaken(upload).plan.id)).size).toBe(1);
  });

  it('a plan is cancelled or granted, never both', async () => {
    const plan = await shop.approved('shop-staging');
    const [granted, cancelled] = await Promise.all([
      shop.grant(plan),
      cancelPlan(shop.room, { plan: plan.id, person: shop.person('yuki') }),
    ]);
    expect(granted.ok).not.toBe(cancelled.ok);
    expect(await stateOf(plan)).toBe(granted.ok ? 'granted' : 'cancelled');
  });
});

describe('when AWS issues nothing', () => {
  it('the approvals are given back and the same plan may be asked for again', async () => {
    const plan = await shop.approved('shop-staging');
    shop.interceptSts(awsIsDown);
    expect(rulesOf(await shop.grant(plan))).toEqual(['sts.failed']);
    expect(await stateOf(plan)).toBe('approved');
    expect(await inForce(plan)).toEqual(['hanako']);
    expect((await shop.auditKinds()).at(-1)).toBe('grant.failed');
    shop.interceptSts(undefined);
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
    expect(await grantStates()).toEqual(['failed', 'issued']);
  });

  it('who rejected meanwhile is heard: the next grant is refused', async () => {
    const plan = await shop.approved('shop-staging');
    const aws = slowAws();
    const asking = shop.grant(plan);
    await Promise.race([aws.asked, asking]);
    const pull = await shop.uploaded('shop-staging', {
      claims: { ref: 'refs/pull/7/merge', event_name: 'pull_request' },
    });
    expect(pull.state).toBe('awaiting-approval');
    mustBeTaken(await shop.decide(pull, 'hanako', 'reject'));
    shop.clock.advance(200_000);
    await keepHouse(shop.room);
    aws.answer();
    expect(rulesOf(await asking)).toEqual(['grant.state']);
    const again = await shop.uploaded('shop-staging', { claims: NEXT_RUN });
    expect(again.state).toBe('awaiting-approval');
  });
});

describe('a server that dies', () => {
  it('while AWS is asked: at restart the grant is abandoned, the approval given back, and nobody receives the late answer', async () => {
    const plan = await shop.approved('shop-staging');
    const aws = slowAws();
    const asking = shop.grant(plan);
    await Promise.race([aws.asked, asking]);
    expect(await stateOf(plan)).toBe('granted');
    expect(await inForce(plan)).toEqual([]);
    shop.clock.advance(1);
    await recoverAfterRestart(shop.room);
    expect(await stateOf(plan)).toBe('failed');
    expect(await inForce(plan)).toEqual(['hanako']);
    aws.answer();
    expect(rulesOf(await asking)).toEqual(['grant.state']);
    shop.interceptSts(undefined);
    expect(rulesOf(await shop.grant(plan))).toEqual(['grant.used']);
    const again = await shop.uploaded('shop-staging', { claims: NEXT_RUN });
    expect(again.state).toBe('approved');
    expect(rulesOf(await shop.grant(again, NEXT_RUN))).toEqual(['allowed']);
    expect(await grantStates()).toEqual(['abandoned', 'issued']);
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('while AWS is asked, among replicas: the others give the grant up after two minutes, not before', async () => {
    const plan = await shop.approved('shop-staging');
    const aws = slowAws();
    const asking = shop.grant(plan);
    await Promise.race([aws.asked, asking]);
    shop.clock.advance(119_000);
    await keepHouse(shop.room);
    expect(await stateOf(plan)).toBe('granted');
    shop.clock.advance(2_000);
    await keepHouse(shop.room);
    expect(await stateOf(plan)).toBe('failed');
    expect((await shop.auditKinds()).at(-1)).toBe('grant.abandoned');
    aws.answer();
    expect(rulesOf(await asking)).toEqual(['grant.state']);
  });

  it('by an error of the port: as if it had died there', async () => {
    const plan = await shop.approved('shop-staging');
    shop.interceptSts(() => Promise.reject(new Error('socket hang up')));
    await expect(shop.grant(plan)).rejects.toThrow('socket hang up');
    shop.clock.advance(1);
    await recoverAfterRestart(shop.room);
    expect(await stateOf(plan)).toBe('failed');
    expect(await inForce(plan)).toEqual(['hanako']);
  });

  it.each(['before the file was fetched', 'after the file was fetched'])(
    'after the credentials were issued, %s: the plan fails when they expire, and its approval is spent',
    async (when) => {
      const plan = await shop.approved('shop-staging');
      const granted = mustBeTaken(await shop.grant(plan));
      if (when.startsWith('after')) mustBeTaken(await shop.fetch(granted));
      await recoverAfterRestart(shop.room);
      expect(await stateOf(plan)).toBe(when.startsWith('after') ? 'applying' : 'granted');
      shop.clock.advance(HOUR_MS);
      expect(rulesOf(await shop.fetch(granted))).toEqual(['grant.secret']);
      await keepHouse(shop.room);
      expect(await stateOf(plan)).toBe('failed');
      expect(await inForce(plan)).toEqual([]);
      expect(rulesOf(await shop.report(granted))).toEqual(['grant.secret']);
      const again = await shop.uploaded('shop-staging', { claims: NEXT_RUN });
      expect(again.state).toBe('awaiting-approval');
      mustBeTaken(await shop.decide(again, 'hanako'));
      expect(rulesOf(await shop.grant(again, NEXT_RUN))).toEqual(['allowed']);
    },
  );

  it('at a commit: nothing has happened, and the same can be asked again', async () => {
    const token = await shop.token();
    const file = shop.file();
    await killedAtCommit(() => uploadPlan(shop.room, { token, stack: 'shop-staging', file }));
    const plan = mustBeTaken(await uploadPlan(shop.room, { token, stack: 'shop-staging', file })).plan;
    const given = { plan: plan.id, person: shop.person('hanako'), ...shop.signed(plan, 'hanako', 'approve') };
    await killedAtCommit(() => giveApproval(shop.room, given));
    expect(await inForce(plan)).toEqual([]);
    mustBeTaken(await giveApproval(shop.room, given));
    const asked = { token: await shop.token(), stack: 'shop-staging', plan: plan.digest };
    await killedAtCommit(() => grantApply(shop.room, asked));
    expect(shop.issued()).toEqual([]);
    const granted = mustBeTaken(await grantApply(shop.room, asked));
    await killedAtCommit(() => fetchPlanFile(shop.room, { secret: granted.secret, plan: plan.id }));
    expect(await stateOf(plan)).toBe('granted');
    mustBeTaken(await shop.fetch(granted));
    const report = { outcome: 'applied', exitCode: 0 } as const;
    await killedAtCommit(() => reportApply(shop.room, { secret: granted.secret, report }));
    expect(await stateOf(plan)).toBe('applying');
    expect(mustBeTaken(await shop.report(granted)).plan.state).toBe('applied');
    expect(await shop.auditKinds()).toEqual([
      'plan.uploaded',
      'approval.given',
      'grant.allowed',
      'grant.issued',
      'apply.started',
      'apply.reported',
    ]);
  });
});
