import { type Argument, type Command, Help, type Option } from 'commander';
import { LANGUAGES, type Language, type Text, text } from '#core-values';

/** Taken by `main/` before commander sees it, so that commander's own words can follow it; here for help alone. */
export const LANGUAGE_OPTION = {
  flags: '--lang <language>',
  about: text(
    `${LANGUAGES.join(' or ')}; before or after the command (default: SEKISHO_LANG, then the locale)`,
    `表示言語(${LANGUAGES.join('、')})。コマンドの前後どちらにも指定可(既定: SEKISHO_LANG、次にロケール)`,
  ),
};

const TITLES_JA: Readonly<Record<string, string>> = {
  'Usage:': '使い方:',
  'Arguments:': '引数:',
  'Options:': 'オプション:',
  'Commands:': 'コマンド:',
  'Global Options:': '共通オプション:',
};

/** Commander's help, with its own few words in the user's language. */
export function localizedHelp(language: Language): Help {
  const help = new Help();
  const optionDescription = (option: Option): string =>
    // What may be repeated begins with none.
    Help.prototype.optionDescription.call(help, option).replace(' (default: [])', '');
  if (language === 'en') return Object.assign(help, { optionDescription });
  return Object.assign(help, {
    styleTitle: (title: string) => TITLES_JA[title] ?? title,
    commandUsage: (command: Command) =>
      Help.prototype.commandUsage
        .call(help, command)
        .replace('[options]', '[オプション]')
        .replace('[command]', '[コマンド]'),
    optionDescription: (option: Option) => inJapanese(optionDescription(option)),
    argumentDescription: (argument: Argument) =>
      inJapanese(Help.prototype.argumentDescription.call(help, argument)),
  });
}

const inJapanese = (description: string): string =>
  description
    .replace(/ \((choices|default): /g, (_, word) => ` (${word === 'choices' ? '選択肢' : '既定'}: `)
    .replace(/, default: (?=[^,]*\)$)/, '、既定: ');

const EXIT_CODES: readonly (readonly [string, Text])[] = [
  ['0', text('fine', '正常終了')],
  [
    '1',
    text(
      'something was found: `review --fail-on`, a policy case, a tampered audit log',
      '検出あり(`review --fail-on`、ポリシーのケース、監査ログの改ざん)',
    ),
  ],
  ['2', text('bad input or usage', '入力または使い方の誤り')],
  ['3', text('denied, or not signed in', '拒否、または未認証')],
  [
    '4',
    text(
      'something outside failed: network, server, Terraform, AWS',
      '外部の失敗(ネットワーク、サーバー、Terraform、AWS)',
    ),
  ],
  ['130', text('interrupted with Ctrl-C (143: with SIGTERM)', 'Ctrl-C による中断(SIGTERM では 143)')],
  ['…', text('`exec`: that of the command it runs', '`exec` では、実行したコマンドの終了コード')],
];

const VARIABLES: readonly (readonly [string, Text])[] = [
  [
    'SEKISHO_URL',
    text('the server (default: http://127.0.0.1:8420)', 'サーバーの URL(既定: http://127.0.0.1:8420)'),
  ],
  [
    'SEKISHO_SSH_KEY',
    text(
      'your SSH key, if not the agent’s or ~/.ssh’s',
      'SSH 鍵のファイル(エージェントや ~/.ssh の鍵を使わない場合)',
    ),
  ],
  [
    'SEKISHO_TOKEN',
    text('a session’s token, instead of signing in', 'サインインの代わりに使うセッショントークン'),
  ],
  [
    'SEKISHO_AUDIENCE',
    text(
      'CI: audience of the OIDC token (default: SEKISHO_URL)',
      'CI: OIDC トークンの audience(既定: SEKISHO_URL)',
    ),
  ],
  [
    'SEKISHO_ID_TOKEN',
    text(
      'CI: the OIDC token, where the CI gives it by a variable (GitLab)',
      'CI: 環境変数で渡される OIDC トークン(GitLab)',
    ),
  ],
  [
    'SEKISHO_TERRAFORM',
    text(
      'CI: the program to plan and apply with (default: terraform)',
      'CI: plan と apply に使うプログラム(既定: terraform)',
    ),
  ],
  [
    'SEKISHO_CONFIG',
    text('the configuration (default: ./sekisho.yaml)', '設定ファイル(既定: ./sekisho.yaml)'),
  ],
  [
    'SEKISHO_POLICIES',
    text(
      'server: folder of policies (default: beside the configuration)',
      'サーバー: ポリシーのフォルダー(既定: 設定ファイルの隣)',
    ),
  ],
  [
    'SEKISHO_DATA',
    text(
      'server: embedded database and keys (default: .sekisho)',
      'サーバー: 組み込みデータベースと鍵の置き場所(既定: .sekisho)',
    ),
  ],
  [
    'DATABASE_URL',
    text('server: PostgreSQL, instead of the embedded one', 'サーバー: 組み込みの代わりに使う PostgreSQL'),
  ],
  [
    'SEKISHO_LOG_LEVEL',
    text('server: debug, info, warn or error', 'サーバー: ログレベル(debug、info、warn、error)'),
  ],
  [
    'SEKISHO_TIME_ZONE',
    text(
      'server: the organization’s clock (default: TZ, then UTC)',
      'サーバー: 組織のタイムゾーン(既定: TZ、次に UTC)',
    ),
  ],
  ['SEKISHO_LANG', text('en or ja', '表示言語(en、ja)')],
  [
    'SEKISHO_DEBUG',
    text('1: show where an unexpected error came from', '1 で、予期しないエラーの発生箇所を表示'),
  ],
  ['NO_COLOR', text('no colours', '色を付けない')],
];

/** What stands below the top-level help: exit codes, environment, where to go on. */
export function epilogue(language: Language): string {
  const table = (rows: readonly (readonly [string, Text])[], width: number): string =>
    rows.map(([name, about]) => `  ${name.padEnd(width)}  ${about[language]}\n`).join('');
  return [
    `${text('Examples:', '例:')[language]}\n${EXAMPLES.map(([words, about]) => `  $ ${words}\n      ${about[language]}\n`).join('')}`,
    `${text('Exit codes:', '終了コード:')[language]}\n${table(EXIT_CODES, 3)}`,
    `${text('Environment:', '環境変数:')[language]}\n${table(VARIABLES, 17)}`,
    `${text('`sekisho COMMAND --help` tells about one command.', '各コマンドの詳細: `sekisho コマンド --help`')[language]}`,
  ].join('\n');
}

const EXAMPLES: readonly (readonly [string, Text])[] = [
  [
    'sekisho review plan.tfplan',
    text(
      'what a plan does and how dangerous it is; needs no server',
      'プランの内容と危険度を表示(サーバー不要)',
    ),
  ],
  ['sekisho plans --state awaiting-approval', text('what waits for you', '承認待ちのプランを一覧表示')],
  ['sekisho approve pln_…', text('read a plan, then sign it', 'プランを読んで署名する')],
];

/** Example lines below a command's help. */
export const examples = (language: Language, lines: readonly string[]): string =>
  `\n${text('Examples:', '例:')[language]}\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
