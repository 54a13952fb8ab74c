import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FIRST_LINEAGE, LOSES_DATA, mustBeTaken, rulesOf } from '../../src/changes/testing/shop.ts';
import { type GitHubLife, type JobClaims, openGitHubLife } from '../github-life.ts';

/** What people ask for in comments, from the webhook that tells of it to what GitHub shows in the end. */

let here: GitHubLife;
beforeEach(async () => {
  here = await openGitHubLife();
});
afterEach(async () => {
  const complaints = here.github.complaints();
  await here.stop();
  expect(complaints).toEqual([]);
});

const STAGING = 'stacks/shop-staging/main.tf';
const AFTER_FAILURE = { lineage: FIRST_LINEAGE, serial: 2 };

const appliedBeforeMerge = () =>
  here.shop.reconfigure(({ stacks }) => {
    for (const stack of stacks) Object.assign(stack, { apply: { when: 'before-merge' } });
  });

/** A pull request whose stack was planned by its own job. */
async function planned(branch = 'change', words = 'x\n'): Promise<number> {
  const number = await here.opened({ [STAGING]: words }, branch);
  await here.shop.uploaded('shop-staging', { claims: here.pullJob(number) });
  await here.told();
  return number;
}

/** The job of the newest workflow that a command started, with what it was told to plan. */
function started(): { readonly claims: JobClaims; readonly of: { pullRequest: number; commit: string } } {
  const dispatch = here.github.state.dispatches.at(-1);
  if (dispatch === undefined) throw new Error('Nothing was started.');
  const { inputs, run, actor } = dispatch;
  const of = { pullRequest: Number(inputs['pull-request']), commit: inputs.commit ?? '' };
  const job = { ...here.mainJob('workflow_dispatch'), sha: run.sha, run_id: String(run.id) };
  return { claims: { ...job, actor, actor_id: '7001' }, of };
}

describe('words alone', () => {
  test('/sekisho help lists the commands to whoever is known, and starts nothing', async () => {
    const number = await planned();
    const answer = await here.says(number, 'kenji', '/sekisho help');
    for (const verb of ['plan', 'apply', 'approve', 'reject', 'cancel', 'explain', 'unlock', 'help'])
      expect(answer).toContain(`/sekisho ${verb}`);
    expect(here.bot(number)).toHaveLength(2);
    expect(here.github.state.dispatches).toEqual([]);
    expect(await here.shop.auditKinds()).not.toContain('command.followed');
  });

  test('/sekisho explain gives the policy’s reasons and what would help', async () => {
    const number = await planned();
    const answer = await here.says(number, 'taro', '/sekisho explain');
    expect(answer).toContain('✋ `shop-staging`: waits for approval');
    expect(answer).toMatch(/No policy permits .* to apply stack shop\\-staging/);
    expect(answer).toContain('It passes with:');
  });

  test('/sekisho reject rejects nothing: it says how, and the signed rejection then stands in the comment with its reason', async () => {
    const { shop } = here;
    const number = await here.opened({ [STAGING]: 'x\n' });
    const plan = await shop.uploaded('shop-staging', { claims: here.pullJob(number) });
    const answer = await here.says(number, 'kenji', '/sekisho reject shop-staging');
    expect(answer).toContain(`sekisho reject ${plan.id}`);
    expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
    mustBeTaken(await shop.decide(plan, 'kenji', 'reject', 'The topic has no key.'));
    await here.told();
    expect(here.check(number, 'shop-staging')).toMatch(/^failure: refused/);
    const [comment] = here.bot(number);
    expect(comment).toContain('**Refused, because:**');
    expect(comment).toContain('kenji rejected it: The topic has no key.');
    expect(await here.says(number, 'taro', '/sekisho explain')).toContain('The topic has no key.');
  });

  test('a plan that the policy refuses for good says what and why in the comment, also when the policy changes later', async () => {
    const { shop } = here;
    const number = await here.opened({ [STAGING]: 'x\n' });
    await here.addPolicy(`@id("no-staging") @message_en("Staging is closed.") @message_ja("検証環境は閉鎖中です。")
      @remedy_en("Use production.") @remedy_ja("本番環境を使ってください。")
      forbid (principal, action == Action::"apply", resource) when { resource.name == "shop-staging" };`);
    const plan = await shop.uploaded('shop-staging', { claims: here.pullJob(number) });
    expect(plan.state).toBe('refused');
    await here.told();
    await here.addPolicy('');
    expect(await here.says(number, 'taro', '/sekisho explain')).toContain('Staging is closed.');
    const [comment] = here.bot(number);
    expect(comment).toContain('is refused for good; the reasons are below');
    expect(comment).toContain('**Refused, because:**\n\n- Staging is closed.\n  <br>→ Use production.');
    expect(here.check(number, 'shop-staging')).toMatch(/^failure: refused/);
  });

  test('a command is answered in the one comment for answers, whoever asks how often', async () => {
    const number = await planned();
    await here.says(number, 'taro', '/sekisho explain');
    expect(await here.says(number, 'hanako', '/sekisho help')).toContain('> [hanako](');
    expect(here.bot(number)).toHaveLength(2);
  });
});

