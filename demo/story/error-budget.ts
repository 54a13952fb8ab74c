import { setTimeout as delay } from 'node:timers/promises';
import { text } from '../../src/core-values/index.ts';
import { planIdIn, type Stage } from './stage.ts';
import type { Step } from './step.ts';

const STACK = 'shop-production';
const SLO = 'checkout-views';
const PATIENCE_MS = 180_000;
const REASON = 'The carrier does not answer: let the checkout ask another one';

/** While users suffer, production waits; what ends their suffering does not. */
export const errorBudget: Step = {
  title: text(
    'Users cannot check out: production waits, but for the repair',
    '決済できない利用者がいる間、本番の適用は修復だけを通す',
  ),
  async play(stage) {
    const outage = await stage.world.site.writeOutage();
    stage.say(
      text(
        'The access log of the shop (simulated): for half an hour no checkout page got its costs of shipping.',
        'ショップのアクセスログ(シミュレーション): 30 分間、決済画面の送料の計算がすべて失敗しました。',
      ),
    );
    await untilSpent(stage);
    await untilTold(stage);
    const commit = await stage.world.repository.commitRevision('production-second-carrier', 'taro');
    const job = await stage.world.startJob({
      stack: STACK,
      commit,
      actor: 'taro',
      environment: 'production',
    });
    const planned = await stage.ci(job, 'ci', 'plan', '--stack', STACK);
    const plan = planIdIn(planned);
    await stage.person('hanako', 'approve', plan, '--yes');
    const apply = () => stage.ci(job, 'ci', 'apply', '--stack', STACK, '--plan', plan);
    stage.expectRefusal(
      await apply(),
      'policy.error-budget-exhausted',
      text(
        'Approved, and yet refused: the error budget of the shop’s checkout is spent.',
        '承認済みでも拒否されます。決済画面のエラーバジェットを使い切ったためです。',
      ),
    );
    await repair(stage, plan);
    const applied = await apply();
    stage.expect(applied.exitCode === 0, text('The repair is applied.', '修復を適用しました。'), applied);
    await leaveOut(stage, outage);
  },
};

/** The log is read every minute, and the budget is worked out as often. */
async function untilSpent(stage: Stage): Promise<void> {
  stage.say(
    text(
      'Sekisho reads it, puts requests together to page views, and judges those (a minute or two) …',
      'Sekisho がログを読み、リクエストを画面表示ごとにまとめて判定します(1〜2 分)…',
    ),
  );
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const status = await stage.person('yuki', 'slo', 'status');
    const line = status.output.split('\n').find((words) => words.includes(SLO)) ?? '';
    if (/-\d[\d.]*%/.test(line))
      return stage.expect(true, text(`Spent:${line}`, `使い切りました:${line}`), status);
    if (Date.now() > end)
      return stage.expect(false, text('The budget is spent.', 'エラーバジェットを使い切りました。'), status);
    await delay(10_000);
  }
}

async function untilTold(stage: Stage): Promise<void> {
  const told = () => stage.world.inbox.received().find(({ kind }) => kind === 'incident');
  const end = Date.now() + PATIENCE_MS;
  while (told() === undefined && Date.now() < end) await delay(200);
  const title = told()?.title ?? '';
  stage.expect(title !== '', text(`Whoever is on call was told: ${title}`, `担当者に通知しました: ${title}`));
}

async function repair(stage: Stage, plan: string): Promise<void> {
  const marked = await stage.person('taro', 'repair', plan, '--reason', REASON, '--yes');
  stage.expect(
    marked.exitCode === 0,
    text('Taro says that his change is the repair.', 'taro は、この変更が修復であると登録しました。'),
    marked,
  );
  const alone = await stage.person('taro', 'repair', plan, '--agree', '--yes');
  stage.expectRefusal(
    alone,
    'repair.same-person',
    text('He cannot agree with himself.', '自分の登録に自分で同意することはできません。'),
  );
  const agreed = await stage.person('yuki', 'repair', plan, '--agree', '--yes');
  stage.expect(
    agreed.exitCode === 0,
    text(
      'Yuki looks at it, and agrees as the second person.',
      'yuki が内容を確認し、2 人目として同意しました。',
    ),
    agreed,
  );
}

/** So that production is open again for the chapter that is left to the user. */
async function leaveOut(
  stage: Stage,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<void> {
  const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}:00Z`;
  const corrected = await stage.person(
    'hanako',
    ...['slo', 'corrections', 'add', '--service', 'shop'],
    ...['--from', minute(fromMs), '--to', minute(toMs + 60_000)],
    ...['--reason', 'The carrier had announced this maintenance'],
  );
  stage.expect(
    corrected.exitCode === 0,
    text(
      'The carrier had announced it as maintenance: Hanako leaves that time out of the budget, with her reason in the audit log.',
      '配送会社が予告していたメンテナンスだったため、hanako はその時間をエラーバジェットから除外しました(理由は監査ログに残ります)。',
    ),
    corrected,
  );
}
