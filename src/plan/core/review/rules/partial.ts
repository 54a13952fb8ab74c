import { text } from '#core-values';
import { milder, type Rule } from '../rule.ts';

export const planErrored: Rule = {
  id: 'plan-errored',
  family: 'partial',
  severity: { guarded: 'critical', elsewhere: 'critical' },
  title: text('The plan failed', 'プランの作成に失敗しています'),
  sees: text('Plans that Terraform marked as errored.', 'Terraform がエラーと記録したプラン。'),
  why: text(
    'It holds only what was planned before the error; Terraform itself shows such a plan without complaint.',
    'エラーが起きるまでの内容しか含まれていません。Terraform 自身は、このようなプランも何も言わずに表示します。',
  ),
  remedy: text('Fix the error and plan again.', 'エラーを直して、プランを作り直してください。'),
  check: (plan) =>
    plan.terraform.errored
      ? [
          {
            message: text(
              'Terraform ended with an error while planning',
              'プラン作成中に Terraform がエラーで終了しました',
            ),
          },
        ]
      : [],
};

export const planPartial: Rule = {
  id: 'plan-partial',
  family: 'partial',
  severity: { guarded: 'high', elsewhere: 'medium' },
  title: text('Only a part of the configuration is planned', '構成の一部だけのプランです'),
  sees: text(
    'Plans made with -target or -exclude, plans that are not complete, not applyable, or that defer changes.',
    '-target や -exclude 付きで作られたプラン、不完全なプラン、適用できないプラン、一部の変更を先送りしているプラン。',
  ),
  why: text(
    'What is left out will come later, unreviewed in its context; partial applies are how states and code drift apart.',
    '外された部分は、後で文脈抜きのまま適用されることになります。部分的な適用は、ステートとコードがずれる原因です。',
  ),
  remedy: text(
    'Plan the whole configuration; keep -target for recovery from mistakes.',
    '構成全体のプランを作ってください。-target は障害からの復旧時だけに使うものです。',
  ),
  check: (plan) => {
    const { targets, complete, errored, applyable } = plan.terraform;
    const excludes = plan.terraform.excludes ?? [];
    const isActive = plan.changes.some((change) => change.action !== 'no-op' && change.action !== 'read');
    return [
      ...(targets.length > 0
        ? [
            {
              message: text(
                `made with -target: ${listed(targets)}`,
                `-target 付きで作られています: ${listed(targets)}`,
              ),
            },
          ]
        : []),
      ...(excludes.length > 0
        ? [
            {
              message: text(
                `made with -exclude: ${listed(excludes)}`,
                `-exclude 付きで作られています: ${listed(excludes)}`,
              ),
            },
          ]
        : []),
      ...(!complete && !errored && targets.length + excludes.length === 0
        ? [
            {
              message: text(
                'applying this plan leaves more to do',
                'このプランを適用しても、まだ変更が残ります',
              ),
            },
          ]
        : []),
      ...(!applyable && !errored && isActive
        ? [
            {
              message: text(
                'Terraform says that this plan cannot be applied',
                'このプランは適用できないと Terraform が記録しています',
              ),
            },
          ]
        : []),
      ...plan.deferred.map((deferred) => ({
        address: deferred.change.address,
        message: text(`is deferred (${deferred.reason})`, `先送りされています（${deferred.reason}）`),
      })),
    ];
  },
};

const listed = (targets: readonly string[]): string =>
  targets.length > 5 ? `${targets.slice(0, 5).join(', ')} … (${targets.length})` : targets.join(', ');

export const destroyMode: Rule = {
  id: 'destroy-mode',
  family: 'partial',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('Everything is destroyed', 'すべてが破棄されます'),
  sees: text(
    'Plans made with terraform plan -destroy. Sandboxes and development are info.',
    'terraform plan -destroy で作られたプラン。サンドボックスと開発環境では info です。',
  ),
  why: text('It takes down the whole stack.', 'スタック全体が破棄されます。'),
  remedy: text(
    'Make sure that this is the stack you mean to end.',
    '本当に終わらせたいスタックかどうか確認してください。',
  ),
  check: (plan, scene) => {
    const { environment } = scene.context;
    const isPlayground = environment === 'sandbox' || environment === 'development';
    return plan.terraform.mode === 'destroy'
      ? [
          {
            ...(isPlayground ? { severity: milder(scene, 'critical', 'info') } : {}),
            message: text('this plan destroys the stack', 'このプランはスタック全体を破棄します'),
          },
        ]
      : [];
  },
};