describe('/sekisho cancel', () => {
  test('takes the plan off the road for its author or team, and no approval brings it back', async () => {
    const { shop } = here;
    const number = await planned();
    expect(await here.says(number, 'taro', '/sekisho cancel')).toContain('The plan is cancelled');
    expect(here.check(number, 'shop-staging')).toMatch(/^action_required: plan again/);
    here.github.review(here.repository, number, 'hanako', 'APPROVE');
    await here.told();
    expect(here.check(number, 'shop-staging')).toMatch(/^action_required: plan again/);
    expect(await shop.audited('command.followed')).toMatchObject({
      actor: { name: 'taro' },
      evidence: { command: 'cancel', stacks: ['shop-staging'], commit: here.head(number) },
    });
  });

  test('is refused to somebody of another team', async () => {
    const number = await planned();
    expect(await here.says(number, 'kenji', '/sekisho cancel')).toContain('Only the author, the team');
    expect(here.check(number, 'shop-staging')).toMatch(/^action_required: waits for approval/);
    expect(await here.shop.auditKinds()).toContain('plan.cancel-refused');
  });
});

describe('a stack that is applied before the merge', () => {
  beforeEach(appliedBeforeMerge);

  /** Asked for by a comment, and done by the workflow that it starts. */
  async function applied(number: number, outcome: 'applied' | 'failed' = 'applied', state = {}) {
    const { shop } = here;
    expect(await here.says(number, 'taro', '/sekisho apply')).toContain('Started the protected workflow');
    const { claims, of } = started();
    const plan = await shop.uploaded('shop-staging', { claims, declared: of, ...state });
    expect(plan.state).toBe('approved');
    const granted = mustBeTaken(await shop.grant(plan, claims));
    await here.told();
    expect(here.check(number, 'shop-staging')).toMatch(/^null: being applied/);
    mustBeTaken(await shop.report(granted, outcome));
    await here.told();
  }

  test('blocks the merge until it is approved and applied by a comment', async () => {
    const { github, repository } = here;
    const number = await planned();
    expect(here.check(number, 'shop-staging')).toMatch(/^action_required: waits for approval/);
    const early = await here.says(number, 'taro', '/sekisho apply');
    expect(early).toContain('shop\\-staging is not approved');
    expect(github.state.dispatches).toEqual([]);
    github.review(repository, number, 'hanako', 'APPROVE');
    await here.told();
    expect(here.check(number, 'shop-staging')).toMatch(/^action_required: approved, to be applied/);
    await applied(number);
    expect(github.state.dispatches).toMatchObject([
      { ref: 'refs/heads/main', inputs: { purpose: 'apply', commit: here.head(number) } },
    ]);
    expect(here.check(number, 'shop-staging')).toMatch(/^success: applied/);
    expect(here.bot(number)[0]).toContain('**Next, the author:** merge. Everything is applied.');
  });

  test('pushed to after it was applied, blocks the merge again', async () => {
    const number = await planned();
    here.github.review(here.repository, number, 'hanako', 'APPROVE');
    await applied(number);
    here.github.push(here.repository, 'taro', 'change', { [STAGING]: 'more\n' });
    await here.told();
    expect(here.check(number, 'shop-staging')).toMatch(/^null: waits for its plan/);
  });

  test('is held by who applied it; another takes it over with a reason, and not without one', async () => {
    const { github, repository, shop } = here;
    const first = await planned('first');
    github.review(repository, first, 'hanako', 'APPROVE');
    await applied(first);
    const second = await here.opened({ [STAGING]: 'y\n' }, 'second');
    const other = { changes: LOSES_DATA, claims: here.pullJob(second) };
    await shop.uploaded('shop-staging', other);
    github.review(repository, second, 'hanako', 'APPROVE');
    await here.told();
    expect(here.check(second, 'shop-staging')).toMatch(/^action_required: held by another/);
    expect(here.bot(second)[0]).toContain(`Held by #${first}`);
    const refused = await here.says(second, 'taro', '/sekisho apply shop-staging');
    expect(refused).toContain('🚫');
    expect(github.state.dispatches).toHaveLength(1);

    const bare = await here.says(second, 'hanako', '/sekisho unlock shop-staging');
    expect(bare).toContain('Taking a stack over needs a reason');
    expect(await shop.audited('command.refused')).toMatchObject({
      reasons: [{ rule: 'command.reason-missing' }],
    });
    const stranger = await here.says(second, 'kenji', '/sekisho unlock shop-staging --reason "I want it"');
    expect(stranger).toContain('No policy permits kenji to administer stack shop\\-staging');
    expect(await shop.auditKinds()).toContain('stack.unlock-refused');
    expect(here.check(second, 'shop-staging')).toMatch(/^action_required: held by another/);

    const words = '/sekisho unlock shop-staging --reason "First is stuck, customers wait"';
    expect(await here.says(second, 'hanako', words)).toContain('The stack is free');
    expect(await shop.audited('stack.unlocked')).toMatchObject({
      actor: { name: 'hanako' },
      evidence: { how: 'taken over', reason: 'First is stuck, customers wait', pullRequest: first },
    });
    expect(here.check(second, 'shop-staging')).toMatch(/^action_required: approved, to be applied/);
  });

  test('that failed is tried again by a comment, after the new plan is approved', async () => {
    const { github, repository, shop } = here;
    const number = await planned();
    github.review(repository, number, 'hanako', 'APPROVE');
    await applied(number, 'failed');
    expect(here.check(number, 'shop-staging')).toMatch(/^failure: apply failed/);
    expect(here.bot(number)[0]).toContain('no new pull request is needed');
    await here.says(number, 'taro', '/sekisho plan');
    const { claims, of } = started();
    const again = await shop.uploaded('shop-staging', { claims, declared: of, ...AFTER_FAILURE });
    // What served once does not serve again.
    expect(again.state).toBe('awaiting-approval');
    await here.told();
    expect(here.check(number, 'shop-staging')).toMatch(/^action_required: waits for approval/);
    github.review(repository, number, 'yuki', 'APPROVE');
    await here.told();
    await applied(number, 'applied', AFTER_FAILURE);
    expect(here.check(number, 'shop-staging')).toMatch(/^success: applied/);
  });
});

