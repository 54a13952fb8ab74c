import { text } from '#core-values';
import { milder, type Plan, type Rule, type RuleFinding } from '../rule.ts';

/** Without a list these pass; everybody else's code gets at least a low finding. */
const USUAL_PROVIDERS = [
  'registry.terraform.io/hashicorp/*',
  'registry.opentofu.org/hashicorp/*',
  'terraform.io/builtin/*',
];
const BUILT_IN = /^terraform\.io\/builtin\//;

/** `*` stands for anything but a slash, at the end too; the version or `?ref=` of a source is not part of its name. */
function isListed(patterns: readonly string[], source: string): boolean {
  const [name = ''] = source.split('?');
  return patterns.some((pattern) => {
    const wanted = pattern.split('/');
    // `a/*` also takes `a/b/c//sub/folder` of a registry or git source, but never another host or owner
    const actual = name.split('/');
    return (
      !actual.includes('..') &&
      actual.length >= wanted.length &&
      wanted.every((segment, index) => segmentMatches(segment, actual[index] ?? '')) &&
      (actual.length === wanted.length || wanted.at(-1) === '*' || actual[wanted.length] === '')
    );
  });
}

function segmentMatches(pattern: string, segment: string): boolean {
  const [head = '', ...tails] = pattern.split('*');
  if (tails.length === 0) return pattern === segment;
  if (segment === '' || segment === '..' || segment === '.') return false;
  const last = tails.at(-1) ?? '';
  return segment.startsWith(head) && segment.length >= head.length + last.length && segment.endsWith(last);
}

const providersOf = (plan: Plan): readonly string[] =>
  [
    ...new Set([
      ...plan.changes.map((change) => change.provider),
      ...plan.drift.map((change) => change.provider),
      ...plan.actions.map((action) => action.provider),
      ...plan.lockedProviders.map((locked) => locked.address),
    ]),
  ]
    .filter((provider) => provider !== '')
    .sort();

export const unlistedProvider: Rule = {
  id: 'unlisted-provider',
  family: 'source',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('A provider from a source not listed', '許可リストにないプロバイダー'),
  sees: text(
    'Providers of the plan and its lock file that are not on the list of providers. Without a list: anything but HashiCorp’s own, low.',
    'プランとロックファイルに含まれる、許可リストにないプロバイダー。リストがない場合は、HashiCorp 公式以外を low で報告します。',
  ),
  why: text(
    'A provider is a program that runs with the credentials of plan and apply.',
    'プロバイダーは、plan と apply の認証情報を持って動くプログラムです。',
  ),
  remedy: text(
    'Check who publishes it, and add it to the list of providers.',
    '公開元を確認し、プロバイダーの許可リストに追加してください。',
  ),
  check: (plan, scene) => {
    const listed = scene.context.allowed?.providers;
    return providersOf(plan)
      .filter((provider) => !BUILT_IN.test(provider) && !isListed(listed ?? USUAL_PROVIDERS, provider))
      .map((provider) => unlisted(listed === undefined, `${provider}`));
  },
};

const unlisted = (isWithoutList: boolean, source: string): RuleFinding => ({
  ...(isWithoutList ? { severity: 'low' as const } : {}),
  message: isWithoutList
    ? text(
        `${source} is used, and no list says whether it may be`,
        `${source} が使われていますが、許可リストが設定されていません`,
      )
    : text(`${source} is not on the list`, `${source} は許可リストにありません`),
});

export const providerNotLocked: Rule = {
  id: 'provider-not-locked',
  family: 'source',
  severity: { guarded: 'medium', elsewhere: 'low' },
  title: text('A provider is not locked', 'ロックされていないプロバイダー'),
  sees: text(
    'Providers that the plan uses and .terraform.lock.hcl does not pin by version and checksum. Not for plan JSON, which has no lock file.',
    'プランで使われているのに、.terraform.lock.hcl でバージョンとチェックサムが固定されていないプロバイダー。ロックファイルを含まないプラン JSON では判定しません。',
  ),
  why: text(
    'Without a checksum, the program that applies may be another than the one that planned.',
    'チェックサムがなければ、plan したものと apply するプログラムが別物かもしれません。',
  ),
  remedy: text(
    'Run terraform providers lock and commit .terraform.lock.hcl.',
    'terraform providers lock を実行し、.terraform.lock.hcl をコミットしてください。',
  ),
  check: (plan) => {
    if (plan.kind !== 'plan-file') return [];
    const locked = new Set(
      plan.lockedProviders
        .filter((provider) => provider.hashes.length > 0)
        .map((provider) => provider.address),
    );
    return providersOf(plan)
      .filter((provider) => !BUILT_IN.test(provider) && !locked.has(provider))
      .map((provider) => ({
        message: text(
          `${provider} has no checksum in the lock file`,
          `${provider} のチェックサムがロックファイルにありません`,
        ),
      }));
  },
};

