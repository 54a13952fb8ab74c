import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepHouse } from './housekeeping.ts';
import { sealedFileOf } from './store/plans.ts';
import { knownStateOf } from './store/stack-states.ts';
import { DAY_MS, HARMLESS, LOSES_DATA, mustBeTaken, openShop, rulesOf, type Shop } from './testing/shop.ts';

const LINEAGE = '99999999-2222-4333-8444-555555555555';
const NEXT_RUN = { run_id: '32', run_number: '8' };
let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

/** Nothing was asked of AWS, and the refusal is in the log with its reasons. */
async function expectNothingIssued(rule: string): Promise<void> {
  expect(shop.issued()).toEqual([]);
  expect(JSON.stringify(await shop.audited('grant.refused'))).toContain(`"rule":"${rule}"`);
  expect(await shop.auditVerdict()).toBe('intact');
}

describe('a grant is for the very job that made the approved plan', () => {
  it.each([
    [
      'attack 7: a push after the approval (another commit)',
      { sha: 'b'.repeat(40) },
      'grant.commit-mismatch',
    ],
    ['attack 8: a re-run of the same run (attempt 2)', { run_attempt: '2' }, 'grant.run-mismatch'],
    ['attack 8: another run of the same commit', NEXT_RUN, 'grant.run-mismatch'],
    ['attack 2: a job of another repository', { repository_id: '700999' }, 'trust.repository'],
    [
      'attack 2: a repository of the same name under another owner',
      { repository_owner_id: '901' },
      'trust.owner',
    ],
    [
      'attack 4: another workflow of the same repository',
      { job_workflow_ref: 'shop/infra/.github/workflows/evil.yml@refs/heads/main' },
      'trust.workflow',
    ],
    [
      'attack 13: the workflow as a branch has changed it',
      { job_workflow_ref: 'shop/infra/.github/workflows/terraform.yml@refs/heads/evil' },
      'trust.workflow',
    ],
    ['attack 6: a ref that is no protected branch', { ref: 'refs/pull/7/merge' }, 'trust.ref'],
    [
      'attack 1: an event that runs a stranger’s code',
      { event_name: 'pull_request_target' },
      'trust.event-never',
    ],
  ])('%s is refused', async (_, claims, rule) => {
    const plan = await shop.approved('shop-staging');
    expect(rulesOf(await shop.grant(plan, claims))).toContain(rule);
    await expectNothingIssued(rule);
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('attack 3: a token without a claim that trust needs is refused', async () => {
    const plan = await shop.approved('shop-staging');
    shop.reconfigure(({ stacks }) => {
      Object.assign(stacks[0] ?? {}, {
        apply: { events: ['push'], refs: ['refs/heads/main'], environment: 'staging' },
      });
    });
    expect(rulesOf(await shop.grant(plan))).toEqual(['trust.environment']);
    await expectNothingIssued('trust.environment');
    expect(rulesOf(await shop.grant(plan, { environment: 'staging' }))).toEqual(['allowed']);
  });

  it('attack 8: a run older than the newest one cannot put its plan in place of the newer', async () => {
    const newer = await shop.approved('shop-staging', { claims: NEXT_RUN });
    expect(rulesOf(await shop.upload('shop-staging'))).toEqual(['plan.older-run']);
    expect(JSON.stringify(await shop.audited('plan.refused'))).toContain('plan.older-run');
    expect(rulesOf(await shop.grant(newer, NEXT_RUN))).toEqual(['allowed']);
  });

  it('attack 8: the second attempt of a run cannot be followed by the first', async () => {
    await shop.uploaded('shop-staging', { claims: { run_attempt: '2' } });
    expect(rulesOf(await shop.upload('shop-staging'))).toEqual(['plan.older-run']);
  });

  it('attack 8: runs are compared with those of their own workflow, on whatever ref it was read; of others the last upload is the newest', async () => {
    const otherFile = { workflow_ref: 'shop/infra/.github/workflows/hotfix.yml@refs/heads/main' };
    const newer = await shop.approved('shop-staging', { claims: NEXT_RUN });
    const hotfix = await shop.uploaded('shop-staging', { claims: otherFile });
    expect((await shop.stored(newer.id)).state).toBe('superseded');
    expect(hotfix.state).toBe('approved');
    const elsewhere = { workflow_ref: 'shop/infra/.github/workflows/change.yml@refs/heads/other' };
    const refused = await shop.upload('shop-staging', { claims: elsewhere });
    expect(rulesOf(refused)).toEqual(['plan.older-run']);
    expect(JSON.stringify(refused)).toContain('shop/infra/.github/workflows/change.yml is older');
  });

  it('attack 8: where nobody says which workflow counts the runs, the last upload is the newest', async () => {
    const unsaid = { workflow_ref: '' };
    await shop.uploaded('shop-staging', { claims: { ...NEXT_RUN, ...unsaid } });
    expect(rulesOf(await shop.upload('shop-staging', { claims: unsaid }))).toEqual(['allowed']);
  });

  it('attack 8: a token serves once, whatever it was used for', async () => {
    const plan = await shop.approved('shop-staging', { claims: { jti: 'taken-from-a-log' } });
    expect(rulesOf(await shop.grant(plan, { jti: 'taken-from-a-log' }))).toEqual(['token.used']);
    await expectNothingIssued('token.used');
    // The refusal took nothing from the plan.
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('attack 22: a token from the future or the past is nobody’s', async () => {
    const plan = await shop.approved('shop-staging');
    const seconds = shop.clock.now() / 1000;
    const times = (at: number) => ({ iat: at, nbf: at, exp: at + 300 });
    expect(rulesOf(await shop.grant(plan, times(seconds + 62)))).toEqual(['token.not-yet-valid']);
    expect(rulesOf(await shop.grant(plan, times(seconds - 361)))).toEqual(['token.expired']);
    expect(shop.issued()).toEqual([]);
    expect(rulesOf(await shop.grant(plan, times(seconds + 58)))).toEqual(['allowed']);
  });

  it('attack 16: where the issuer’s keys cannot be looked up, nothing is granted, and that is the reason', async () => {
    const plan = await shop.approved('shop-staging');
    shop.clock.advance(2 * 3_600_000);
    shop.issuer.breakWith(() => new Response('', { status: 503 }));
    expect(rulesOf(await shop.grant(plan))).toEqual(['token.keys-unavailable']);
    expect(shop.issued()).toEqual([]);
  });
});

describe('a grant is for the very plan that was approved', () => {
  it('attack 9: another file than the uploaded one has no plan', async () => {
    const plan = await shop.approved('shop-staging');
    shop.clock.advance(1_000);
    const swapped = await shop.grant(plan, {}, { plan: 'e'.repeat(64) });
    expect(rulesOf(swapped)).toEqual(['grant.plan-unknown']);
    expect(rulesOf(await shop.grant(plan, {}, { plan: 'not a digest' }))).toEqual(['grant.plan-unknown']);
    await expectNothingIssued('grant.plan-unknown');
  });

  it('attack 9: a plan that means something else, uploaded after the approval, is not approved', async () => {
    const approved = await shop.approved('shop-staging');
    const swapped = await shop.uploaded('shop-staging', { changes: LOSES_DATA });
    expect(swapped.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(swapped))).toContain('policy.not-permitted');
    expect(rulesOf(await shop.grant(approved))).toEqual(['grant.plan-superseded']);
    await expectNothingIssued('grant.plan-superseded');
  });

  it('attack 14: a staging plan is not granted on the production stack', async () => {
    const plan = await shop.approved('shop-staging');
    expect(rulesOf(await shop.grant(plan, {}, { stack: 'shop-production' }))).toContain(
      'grant.plan-of-another-stack',
    );
    await expectNothingIssued('grant.plan-of-another-stack');
  });

  it('attack 15: an approval for one stack is none for another with the same meaning', async () => {
    const file = shop.file();
    await shop.approved('shop-staging', { file });
    const production = await shop.uploaded('shop-production', { file });
    expect(production.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(production))).toContain('policy.not-permitted');
    await expectNothingIssued('policy.not-permitted');
  });

  it('attack 14: a stack that moved to another account takes no plan made before', async () => {
    const plan = await shop.approved('shop-staging');
    shop.reconfigure(({ stacks }) => Object.assign(stacks[0] ?? {}, { account: 'production' }));
    expect(rulesOf(await shop.grant(plan))).toContain('grant.account-changed');
    await expectNothingIssued('grant.account-changed');
  });

  it('an account that has become production takes no plan that was approved while it was staging', async () => {
    const plan = await shop.approved('shop-staging');
    shop.reconfigure(({ accounts }) => Object.assign(accounts[0] ?? {}, { environment: 'production' }));
    expect(rulesOf(await shop.grant(plan))).toContain('grant.environment-changed');
    await expectNothingIssued('grant.environment-changed');
  });

  it('attack 17: a description of a plan (JSON) is never taken for the plan', async () => {
    const json = JSON.stringify({
      format_version: '1.2',
      terraform_version: '1.11.4',
      resource_changes: [],
      planned_values: {},
      configuration: {},
    });
    expect(rulesOf(await shop.upload('shop-staging', { file: Buffer.from(json) }))).toEqual([
      'plan.not-a-file',
    ]);
    expect(JSON.stringify(await shop.audited('plan.refused'))).toContain('plan.not-a-file');
  });

  it('attack 19: a damaged file is refused, and its refusal kept', async () => {
    const file = shop.file();
    const refused = await shop.upload('shop-staging', { file: file.subarray(0, file.length - 9) });
    expect(refused.ok ? '' : refused.error.problem.code).toBe('bad-plan');
    expect(await shop.auditKinds()).toEqual(['plan.refused']);
  });

  it('attack 10: an expired plan is not granted although approved, and its file goes when the house is kept', async () => {
    const plan = await shop.approved('shop-staging');
    shop.clock.advance(DAY_MS);
    expect(rulesOf(await shop.grant(plan))).toEqual(['grant.plan-expired']);
    await expectNothingIssued('grant.plan-expired');
    await keepHouse(shop.room);
    expect(await sealedFileOf(shop.room.db, plan.id)).toBeUndefined();
    expect(rulesOf(await shop.grant(plan))).toEqual(['grant.plan-expired']);
    expect(await shop.auditKinds()).toContain('plan.expired');
  });
});

describe('a state that moved on', () => {
  const applyOnce = async () => {
    const plan = await shop.approved('shop-staging', { lineage: LINEAGE, serial: 4 });
    const granted = mustBeTaken(await shop.grant(plan));
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted));
  };

  it.each([
    ['an older serial', { lineage: LINEAGE, serial: 4 }, 'grant.state-moved'],
    [
      'another lineage',
      { lineage: 'aaaaaaaa-2222-4333-8444-555555555555', serial: 9 },
      'grant.lineage-mismatch',
    ],
    ['no state at all', { lineage: '', serial: 0 }, 'grant.lineage-mismatch'],
  ])('attack 9: a plan from %s is refused although approved', async (_, state, rule) => {
    await applyOnce();
    const before = shop.issued().length;
    const stale = await shop.approved('shop-staging', { ...state, claims: NEXT_RUN });
    expect(rulesOf(await shop.grant(stale, NEXT_RUN))).toContain(rule);
    expect(shop.issued()).toHaveLength(before);
  });

  it('does not hold up a plan from the present state', async () => {
    await applyOnce();
    const fresh = await shop.approved('shop-staging', { lineage: LINEAGE, serial: 5, claims: NEXT_RUN });
    expect(rulesOf(await shop.grant(fresh, NEXT_RUN))).toEqual(['allowed']);
  });

  it('is not believed from an upload: only a granted job’s report counts', async () => {
    await shop.uploaded('shop-staging', {
      lineage: LINEAGE,
      serial: 1_000_000,
      claims: { ref: 'refs/pull/7/merge', event_name: 'pull_request' },
    });
    const plan = await shop.approved('shop-staging', { lineage: LINEAGE, serial: 4 });
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('cannot be reported backwards, or of another lineage', async () => {
    const plan = await shop.approved('shop-staging', { lineage: LINEAGE, serial: 4 });
    const granted = mustBeTaken(await shop.grant(plan));
    mustBeTaken(await shop.fetch(granted));
    const back = { lineage: LINEAGE, serial: 3 };
    const other = { lineage: 'bbbbbbbb-2222-4333-8444-555555555555', serial: 9 };
    expect(rulesOf(await shop.report(granted, 'applied', back))).toEqual(['report.state-went-back']);
    expect(rulesOf(await shop.report(granted, 'applied', other))).toEqual(['report.state-went-back']);
    expect(rulesOf(await shop.report(granted))).toEqual(['allowed']);
  });
});

describe('a report', () => {
  const reported = async () => {
    const plan = await shop.approved('shop-staging', { lineage: LINEAGE, serial: 4 });
    const granted = mustBeTaken(await shop.grant(plan));
    mustBeTaken(await shop.fetch(granted));
    return { plan, granted, first: mustBeTaken(await shop.report(granted)) };
  };
  const auditedReports = async () => (await shop.auditKinds()).filter((kind) => kind.startsWith('apply.'));

  it('whose answer was lost is said again and gets the same answer, as often as it takes, and is recorded once', async () => {
    const { plan, granted, first } = await reported();
    expect(mustBeTaken(await shop.report(granted))).toEqual({ ...first, plan: await shop.stored(plan.id) });
    shop.clock.advance(2 * 3_600_000);
    const later = mustBeTaken(await shop.report(granted));
    expect([later.plan.state, later.auditEntry]).toEqual(['applied', first.auditEntry]);
    expect(await auditedReports()).toEqual(['apply.started', 'apply.reported']);
  });

  it('given twice at the same moment is recorded once and answered twice alike', async () => {
    const plan = await shop.approved('shop-staging', { lineage: LINEAGE, serial: 4 });
    const granted = mustBeTaken(await shop.grant(plan));
    const both = await Promise.all([shop.report(granted), shop.report(granted)]);
    expect(new Set(both.map((one) => mustBeTaken(one).auditEntry)).size).toBe(1);
    expect(await auditedReports()).toEqual(['apply.reported']);
  });

  it.each([
    ['another outcome', 'failed', undefined],
    ['another serial', 'applied', { lineage: LINEAGE, serial: 9 }],
    ['another lineage', 'applied', { lineage: 'bbbbbbbb-2222-4333-8444-555555555555', serial: 5 }],
    ['no state', 'applied', 'unread'],
  ] as const)(
    'cannot be taken back: a second with %s is refused, and the log keeps it',
    async (_, outcome, state) => {
      const { plan, granted, first } = await reported();
      expect(rulesOf(await shop.report(granted, outcome, state))).toEqual(['report.already-given']);
      expect((await shop.stored(plan.id)).state).toBe('applied');
      expect(await knownStateOf(shop.room.db, plan.stack)).toMatchObject({ lineage: LINEAGE, serial: 5 });
      expect(await shop.audited('apply.report-refused')).toMatchObject({
        outcome: 'denied',
        subject: { grant: granted.grant.id },
        evidence: { outcome, reportedBefore: first.auditEntry },
      });
    },
  );

  it('of a grant that ended without one is refused: its secret opens nothing', async () => {
    const plan = await shop.approved('shop-staging');
    const granted = mustBeTaken(await shop.grant(plan));
    shop.clock.advance(2 * 3_600_000);
    expect(rulesOf(await shop.report(granted))).toEqual(['grant.secret']);
    await keepHouse(shop.room);
    expect(rulesOf(await shop.report(granted))).toEqual(['grant.secret']);
    expect((await shop.stored(plan.id)).state).toBe('failed');
  });

  it('leaves its secret good for nothing but itself', async () => {
    expect(rulesOf(await shop.fetch((await reported()).granted))).toEqual(['grant.secret']);
  });
});

describe('stacks that depend on each other', () => {
  it('are applied in their order, and a dependency applied meanwhile asks for a new plan', async () => {
    const web = await shop.approved('web-production');
    const network = await shop.approved('shop-production');
    expect(rulesOf(await shop.grant(web))).toContain('grant.dependency-open');
    const granted = mustBeTaken(await shop.grant(network));
    expect(rulesOf(await shop.grant(web))).toContain('grant.dependency-open');
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted));
    expect(rulesOf(await shop.grant(web))).toEqual(['grant.dependency-changed']);
    const again = await shop.uploaded('web-production', { changes: HARMLESS });
    expect(again.state).toBe('approved');
    expect(rulesOf(await shop.grant(again))).toEqual(['allowed']);
  });

  it('plan again after a dependency that was applied between the plan and its upload', async () => {
    const other = { sha: 'c'.repeat(40) };
    const network = mustBeTaken(await shop.grant(await shop.approved('shop-production')));
    mustBeTaken(await shop.fetch(network));
    shop.clock.advance(60_000);
    const file = shop.file();
    mustBeTaken(await shop.report(network));
    shop.clock.advance(60_000);
    const web = await shop.approved('web-production', { claims: other, file });
    expect(rulesOf(await shop.grant(web, other))).toEqual(['grant.dependency-changed']);
    const again = await shop.uploaded('web-production', { claims: other });
    expect(rulesOf(await shop.grant(again, other))).toEqual(['allowed']);
  });

  it('do not believe a plan that says it was made after its upload', async () => {
    const other = { sha: 'c'.repeat(40) };
    const network = mustBeTaken(await shop.grant(await shop.approved('shop-production')));
    mustBeTaken(await shop.fetch(network));
    shop.clock.advance(3_600_000);
    const file = shop.file();
    shop.clock.advance(-3_600_000);
    const web = await shop.approved('web-production', { claims: other, file });
    mustBeTaken(await shop.report(network));
    expect(rulesOf(await shop.grant(web, other))).toEqual(['grant.dependency-changed']);
  });

  it('wait for a dependency that another commit is changing, and plan again after it', async () => {
    const other = { sha: 'c'.repeat(40) };
    const web = await shop.approved('web-production', { claims: other });
    const network = await shop.approved('shop-production');
    const granted = mustBeTaken(await shop.grant(network));
    expect(rulesOf(await shop.grant(web, other))).toEqual(['grant.dependency-open']);
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted, 'applied', 'unread'));
    expect(rulesOf(await shop.grant(web, other))).toEqual(['grant.dependency-changed']);
  });

  it('plan again after a dependency whose job died with the credentials in hand', async () => {
    const other = { sha: 'c'.repeat(40) };
    const network = await shop.approved('shop-production');
    mustBeTaken(await shop.fetch(mustBeTaken(await shop.grant(network))));
    const web = await shop.approved('web-production', { claims: other });
    shop.clock.advance(2 * 3_600_000);
    await keepHouse(shop.room);
    expect(rulesOf(await shop.grant(web, other))).toEqual(['grant.dependency-changed']);
  });
});