describe('who may, and on what', () => {
  test('of people whom sekisho.yaml does not know nothing is done, and strangers are not answered', async () => {
    const { github, repository, shop } = here;
    github.user('mallory', 666);
    const number = await planned();
    for (const words of ['plan', 'apply', 'cancel', 'unlock shop-staging --reason "mine"', 'help'])
      expect(await here.says(number, 'mallory', `/sekisho ${words}`)).toBe('');
    expect(github.state.dispatches).toEqual([]);
    expect(here.bot(number)).toHaveLength(1);
    expect(here.check(number, 'shop-staging')).toMatch(/^action_required: waits for approval/);
    expect(await shop.audited('command.refused')).toMatchObject({
      actor: { name: 'sekisho' },
      evidence: { author: '666' },
      reasons: [{ rule: 'command.unknown-person' }],
    });
    const reactions = [...repository.comments.values()].flatMap((comment) => comment.reactions);
    expect(new Set(reactions.map(({ content }) => content))).toEqual(new Set(['-1']));
  });

  test('what the policy forbids somebody is refused to them with the policy’s words, and is done for others', async () => {
    const number = await planned();
    await here.addPolicy(`@id("own-team-plans") @message_en("Only the own team plans.") @message_ja("自チームのみ。")
      @remedy_en("Ask the team.") @remedy_ja("チームに依頼してください。")
      forbid (principal is Person, action == Action::"plan", resource) unless { principal in resource.owningTeam };`);
    const refused = await here.says(number, 'kenji', '/sekisho plan');
    expect(refused).toContain('Only the own team plans.\n<br>→ Ask the team.');
    expect(here.github.state.dispatches).toEqual([]);
    expect(await here.shop.audited('command.refused')).toMatchObject({
      actor: { name: 'kenji' },
      reasons: [{ rule: 'policy.own-team-plans' }],
    });
    await here.says(number, 'yuki', '/sekisho plan');
    expect(here.github.state.dispatches).toHaveLength(1);
  });

  test.each(['plan', 'cancel', 'apply'])(
    '/sekisho %s of a commit that was pushed after its author read does nothing',
    async (verb) => {
      const { github, repository, shop } = here;
      const number = await planned();
      shop.clock.advance(60_000);
      const seen = here.head(number);
      github.push(repository, 'taro', 'change', { [STAGING]: 'evil\n' });
      github.comment(repository, number, 'hanako', `/sekisho ${verb}`);
      await here.told();
      expect(here.head(number)).not.toBe(seen);
      expect(github.state.dispatches).toEqual([]);
      expect(await shop.audited('command.refused')).toMatchObject({
        actor: { name: 'hanako' },
        reasons: [{ rule: 'command.commit-moved' }],
      });
      expect(here.bot(number).join()).toContain('The branch moved');
    },
  );
});

