import { type Text, text } from '#core-values';

interface Permission {
  readonly name: string;
  readonly level: 'read' | 'write';
  readonly why: Text;
}

/** All that the App asks for, and why: shown by `sekisho github check`, told in docs/github-app.md. */
export const PERMISSIONS: readonly Permission[] = [
  {
    name: 'metadata',
    level: 'read',
    why: text('finds a repository by its id', 'リポジトリを ID で特定する'),
  },
  {
    name: 'contents',
    level: 'read',
    why: text(
      'reads which files a pull request changes, and the module graph',
      'プルリクエストの変更ファイルと、モジュールの依存関係を読む',
    ),
  },
  {
    name: 'pull_requests',
    level: 'write',
    why: text('reads reviews; writes the one comment', 'レビューを読み、コメントを 1 件書く'),
  },
  {
    name: 'issues',
    level: 'write',
    why: text(
      'reads commands in comments; opens and closes drift issues',
      'コメントのコマンドを読み、ドリフトの issue を開閉する',
    ),
  },
  {
    name: 'checks',
    level: 'write',
    why: text('a check for each stack', 'スタックごとのチェックを表示する'),
  },
  {
    name: 'deployments',
    level: 'write',
    why: text('a deployment for each applied stack', '適用したスタックごとのデプロイを記録する'),
  },
  {
    name: 'actions',
    level: 'write',
    why: text(
      'starts your protected workflow for /sekisho plan and /sekisho apply',
      '/sekisho plan と /sekisho apply で、保護されたワークフローを起動する',
    ),
  },
  {
    name: 'members',
    level: 'read',
    why: text(
      'asks who is in the teams of teams[].github',
      'teams[].github に指定したチームのメンバーを調べる',
    ),
  },
];

/** The webhooks that say: look again. `installation` and `installation_repositories` come unasked. */
export const EVENTS: readonly string[] = [
  'check_run',
  'check_suite',
  'issue_comment',
  'membership',
  'merge_group',
  'organization',
  'pull_request',
  'pull_request_review',
  'push',
  'repository',
  'team',
  'workflow_run',
];

const RANK: Readonly<Record<string, number>> = { read: 1, write: 2, admin: 3 };

/** What the App needs and was not given: `checks: write`. */
export const missingPermissions = (granted: Readonly<Record<string, unknown>>): readonly string[] =>
  PERMISSIONS.filter(({ name, level }) => (RANK[String(granted[name])] ?? 0) < (RANK[level] ?? 0)).map(
    ({ name, level }) => `${name}: ${level}`,
  );
