import { type Text, text } from '../../src/core-values/index.ts';
import { isRestorable } from './aws-view.ts';
import { type Begun, type Outcome, planIdIn, type Stage, StoryBroken } from './stage.ts';
import type { Step } from './step.ts';

const STACK = 'shop-production';
/** Minutes; nobody has to hurry. */
const PATIENCE_MIN = '720';

/** A change that waits for a person at a browser, and the CI job that waits with it. */
export interface Turn {
  readonly plan: string;
  /** The change's page, for whoever is signed in. */
  readonly page: string;
  /** What became of it: the job ends when somebody decided. */
  readonly job: Begun;
}

export const YOUR_TURN = text(
  'Your turn: a change to production waits for your approval',
  'あなたの番です: 本番の変更が、あなたの承認を待っています',
);

/** Production as it is when the whole story was played before; for those who begin with the page. */
export const productionForYourTurn: Step = {
  title: text('Production, as it was', '本番環境の準備'),
  async play(stage) {
    const commit = await stage.world.repository.commitRevision('production-new-orders-key', 'taro');
    const job = await stage.world.startJob({
      stack: STACK,
      commit,
      actor: 'taro',
      environment: 'production',
    });
    const plan = planIdIn(await stage.ci(job, 'ci', 'plan', '--stack', STACK));
    await stage.person('hanako', 'approve', plan, '--yes');
    const applied = await stage.ci(job, 'ci', 'apply', '--stack', STACK, '--plan', plan);
    stage.expect(
      applied.exitCode === 0,
      text('Production has its first tables.', '本番にテーブルができました。'),
      applied,
    );
  },
};

/** Taro’s change is planned, and its job waits. */
export const yourTurn = async (stage: Stage): Promise<Turn> =>
  turnOf(stage, await stage.world.repository.commitRevision('production-warehouse', 'taro'));

/** Rejected, Taro leaves out what was new, and asks again. */
export const anotherTurn = async (stage: Stage): Promise<Turn> => {
  const files = { 'stacks/shop-production/warehouse.tf': '# The warehouse can wait.\n' };
  return turnOf(
    stage,
    await stage.world.repository.commitFiles(files, 'taro', 'Only keep the orders restorable'),
  );
};

async function turnOf(stage: Stage, commit: string): Promise<Turn> {
  const job = await stage.world.startJob({ stack: STACK, commit, actor: 'taro', environment: 'production' });
  const planned = await stage.ci(job, 'ci', 'plan', '--stack', STACK);
  stage.expect(
    planned.exitCode === 0,
    text('Taro’s change is planned and reviewed.', 'taro の変更のプランを作成し、レビューしました。'),
    planned,
  );
  const plan = planIdIn(planned);
  return {
    plan,
    page: `${stage.url}/changes/${plan}?guide=true`,
    job: stage.begin(job, 'ci', 'apply', '--stack', STACK, '--plan', plan, '--wait', PATIENCE_MIN),
  };
}

/** A link that opens once, lets Hanako enrol a passkey, and leads to the change. */
export async function linkTo(stage: Stage, { page }: Turn): Promise<string> {
  const made = await stage.person('hanako', 'people', 'link', 'hanako');
  const [, token] = /\/welcome#(\S+)/.exec(made.output) ?? [];
  if (token === undefined) throw new StoryBroken(`No link was printed:\n${made.output.slice(-3_000)}`);
  return `${stage.url}/welcome?returnTo=${page.slice(stage.url.length)}#${token}`;
}

/** How it ended: applied, or not and why. Anything else breaks the story. */
export async function toldOf(stage: Stage, outcome: Outcome): Promise<'applied' | 'denied'> {
  // Rejected, cancelled, or whatever else ends a plan.
  const refused = /\[(grant\.plan-[a-z]+)\]/.exec(outcome.output)?.[1];
  if (refused !== undefined) {
    stage.expectRefusal(
      outcome,
      refused,
      text(
        'You said no: the CI job got no credentials, and production stays as it is.',
        '承認されなかったため、CI ジョブに認証情報は発行されませんでした。本番は変わっていません。',
      ),
    );
    return 'denied';
  }
  const holds = outcome.exitCode === 0 && (await isRestorable(stage.world, stage.world.aws.production.id));
  stage.expect(holds, APPLIED, outcome);
  return 'applied';
}

const APPLIED: Text = text(
  'You approved: the waiting CI job got credentials for this plan alone, and applied it. Looked at from outside, the orders can be restored now.',
  'あなたの承認を受けて、待っていた CI ジョブがこのプランだけの認証情報を受け取り、適用しました。AWS 側でも、注文テーブルが復元可能になったことを確認しました。',
);