describe('a merge queue', () => {
  test('shows on its commit what the pull request lacks, lets it through once approved, and gets no credentials itself', async () => {
    const { github, repository, shop } = here;
    const number = await planned();
    const queued = github.enqueue(repository, number, 'taro');
    await here.told();
    expect(here.check(number, 'shop-staging', queued.sha)).toMatch(/^action_required: waits for approval/);
    github.review(repository, number, 'hanako', 'APPROVE');
    await here.told();
    expect(here.check(number, 'shop-staging', queued.sha)).toMatch(/^success: approved/);
    const [ref] = [...repository.branches].filter(([, sha]) => sha === queued.sha);
    const job = { ...here.mainJob('merge_group'), sha: queued.sha, ref: `refs/heads/${ref?.[0]}` };
    expect(rulesOf(await shop.grantPlan('shop-staging', job))).toEqual(['allowed']);
    const plan = await shop.uploaded('shop-staging', { claims: job });
    expect(plan.state).toBe('approved');
    expect(rulesOf(await shop.grant(plan, job))).toEqual(['trust.event', 'trust.ref']);
    await here.told();
    expect(here.check(number, 'shop-staging')).toMatch(/^success: approved/);
    github.merge(repository, number, 'taro');
    await here.told();
    const main = here.mainJob();
    const merged = await shop.uploaded('shop-staging', { claims: main });
    mustBeTaken(await shop.report(mustBeTaken(await shop.grant(merged, main))));
    await here.told();
    expect(here.bot(number)[0]).toContain('**Done:** everything is applied.');
  });
});
