import { text } from '../../src/core-values/index.ts';
import { tablesOf } from './aws-view.ts';
import { planIdIn, type Stage } from './stage.ts';
import type { Step } from './step.ts';

/** Plan, review, one approval, grant, apply; and the right account, looked at from outside. */
export const staging: Step = {
  title: text(
    'Staging: from plan to applied with one approval',
    'ステージング: 1 人の承認でプランから適用まで',
  ),
  async play(stage: Stage) {
    const { world } = stage;
    const commit = await world.repository.head();
    const job = await world.startJob({
      stack: 'shop-staging',
      commit,
      actor: 'taro',
      environment: 'staging',
    });
    const planned = await stage.ci(job, 'ci', 'plan', '--stack', 'shop-staging');
    stage.expect(
      planned.exitCode === 0,
      text(
        'The job planned with read-only credentials and uploaded the plan file.',
        'ジョブは読み取り専用の認証情報でプランを作成し、プランファイルをアップロードしました。',
      ),
      planned,
    );
    const plan = planIdIn(planned);
    const early = await stage.ci(job, 'ci', 'apply', '--stack', 'shop-staging', '--plan', plan);
    stage.expectRefusal(
      early,
      'policy.not-permitted',
      text('Without an approval there are no credentials.', '承認がなければ、認証情報は発行されません。'),
    );
    const approved = await stage.person('hanako', 'approve', plan, '--yes');
    stage.expect(
      approved.exitCode === 0,
      text(
        'Hanako signed what the plan means with her SSH key.',
        'hanako がプランの内容に SSH 鍵で署名しました。',
      ),
      approved,
    );
    const applied = await stage.ci(job, 'ci', 'apply', '--stack', 'shop-staging', '--plan', plan);
    stage.expect(
      applied.exitCode === 0,
      text(
        'The job got credentials for this plan alone, applied it and reported.',
        'ジョブはこのプランだけのためのグラントを受け取り、適用して報告しました。',
      ),
      applied,
    );
    const there = await tablesOf(world, world.aws.staging.id);
    const elsewhere = await tablesOf(world, world.aws.production.id);
    stage.expect(
      there.includes('orders') && elsewhere.length === 0,
      text(
        'The table `orders` exists in the staging account, and nowhere else.',
        'テーブル `orders` はステージングのアカウントだけに存在します。',
      ),
    );
    const again = await stage.ci(job, 'ci', 'apply', '--stack', 'shop-staging', '--plan', plan);
    stage.expectRefusal(
      again,
      'grant.used',
      text(
        'The grant served once: a second use is refused.',
        'グラントは一度きりです。二度目の使用は拒否されます。',
      ),
    );
  },
};
