import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from '../../src/core-values/index.ts';
import type { JobOrder, RunnerJob } from '../world.ts';
import { planIdIn, type Stage } from './stage.ts';
import type { Step } from './step.ts';

const STACK = 'shop-staging';
/** The run that the attacks pretend to be. */
const RUN = { runId: '4242', runNumber: '4242', runAttempt: '1' } as const;

interface ApprovedPlan {
  readonly plan: string;
  readonly commit: string;
}

/** What must be refused, each with its reason. */
export const refusals: Step = {
  title: text('Refused, each with its reason', '拒否されるもの、それぞれの理由'),
  async play(stage) {
    const approved = await approvedPlan(stage);
    await swappedPlan(stage, approved);
    await pushAfterApproval(stage, approved);
    await otherRepository(stage, approved);
    await reRun(stage, approved);
    await stagingPlanForProduction(stage, approved);
    const job = await jobOf(stage, approved.commit, RUN);
    const applied = await stage.ci(job, 'ci', 'apply', '--stack', STACK, '--plan', approved.plan);
    stage.expect(
      applied.exitCode === 0,
      text(
        'After all these refusals the right job still applies the approved plan.',
        'これだけ拒否されたあとでも、正しいジョブは承認済みのプランを適用できます。',
      ),
      applied,
    );
  },
};

const jobOf = (stage: Stage, commit: string, claims: JobOrder['claims']): Promise<RunnerJob> =>
  stage.world.startJob({
    ...{ stack: STACK, commit, actor: 'taro', environment: 'staging' },
    ...(claims === undefined ? {} : { claims }),
  });

async function approvedPlan(stage: Stage): Promise<ApprovedPlan> {
  const commit = await stage.world.repository.commitRevision('staging-longer-timeout', 'taro');
  const job = await jobOf(stage, commit, RUN);
  const planned = await stage.ci(job, 'ci', 'plan', '--stack', STACK);
  const plan = planIdIn(planned);
  const own = await stage.person('taro', 'approve', plan, '--yes');
  stage.expectRefusal(
    own,
    'policy.authors-never-approve',
    text('Taro wrote the change, so he cannot approve it.', '変更を書いた taro は、自分では承認できません。'),
  );
  const approved = await stage.person('hanako', 'approve', plan, '--yes');
  stage.expect(approved.exitCode === 0, text('Hanako approves it.', 'hanako が承認しました。'), approved);
  return { plan, commit };
}

async function swappedPlan(stage: Stage, { commit }: ApprovedPlan): Promise<void> {
  const job = await jobOf(stage, commit, RUN);
  const swappedFile = 'another plan file';
  await writeFile(join(job.directory, 'swapped.tfplan'), swappedFile);
  const other = createHash('sha256').update(swappedFile).digest('hex');
  const swapped = await stage.ci(
    job,
    'exec',
    '--stack',
    STACK,
    '--plan',
    other,
    '--',
    'terraform',
    'apply',
    'swapped.tfplan',
  );
  stage.expectRefusal(
    swapped,
    'grant.plan-unknown',
    text(
      'A plan file swapped after the approval has another digest.',
      '承認後にすり替えられたプランファイルは、ダイジェストが異なります。',
    ),
  );
}

async function pushAfterApproval(stage: Stage, { plan }: ApprovedPlan): Promise<void> {
  const pushed = await stage.world.repository.commitFiles(
    { 'notes.md': 'pushed after the approval\n' },
    'taro',
    'Push after approval',
  );
  const job = await jobOf(stage, pushed, RUN);
  const refused = await stage.ci(job, 'ci', 'apply', '--stack', STACK, '--plan', plan);
  stage.expectRefusal(
    refused,
    'grant.commit-mismatch',
    text(
      'A push after the approval is another commit.',
      '承認後にプッシュされたコミットは、別のコミットです。',
    ),
  );
}

async function otherRepository(stage: Stage, { commit }: ApprovedPlan): Promise<void> {
  const job = await jobOf(stage, commit, { ...RUN, repository: 'mallory/infra', repositoryId: '666' });
  const refused = await stage.ci(job, 'ci', 'plan', '--stack', STACK);
  stage.expectRefusal(
    refused,
    'trust.repository',
    text('A job from another repository is not trusted.', '別のリポジトリのジョブは信頼されません。'),
  );
}

async function reRun(stage: Stage, { plan, commit }: ApprovedPlan): Promise<void> {
  const job = await jobOf(stage, commit, { ...RUN, runAttempt: '2' });
  const refused = await stage.ci(job, 'ci', 'apply', '--stack', STACK, '--plan', plan);
  stage.expectRefusal(
    refused,
    'grant.run-mismatch',
    text(
      'A re-run is another attempt than the one that planned.',
      '再実行は、プランを作成した試行とは別の試行です。',
    ),
  );
}

async function stagingPlanForProduction(stage: Stage, { plan, commit }: ApprovedPlan): Promise<void> {
  const job = await stage.world.startJob({
    stack: 'shop-production',
    commit,
    actor: 'taro',
    environment: 'production',
    claims: RUN,
  });
  const refused = await stage.ci(job, 'ci', 'apply', '--stack', 'shop-production', '--plan', plan);
  stage.expectRefusal(
    refused,
    'grant.plan-of-another-stack',
    text(
      'A plan of staging gets no production credentials.',
      'ステージングのプランに、本番の認証情報は発行されません。',
    ),
  );
}
