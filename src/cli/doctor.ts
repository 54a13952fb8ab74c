import pc from 'picocolors';
import { type Language, type Text, text, verbatim } from '#core-values';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { type Check, examine } from './doctor-checks.ts';

const FORMATS = ['text', 'json'] as const;

/** `sekisho doctor`: what is here, what is missing and how to get it. Exit 4 when the main job cannot run. */
export const doctor: CliCommand = {
  configure: (command, context) => {
    const words = text('form of the output', '出力形式')[context.language];
    command
      .addOption(command.createOption('--format <format>', words).choices(FORMATS).default('text'))
      .action(async ({ format }: { format: (typeof FORMATS)[number] }) => {
        const checks = await examine(context);
        const isReady = checks.every(({ need, status }) => need !== 'main' || isFine(status));
        context.stdout.write(
          format === 'json' ? asJson(checks, isReady, context) : asText(checks, isReady, context),
        );
        if (!isReady) context.exitWith(4);
      });
  },
};

const isFine = (status: Check['status']): boolean => status === 'found' || status === 'unknown';

/** `{version: 1, ready, checks[] {name, need, status, version?, path?, detail?, neededFor, howToGet}}` */
function asJson(checks: readonly Check[], ready: boolean, { language }: CliContext): string {
  const said = checks.map(({ detail, neededFor, howToGet, ...check }) => ({
    ...check,
    ...(detail === undefined ? {} : { detail: detail[language] }),
    neededFor: neededFor[language],
    howToGet: howToGet[language],
  }));
  return `${JSON.stringify({ version: 1, ready, checks: said }, null, 2)}\n`;
}

const HEADINGS = {
  main: text(
    'The main job: plan, review, approve, grant, apply',
    '本来の仕事(プラン、レビュー、承認、グラントの発行、適用)',
  ),
  demo: text('The demo and the tests', 'デモとテスト'),
  optional: text('Optional', '任意'),
} as const satisfies Record<Check['need'], Text>;

const NAMES: Readonly<Record<string, Text>> = {
  'disk space': text('Disk space', 'ディスク'),
  clock: text('Clock', '時計'),
  PostgreSQL: text('Embedded PostgreSQL', '組み込み PostgreSQL'),
};

const STATUS_WORDS = {
  missing: text('not found', '見つかりません'),
  unusable: text('cannot be used', '使えません'),
} as const;

function asText(checks: readonly Check[], isReady: boolean, context: CliContext): string {
  const paint = pc.createColors(context.stdout.isTerminal);
  const groups = (['main', 'demo', 'optional'] as const).map((need) => {
    const lines = checks
      .filter((check) => check.need === need)
      .map((check) => lineOf(check, context.language, paint));
    return `${paint.bold(HEADINGS[need][context.language])}\n${lines.join('')}`;
  });
  return `${groups.join('\n')}\n${verdict(isReady, context.language, paint)}\n`;
}

type Paint = ReturnType<typeof pc.createColors>;

function lineOf(check: Check, language: Language, paint: Paint): string {
  const { status, version, path, detail, neededFor, howToGet, need } = check;
  const name = (NAMES[check.name] ?? verbatim(check.name))[language];
  const title = [name, version].filter(Boolean).join(' ');
  const seen = detail === undefined ? '' : detail[language];
  if (status === 'found' || status === 'unknown') {
    const mark = status === 'found' ? paint.green('✓') : paint.yellow('?');
    return `  ${mark} ${[title, seen, paint.dim(path ?? '')].filter(Boolean).join('  ')}\n`;
  }
  const mark = need === 'optional' ? paint.yellow('-') : paint.red('✗');
  const what = [STATUS_WORDS[status][language], seen].filter(Boolean).join(language === 'ja' ? '。' : ': ');
  const purpose = text(`needed for ${neededFor.en}`, `用途: ${neededFor.ja}`)[language];
  return `  ${mark} ${title}  ${what}\n      ${paint.dim(purpose)}\n      → ${howToGet[language]}\n`;
}

function verdict(isReady: boolean, language: Language, paint: Paint): string {
  return isReady
    ? paint.green(text('Ready: the main job can run.', '準備完了です。本来の仕事を実行できます。')[language])
    : paint.red(
        text('Not ready: see the lines marked ✗.', '準備が整っていません。✗ の行を確認してください。')[
          language
        ],
      );
}
