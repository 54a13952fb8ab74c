import { text } from '../../src/core-values/index.ts';
import type { RunnerJob } from '../world.ts';
import { ordersKeyOf } from './aws-view.ts';
import { poison } from './poisoned-runner.ts';
import { planIdIn, type Stage } from './stage.ts';
import type { Step } from './step.ts';

const STACK = 'shop-production';

const planProduction = async (stage: Stage, commit: string): Promise<{ job: RunnerJob; plan: string }> => {
  const job = await stage.world.startJob({ stack: STACK, commit, actor: 'taro', environment: 'production' });
  const planned = await stage.ci(job, 'ci', 'plan', '--stack', STACK);
  stage.expect(
    planned.exitCode === 0,
    text('Planned and reviewed.', 'プランを作成し、レビューしました。'),
    planned,
  );
  return { job, plan: planIdIn(planned) };
};

/** The tables that the next chapter puts in danger. */
export const productionBegins: Step = {
  title: text(
    'Production: the first apply, approved by the owning team',
    '本番: 所有チームの承認による最初の適用',
  ),
  async play(stage) {
    const { job, plan } = await planProduction(stage, await stage.world.repository.head());
    const outsider = await stage.person('kenji', 'approve', plan, '--yes');
    stage.expect(
      outsider.exitCode === 0,
      text('Kenji approves, but he is on another team.', '別のチームの kenji が承認しました。'),
      outsider,
    );
    const refused = await stage.ci(job, 'ci', 'apply', '--stack', STACK, '--plan', plan);
    stage.expectRefusal(
      refused,
      'policy.not-permitted',
      text(
        'An approval from outside the owning team is not enough for production.',
        '所有チーム以外の承認だけでは、本番には適用できません。',
      ),
    );
    const approved = await stage.person('hanako', 'approve', plan, '--yes');
    stage.expect(
      approved.exitCode === 0,
      text('Hanako, of the owning team, approves.', '所有チームの hanako が承認しました。'),
      approved,
    );
    // Nobody in the story knows yet: the next chapter tells.
    const poisoned = await poison(stage, job, STACK);
    const applied = await stage.ci(poisoned, 'ci', 'apply', '--stack', STACK, '--plan', plan);
    stage.expect(applied.exitCode === 0, text('Applied.', '適用しました。'), applied);
  },
};

/** One approval is not enough when data would be lost, and the refusal says what is missing. */
export const productionLosesData: Step = {
  title: text('Production: a change that would destroy the orders', '本番: 注文データを破壊する変更'),
  async play(stage) {
    const { world } = stage;
    const commit = await world.repository.commitRevision('production-new-orders-key', 'taro');
    const { job, plan } = await planProduction(stage, commit);
    const shown = await stage.person('hanako', 'show', plan);
    stage.expect(
      shown.output.includes('[data-replaced]'),
      text(
        'The review found that a data-bearing table would be replaced.',
        'レビューは、データを持つテーブルが作り直されることを検出しました。',
      ),
      shown,
    );
    const first = await stage.person('hanako', 'approve', plan, '--yes');
    stage.expect(first.exitCode === 0, text('Hanako approves.', 'hanako が承認しました。'), first);
    const refused = await stage.ci(job, 'ci', 'apply', '--stack', STACK, '--plan', plan);
    stage.expectRefusal(
      refused,
      'policy.would-pass',
      text(
        'One approval is not enough, and the refusal says what is missing.',
        '1 人の承認では足りません。何が足りないかも示されます。',
      ),
    );
    const second = await stage.person('yuki', 'approve', plan, '--yes');
    stage.expect(second.exitCode === 0, text('Yuki approves too.', 'yuki も承認しました。'), second);
    const applied = await stage.ci(job, 'ci', 'apply', '--stack', STACK, '--plan', plan);
    stage.expect(
      applied.exitCode === 0,
      text('The second approval makes it pass; applied.', '2 人目の承認で許可され、適用しました。'),
      applied,
    );
    stage.expect(
      (await ordersKeyOf(world, world.aws.production.id)) === 'order_id',
      text(
        'The production table is keyed by order_id now; staging was not touched.',
        '本番のテーブルのキーは order_id になりました。ステージングには影響していません。',
      ),
    );
  },
};
