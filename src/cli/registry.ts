import { text } from '#core-values';
import { AUDIT_COMMANDS } from './audit-commands.ts';
import type { CliCommandEntry } from './command.ts';
import { SLO_COMMANDS } from './slo-commands.ts';

/** Every command but `serve`, in the order help shows them. Loaded only when called. */
export const COMMANDS: readonly CliCommandEntry[] = [
  {
    path: ['review'],
    examples: [
      'sekisho review plan.tfplan --environment production --account 123456789012',
      'terraform show -json plan.tfplan | sekisho review -',
      'sekisho review plan.tfplan --format json --fail-on high',
    ],
    summary: text(
      'Review a Terraform plan file, without any server',
      'Terraform のプランファイルをレビューする(サーバー不要)',
    ),
    load: async () => {
      // Its parser gets ready in another thread while we are still loading.
      (await import('#plan/hcl')).hclParser();
      return (await import('./review.ts')).review;
    },
  },
  {
    path: ['init'],
    examples: [
      'sekisho init',
      'sekisho init --dry-run',
      'sekisho init infra --yes --server https://sekisho.shop.example --server-role arn:aws:iam::333333333333:role/sekisho-server --people hanako,yuki --key hanako=hanako.pub --key yuki=yuki.pub --source shop/sekisho@COMMIT',
    ],
    summary: text(
      'Set up a repository: configuration, workflows and the roles in the accounts',
      'リポジトリをセットアップする(設定、ワークフロー、各アカウントのロール)',
    ),
    load: async () => {
      const [{ initWith }, { keyboard }] = await Promise.all([
        import('./init/init.ts'),
        import('./init/keyboard.ts'),
      ]);
      return initWith({ keyboard });
    },
  },
  {
    path: ['ci', 'stacks'],
    examples: [
      'sekisho ci stacks --format github',
      'sekisho ci stacks --base origin/main',
      'sekisho ci stacks --all --format json',
    ],
    summary: text(
      'In a CI job: tell which stacks a change affects, and why',
      'CI ジョブで: 変更の影響を受けるスタックとその理由を表示する',
    ),
    load: async () => (await import('./ci-stacks.ts')).ciStacks,
  },
  {
    path: ['ci', 'plan'],
    examples: [
      'sekisho ci plan --stack shop-production',
      'sekisho ci plan --stack shop-production -- -target=aws_sqs_queue.orders',
    ],
    summary: text(
      'In a CI job: plan with read-only credentials and upload the plan',
      'CI ジョブで: 読み取り専用の認証情報でプランを作成し、アップロードする',
    ),
    load: async () => (await import('./ci-plan.ts')).ciPlan,
  },
  {
    path: ['ci', 'apply'],
    examples: ['sekisho ci apply --stack shop-production --plan pln_… --wait 60'],
    summary: text(
      'In a CI job: apply the approved plan, once, and report',
      'CI ジョブで: 承認されたプランを一度だけ適用し、報告する',
    ),
    load: async () => (await import('./ci-apply.ts')).ciApply,
  },
  {
    path: ['exec'],
    examples: [
      'sekisho exec --stack shop-staging -- terraform init',
      'sekisho exec --stack shop-staging --plan SHA256 -- terraform apply change.tfplan',
    ],
    summary: text(
      'In a CI job: run a command with credentials from memory',
      'CI ジョブで: メモリ上の認証情報でコマンドを実行する',
    ),
    load: async () => {
      const [{ execCommand }, { obtainCredentials }] = await Promise.all([
        import('./exec.ts'),
        import('./exec-credentials.ts'),
      ]);
      return execCommand(obtainCredentials);
    },
  },
  {
    path: ['plans'],
    examples: [
      'sekisho plans --state awaiting-approval',
      'sekisho plans --stack shop-production --limit 5 --format json',
    ],
    summary: text('List plans', 'プランの一覧'),
    load: async () => (await import('./plans.ts')).plans,
  },
  {
    path: ['show'],
    examples: ['sekisho show pln_…', 'sekisho show pln_… --format json'],
    summary: text('Show a plan, and what it waits for', 'プランの内容と、適用に必要なものを表示する'),
    load: async () => (await import('./plans.ts')).show,
  },
  {
    path: ['approve'],
    examples: ['sekisho approve pln_…', 'sekisho approve pln_… --key ~/.ssh/id_ed25519_sk'],
    summary: text('Approve a plan with your SSH key', '自分の SSH 鍵でプランを承認する'),
    load: async () => (await import('./decide.ts')).decideCommand('approve'),
  },
  {
    path: ['reject'],
    examples: ['sekisho reject pln_… --reason "deletes the wrong bucket"'],
    summary: text('Reject a plan', 'プランを却下する'),
    load: async () => (await import('./decide.ts')).decideCommand('reject'),
  },
  {
    path: ['break-glass'],
    examples: ['sekisho break-glass pln_… --reason "checkout is down since 09:10, restoring the listener"'],
    summary: text(
      'Let a plan pass without approvals, loudly',
      'ブレークグラス: 承認なしでプランを通す(全員に知らされます)',
    ),
    load: async () => (await import('./decide.ts')).decideCommand('break-glass'),
  },
  {
    path: ['repair'],
    examples: [
      'sekisho repair pln_… --reason "rolls the timeout of checkout back to 3 s"',
      'sekisho repair pln_… --agree',
      'sekisho repair pln_… --withdraw',
    ],
    summary: text(
      'Mark a plan as the repair of what uses the error budget up, or agree that it is',
      'エラーバジェットを使い切った原因の修復としてプランを登録する、またはそれに同意する',
    ),
    load: async () => (await import('./repair.ts')).repair,
  },
  {
    path: ['cancel'],
    examples: ['sekisho cancel pln_…'],
    summary: text('Cancel a plan, so that nobody can apply it', 'プランを取り消し、適用できないようにする'),
    load: async () => (await import('./plans.ts')).cancel,
  },
  {
    path: ['stacks'],
    summary: text(
      'List stacks, their accounts and last applied states',
      'スタックの一覧(アカウント、最後に適用された state)',
    ),
    load: async () => (await import('./stacks.ts')).stacks,
  },
  {
    path: ['stacks', 'unlock'],
    examples: ['sekisho stacks unlock shop-staging --reason "#7 is given up"'],
    summary: text(
      'Take a stack away from the pull request that holds it',
      'プルリクエストが保持しているスタックのロックを解除する',
    ),
    load: async () => (await import('./stacks-unlock.ts')).stacksUnlock,
  },
  {
    path: ['grants', 'list'],
    examples: ['sekisho grants list --status issued', 'sekisho grants list --plan pln_…'],
    summary: text('List who got which credentials', 'グラント(発行された認証情報)の一覧'),
    load: async () => (await import('./grants.ts')).grantsList,
  },
  {
    path: ['grants', 'revoke'],
    examples: ['sekisho grants revoke grt_… --reason "the runner was compromised"'],
    summary: text('Take credentials back, at once and in AWS', 'グラントを直ちに取り消す(AWS でも拒否)'),
    load: async () => (await import('./grants.ts')).grantsRevoke,
  },
  {
    path: ['needs', 'add'],
    examples: [
      'sekisho needs add --stack shop-production --plan pln_…',
      'sekisho needs add --stack shop-production --action sns:TagResource --resource arn:aws:sns:ap-northeast-1:444444444444:orders --reason "the provider tags it since 5.100"',
    ],
    summary: text(
      'Add permissions that AWS was found to ask for to a stack’s plans',
      'AWS が要求した権限をスタックのプランに追加する',
    ),
    load: async () => (await import('./needs.ts')).needsAdd,
  },
  {
    path: ['needs', 'list'],
    examples: ['sekisho needs list --stack shop-production'],
    summary: text(
      'List the permissions that people added to a stack’s plans',
      'スタックのプランに追加された権限の一覧',
    ),
    load: async () => (await import('./needs.ts')).needsList,
  },
  {
    path: ['needs', 'remove'],
    examples: ['sekisho needs remove ned_… --stack shop-production'],
    summary: text('Take an added permission away', '追加した権限を削除する'),
    load: async () => (await import('./needs.ts')).needsRemove,
  },
  {
    path: ['needs', 'unused'],
    examples: ['sekisho needs unused', 'sekisho needs unused --format json'],
    summary: text(
      'Show what applies were granted and never called',
      '適用で許可されたが呼び出されなかった操作を表示する',
    ),
    load: async () => (await import('./needs-observed.ts')).needsUnused,
  },
  {
    path: ['needs', 'leave-out'],
    examples: [
      'sekisho needs leave-out --type aws_sns_topic --action sns:ListTagsForResource --reason "never called in 12 applies"',
    ],
    summary: text(
      'Leave an action out of what a resource type is granted',
      'リソースタイプに許可する操作からアクションを除外する',
    ),
    load: async () => (await import('./needs-observed.ts')).needsLeaveOut,
  },
  {
    path: ['needs', 'put-back'],
    examples: ['sekisho needs put-back lft_…'],
    summary: text('Put back what was left out', '除外したアクションを元に戻す'),
    load: async () => (await import('./needs-observed.ts')).needsPutBack,
  },
  {
    path: ['policy', 'test'],
    examples: ['sekisho policy test', 'sekisho policy test policies --cases policies/cases'],
    summary: text('Run a folder of policy cases', 'ポリシーのテストケースを実行する'),
    load: async () => (await import('./policy-test.ts')).policyTest,
  },
  {
    path: ['policy', 'explain'],
    examples: [
      'sekisho policy explain --workload --action apply --stack shop-production --fact approvedBy=hanako',
    ],
    summary: text('Could X do Y, and why not', '誰が何をできるか、できない理由は何かを説明する'),
    load: async () => (await import('./policy-explain.ts')).policyExplain,
  },
  {
    path: ['policy', 'session'],
    examples: [
      'sekisho policy session plan.tfplan --account 444444444444 --region ap-northeast-1',
      'sekisho policy session plan.tfplan --account 444444444444 --region ap-northeast-1 --format json',
    ],
    summary: text(
      'What AWS permissions a plan needs, as a session policy',
      'プランに必要な AWS の権限をセッションポリシーとして示す',
    ),
    load: async () => (await import('./policy-session.ts')).policySession,
  },
  {
    path: ['iam', 'evaluate'],
    examples: ['sekisho iam evaluate request.json', 'sekisho iam evaluate request.json --format json'],
    summary: text(
      'Would AWS allow this request, and why (not)',
      'AWS がリクエストを許可するか、その理由とともに判定する',
    ),
    load: async () => (await import('./iam-evaluate.ts')).iamEvaluate,
  },
  {
    path: ['iam', 'lint'],
    examples: ['sekisho iam lint policy.json', 'sekisho iam lint guardrail.json --kind scp'],
    summary: text('Check an AWS policy document', 'AWS のポリシードキュメントを検査する'),
    load: async () => (await import('./iam-lint.ts')).iamLint,
  },
  {
    path: ['status'],
    examples: ['sekisho status', 'sekisho status --format json'],
    summary: text(
      'Tell how the server does, what is wrong, and what is not configured',
      'サーバーの状態、問題点、未設定の項目を表示する',
    ),
    load: async () => (await import('./status.ts')).status,
  },
  {
    path: ['messages', 'list'],
    examples: ['sekisho messages list'],
    summary: text('List whom Sekisho tells what happens, and how that goes', '通知先とその状態の一覧'),
    load: async () => (await import('./messages.ts')).messagesList,
  },
  {
    path: ['messages', 'test'],
    examples: ['sekisho messages test team'],
    summary: text('Send a test to a destination', '通知先にテストを送信する'),
    load: async () => (await import('./messages.ts')).messagesTest,
  },
  ...AUDIT_COMMANDS,
  {
    path: ['people', 'link'],
    examples: [
      'sekisho people link hanako',
      'sekisho people link hanako --recover --reason "lost her phone, identified by video call"',
    ],
    summary: text(
      'Make a link with which somebody enrols a passkey (administrators)',
      'パスキーを登録してもらうためのリンクを発行する(管理者)',
    ),
    load: async () => (await import('./people-link.ts')).peopleLink,
  },
  {
    path: ['github', 'connect'],
    examples: [
      'sekisho github connect --organization shop',
      'sekisho github connect --organization shop --url https://github.example.com',
      'sekisho github connect --app-id 4711 --key-file app.pem --webhook-secret-file secret.txt',
    ],
    summary: text('Connect a GitHub App (administrators)', 'GitHub App を接続する(管理者)'),
    load: async () => (await import('./github.ts')).githubConnect,
  },
  {
    path: ['github', 'list'],
    summary: text('List connected GitHub Apps (administrators)', '接続済みの GitHub App の一覧(管理者)'),
    load: async () => (await import('./github.ts')).githubList,
  },
  {
    path: ['github', 'check'],
    examples: ['sekisho github check', 'sekisho github check --format json'],
    summary: text(
      'Tell whether GitHub knows us, what is missing and what waits (administrators)',
      'GitHub との接続、足りないもの、処理待ちを確認する(管理者)',
    ),
    load: async () => (await import('./github.ts')).githubCheck,
  },
  {
    path: ['github', 'disconnect'],
    examples: ['sekisho github disconnect gha_…'],
    summary: text('Forget the keys of a GitHub App (administrators)', 'GitHub App の鍵を破棄する(管理者)'),
    load: async () => (await import('./github.ts')).githubDisconnect,
  },
  ...SLO_COMMANDS,
  {
    path: ['encryption', 'rotate'],
    summary: text(
      'Bring everything under the newest encryption key (administrators)',
      'すべてを最新の暗号鍵で暗号化し直す(管理者)',
    ),
    load: async () => (await import('./encryption-rotate.ts')).encryptionRotate,
  },
  {
    path: ['config', 'check'],
    examples: ['sekisho config check', 'sekisho config check sekisho.yaml --format json'],
    summary: text('Check sekisho.yaml and its policies', 'sekisho.yaml とポリシーを検査する'),
    load: async () => {
      const [{ configCheckWith }, { policiesBeside }, { servicesWithoutSlo }] = await Promise.all([
        import('./config-check.ts'),
        import('./config-check-policies.ts'),
        import('./config-check-services.ts'),
      ]);
      return configCheckWith([policiesBeside], [servicesWithoutSlo]);
    },
  },
  {
    path: ['login'],
    summary: text('Sign in with your SSH key', 'SSH 鍵でサインインする'),
    load: async () => (await import('./login.ts')).login,
  },
  {
    path: ['logout'],
    summary: text('Forget the session on this machine', 'このマシンのセッションを破棄する'),
    load: async () => (await import('./login.ts')).logout,
  },
  {
    path: ['doctor'],
    summary: text(
      'Tell what is found on this machine, what is missing and how to get it',
      'このマシンで見つかったもの、足りないもの、その入手方法を表示する',
    ),
    load: async () => (await import('./doctor.ts')).doctor,
  },
];