const isLocal = (source: string): boolean => source === '' || source === '.' || /^\.{1,2}\//.test(source);

export const unlistedModule: Rule = {
  id: 'unlisted-module',
  family: 'source',
  severity: { guarded: 'high', elsewhere: 'medium' },
  title: text('A module from a source not listed', '許可リストにないモジュール'),
  sees: text(
    'Modules from elsewhere that are not on the list of modules; without a list, all of them, low. Modules in the repository itself pass.',
    '許可リストにない外部モジュール。リストがない場合は、すべての外部モジュールを low で報告します。リポジトリ内のモジュールは報告しません。',
  ),
  why: text(
    'A module can bring in providers, provisioners and resources that nobody here wrote.',
    'モジュールは、自分たちが書いていないプロバイダー・プロビジョナー・リソースを持ち込めます。',
  ),
  remedy: text(
    'Read it at the pinned version, and add its source to the list of modules.',
    '固定したバージョンの中身を確認し、モジュールの許可リストに追加してください。',
  ),
  check: (plan, scene) => {
    const listed = scene.context.allowed?.modules;
    return plan.configuration.modules
      .filter((module) => !isLocal(module.source) && !isListed(listed ?? [], module.source))
      .map((module) => ({
        address: `module.${module.key.split('.').join('.module.')}`,
        ...unlisted(listed === undefined, scene.secrets.quoteWords(withoutCredentials(module.source))),
      }));
  },
};

/** `git::https://token@host/…` keeps no token. */
const withoutCredentials = (source: string): string => source.replace(/\/\/[^/@]*@/, '//***@');

export const moduleNotPinned: Rule = {
  id: 'module-not-pinned',
  family: 'source',
  severity: { guarded: 'medium', elsewhere: 'low' },
  title: text('A module without a fixed version', 'バージョンが固定されていないモジュール'),
  sees: text(
    'Modules from elsewhere without a version, and Git or HTTP sources without ?ref=.',
    'バージョン指定のない外部モジュール、および ?ref= のない Git / HTTP のソース。',
  ),
  why: text(
    'The next plan may bring other code without any change here.',
    '何も変更しなくても、次のプランで別のコードになるかもしれません。',
  ),
  remedy: text(
    'Pin a version, or a commit by ?ref=.',
    'バージョン、または ?ref= でコミットを固定してください。',
  ),
  check: (plan) =>
    plan.configuration.modules
      .filter((module) => !isLocal(module.source) && !isPinned(module.source, module.version))
      .map((module) => ({
        address: `module.${module.key.split('.').join('.module.')}`,
        message: text('comes without a fixed version', 'バージョンが固定されていません'),
      })),
};

const isPinned = (source: string, version: string | undefined): boolean =>
  (version !== undefined && version !== '') || /[?&](?:ref|checksum|versionId)=./.test(source);

export const unlistedBackend: Rule = {
  id: 'unlisted-backend',
  family: 'source',
  severity: { guarded: 'high', elsewhere: 'medium' },
  title: text('A backend not listed', '許可リストにないバックエンド'),
  sees: text(
    'A state backend whose type is not on the list of backends; without a list, only local state, low.',
    '種類が許可リストにないステートのバックエンド。リストがない場合は、ローカルステートだけを low で報告します。',
  ),
  why: text(
    'The state holds secrets in clear, and who writes it decides what the next plan destroys.',
    'ステートには秘密情報が平文で入っており、書き換えられる人は次のプランで何が破棄されるかを左右できます。',
  ),
  remedy: text(
    'Keep state in the team’s backend, locked and encrypted.',
    'ステートは、ロックと暗号化のあるチームのバックエンドに置いてください。',
  ),
  check: (plan, scene) => {
    const type = plan.backend?.type;
    const listed = scene.context.allowed?.backends;
    if (type === undefined || type === '') return [];
    if (listed === undefined ? type !== 'local' : listed.includes(type)) return [];
    return [
      {
        ...(listed === undefined ? { severity: milder(scene, 'low', 'info') } : {}),
        message: text(
          `state is kept in backend "${type}"`,
          `ステートがバックエンド「${type}」に保存されます`,
        ),
      },
    ];
  },
};
