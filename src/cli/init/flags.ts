import type { Command } from 'commander';
import { type Language, type Text, text } from '#core-values';
import type { Answers } from './answers.ts';
import { personKey, sshKeyKey } from './people-questions.ts';
import { accountKey, accountNameKey, environmentKey, regionKey } from './place-questions.ts';

/** Flags as commander gives them; those that repeat are lists. */
export interface Flags {
  readonly output: string;
  readonly yes?: boolean;
  readonly overwrite?: boolean;
  readonly dryRun?: boolean;
  readonly apiUrl?: string;
  readonly issuerUrl?: string;
  readonly organizationId?: string;
  readonly withoutGuard: readonly string[];
  readonly stack: readonly string[];
  readonly skip: readonly string[];
  readonly account: readonly string[];
  readonly person: readonly string[];
  readonly key: readonly string[];
  readonly [single: string]: unknown;
}

/** One a question whose number is fixed: the answer's key is the flag's name. */
const SINGLE: readonly (readonly [string, string, Text])[] = [
  ['ci', '<github|gitlab>', text('CI that runs Terraform', 'Terraform を実行する CI')],
  [
    'repository',
    '<owner/name>',
    text('repository; else Git’s remote', 'リポジトリ。省略時は Git のリモート'),
  ],
  ['branch', '<name>', text('protected branch', '保護ブランチ')],
  [
    'repository-id',
    '<id>',
    text('its number; else asked of GitHub', 'リポジトリの ID。省略時は GitHub に問い合わせ'),
  ],
  [
    'owner-id',
    '<id>',
    text('its owner’s number; else asked of GitHub', '所有者の ID。省略時は GitHub に問い合わせ'),
  ],
  [
    'depends-on',
    '<yes|no>',
    text(
      'apply stacks after those whose state they read',
      'state を参照しているスタックを参照先より後に適用する',
    ),
  ],
  ['name', '<name>', text('name of the organization', '組織の名前')],
  ['server', '<url>', text('address of the Sekisho server', 'Sekisho サーバーの URL')],
  [
    'access',
    '<ambient|web-identity>',
    text('how the server reaches AWS', 'サーバーから AWS へのアクセス方法'),
  ],
  ['server-role', '<arn>', text('role of the server, in ambient access', 'サーバーのロール(ambient の場合)')],
  [
    'module',
    '<terraform|cloudformation|both>',
    text('form of the account roles', 'アカウントのロールの形式'),
  ],
  [
    'guard-new-roles',
    '<yes|no>',
    text(
      'guard roles and users that Terraform makes, too; not those that exist without it',
      'Terraform が作るロールとユーザーにもガードを必須にする(ガードのない既存のものは対象外)',
    ),
  ],
  ['source', '<owner/name@commit>', text('your copy of Sekisho, for CI', 'CI から使う Sekisho のコピー')],
  ['people', '<logins>', text('who approves, with commas', '承認する人(カンマ区切り)')],
  ['team', '<name>', text('their team', 'チーム名')],
];

const REPEATED: readonly (readonly [string, string, Text])[] = [
  [
    'stack',
    '<path=account:region>',
    text('where a stack goes; repeatable', 'スタックのデプロイ先。複数指定可'),
  ],
  ['skip', '<path>', text('a folder that is no stack; repeatable', 'スタックではないフォルダー。複数指定可')],
  [
    'account',
    '<id=name:environment>',
    text('an account’s name and environment; repeatable', 'アカウントの名前と環境。複数指定可'),
  ],
  ['person', '<login=id>', text('a person’s number; repeatable', '人の ID。複数指定可')],
  [
    'key',
    '<login=file>',
    text('a person’s public SSH key; repeatable', '人の SSH 公開鍵ファイル。複数指定可'),
  ],
  [
    'without-guard',
    '<name>',
    text(
      'leave a guard out: audit, organization, people, billing; repeatable',
      '除外するガード(audit、organization、people、billing)。複数指定可',
    ),
  ],
];

const OTHERS: readonly (readonly [string, Text])[] = [
  [
    '--api-url <url>',
    text(
      'GitHub’s REST API (Enterprise Server: https://HOST/api/v3)',
      'GitHub の REST API(Enterprise Server は https://HOST/api/v3)',
    ),
  ],
  [
    '--issuer-url <url>',
    text('issuer of the CI’s tokens; else by the remote', 'CI のトークンの発行者。省略時はリモートから判断'),
  ],
  [
    '--organization-id <id>',
    text('AWS organization that the server’s role must be of', 'サーバーのロールが属すべき AWS 組織の ID'),
  ],
  [
    '--yes',
    text('ask nothing: take suggestions, write what is new', '質問せず、提案値で新しいファイルを書き込む'),
  ],
  [
    '--overwrite',
    text(
      'with --yes: also files that are there and differ',
      '--yes と併用: 内容の異なる既存ファイルも上書きする',
    ),
  ],
  ['--dry-run', text('show everything, write nothing', '表示だけ行い、何も書き込まない')],
];

export function addFlags(command: Command, language: Language): void {
  const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  command
    .argument(
      '[folder]',
      text(
        'the repository; the current folder if left out',
        'リポジトリのフォルダー。省略時は現在のフォルダー',
      )[language],
    )
    .option(
      '--output <folder>',
      text('folder in the repository for what is not CI', 'CI 以外のファイルを置くリポジトリ内のフォルダー')[
        language
      ],
      'sekisho',
    );
  for (const [name, value, about] of SINGLE) command.option(`--${name} ${value}`, about[language]);
  for (const [name, value, about] of REPEATED)
    command.addOption(
      command.createOption(`--${name} ${value}`, about[language]).default([], '').argParser(collect),
    );
  for (const [flag, about] of OTHERS) command.option(flag, about[language]);
}

/** Answers of the command line; `readKey` gives the text of a public key's file. */
export async function flagAnswers(
  flags: Flags,
  readKey: (file: string) => Promise<string>,
): Promise<Answers> {
  const single = SINGLE.flatMap(([name]): [string, string][] => {
    const value = flags[name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  const keys = flags.key.map(async (words): Promise<[string, string]> => {
    const [login, file] = parted(words, '=');
    return [sshKeyKey(login), (await readKey(file)).trim()];
  });
  const logins = flags.person.map((words) => parted(words, '=')[0]);
  const named =
    flags.people === undefined && logins.length > 0 ? [['people', logins.join(',')] as const] : [];
  return Object.fromEntries([
    ...single,
    ...named,
    ...flags.skip.map((path) => [accountKey(folderOf(path)), 'skip'] as const),
    ...flags.stack.flatMap((words) => {
      const [path, place] = parted(words, '=');
      const [account, region] = parted(place, ':');
      return [
        [accountKey(folderOf(path)), account] as const,
        ...(region === '' ? [] : [[regionKey(folderOf(path)), region] as const]),
      ];
    }),
    ...flags.account.flatMap((words) => {
      const [id, rest] = parted(words, '=');
      const [name, environment] = parted(rest, ':');
      return [[accountNameKey(id), name] as const, [environmentKey(id), environment] as const];
    }),
    ...flags.person.map((words) => {
      const [login, id] = parted(words, '=');
      return [personKey(login), id] as const;
    }),
    ...(await Promise.all(keys)),
  ]);
}

const folderOf = (path: string): string => path.replace(/^\.\//, '').replace(/\/+$/, '') || '.';

function parted(words: string, mark: string): readonly [string, string] {
  const at = words.indexOf(mark);
  return at === -1 ? [words, ''] : [words.slice(0, at), words.slice(at + 1)];
}
