import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { fileSource, type LogReport, logFiles, suggest } from '#slo';
import {
  isDefinitionName,
  KNOWN_FORMATS,
  type LogFormat,
  parseLogFormat,
  patternProblem,
  type Suggestion,
  summaryOf,
  writeSuggestion,
} from '#slo/core';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { pointInTime } from './option-values.ts';
import { failWith, problemText } from './problem-text.ts';
import { type Days, daysIn } from './slo-suggest-days.ts';

const WORDS = {
  logs: text('log files, folders or globs', 'ログファイル、フォルダー、グロブ'),
  service: text('name of the service', 'サービスの名前'),
  from: text('requests from this time on', 'この時刻以降のリクエスト'),
  to: text('requests before this time', 'この時刻より前のリクエスト'),
  zone: text('time zone of the days', '日付のタイムゾーン'),
  routes: text(
    'file with route patterns, one a line: /users/{name}',
    'ルートパターンのファイル(1 行に 1 つ、例: /users/{name})',
  ),
  format: text(
    'format of the logs: its name, or the log_format of nginx or LogFormat of Apache; found by content if left out',
    'ログの形式。形式名、または nginx の log_format か Apache の LogFormat。省略時は内容から判定',
  ),
  output: text(
    'write the definitions to this file, which must not exist; - for standard output',
    '定義を書き出すファイル(既存のファイルは上書きしません)。- で標準出力',
  ),
};

interface Options {
  readonly service: string;
  readonly from?: string;
  readonly to?: string;
  readonly timeZone: Days;
  readonly routes?: string;
  readonly logFormat?: LogFormat;
  readonly output: string;
}

/** `sekisho slo suggest LOGS…`: exit 0 when something was suggested, 1 when the logs bear out nothing, 2 when they cannot be read. */
export const sloSuggest: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const { language } = context;
    command
      .argument('<logs...>', WORDS.logs[language])
      .option('--service <name>', WORDS.service[language], serviceName(context), 'web')
      .option('--from <time>', WORDS.from[language], pointInTime(language))
      .option('--to <time>', WORDS.to[language], pointInTime(language))
      .option('--time-zone <zone>', WORDS.zone[language], timeZone(context), daysIn('UTC'))
      .option('--routes <file>', WORDS.routes[language])
      .option('--log-format <format>', WORDS.format[language], logFormat(context))
      .option('--output <file>', WORDS.output[language], '-')
      .action(async (logs: readonly string[], options: Options) => {
        const suggested = await suggestion(logs, options, context);
        if (!suggested.ok) return failWith(context, suggested.error);
        const { screens, requests } = suggested.value;
        const summary = summaryOf(suggested.value).map((words) => `${words[language]}\n`);
        context.stderr.write(summary.join(''));
        if (screens.length === 0 && requests.every(({ objective }) => objective === undefined))
          return failWith(context, NOTHING);
        const refused = await give(writeSuggestion(suggested.value, language), options.output, context);
        if (refused !== undefined) return failWith(context, refused);
      });
  },
};

async function suggestion(
  logs: readonly string[],
  { from, to, routes, logFormat: format, service, timeZone: days }: Options,
  context: CliContext,
): Promise<Result<Suggestion, Problem>> {
  const files = await logFiles(logs.map((name) => resolve(context.cwd, name)));
  if (!files.ok) return files;
  const patterns = routes === undefined ? ok([]) : await patternsIn(routes, context);
  if (!patterns.ok) return patterns;
  const { reports, suggestion: found } = await suggest({
    ...{ sources: files.value.map(fileSource), patterns: patterns.value, service, format },
    ...(from !== undefined && { fromMs: Date.parse(from) }),
    ...(to !== undefined && { toMs: Date.parse(to) }),
    ...days,
  });
  const problems = reports.flatMap((report: LogReport) => report.problem ?? []);
  const [first] = problems;
  if (first !== undefined && found.surveyed.requests === 0) return err(first);
  for (const found of problems)
    context.stderr.write(problemText(found, context.language, context.stderr.isTerminal));
  return ok(found);
}

async function patternsIn(file: string, { cwd }: CliContext): Promise<Result<readonly string[], Problem>> {
  const read = await readFile(resolve(cwd, file), 'utf8').catch(() => undefined);
  if (read === undefined) return err(unreadable(file));
  const patterns = read
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [wrong] = patterns.flatMap((pattern) => patternProblem(pattern) ?? []);
  return wrong === undefined ? ok(patterns) : err(wrong);
}

async function give(yaml: string, output: string, { cwd, stdout }: CliContext): Promise<Problem | undefined> {
  if (output === '-') {
    stdout.write(yaml);
    return undefined;
  }
  try {
    await writeFile(resolve(cwd, output), yaml, { flag: 'wx' });
    return undefined;
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    return problem('bad-input', {
      rule: 'slo.output',
      message: exists
        ? text(`${output} exists already.`, `${output} はすでに存在します。`)
        : text(`${output} cannot be written.`, `${output} に書き込めません。`),
      remedy: text(
        'Name another file, or remove that one first.',
        '別のファイル名を指定するか、先に削除してください。',
      ),
    });
  }
}

const serviceName =
  ({ language }: CliContext) =>
  (words: string): string => {
    if (isDefinitionName(words)) return words;
    throw new InvalidArgumentError(
      text('Use lower-case letters, digits and hyphens.', '英小文字、数字、ハイフンで書いてください。')[
        language
      ],
    );
  };

const timeZone =
  ({ language }: CliContext) =>
  (words: string): Days => {
    try {
      return daysIn(words);
    } catch {
      throw new InvalidArgumentError(
        text('Give a time zone such as Asia/Tokyo.', 'Asia/Tokyo のようなタイムゾーン名を指定してください。')[
          language
        ],
      );
    }
  };

const logFormat =
  ({ language }: CliContext) =>
  (words: string): LogFormat => {
    const kind = KNOWN_FORMATS.find((known) => known === words);
    if (kind !== undefined) return { kind };
    const layout = parseLogFormat(words);
    if (layout.ok) return { kind: 'layout', layout: layout.value };
    const names = KNOWN_FORMATS.join(', ');
    throw new InvalidArgumentError(
      text(
        `Known are ${names}, and log_format or LogFormat.`,
        `指定できるのは ${names}、または log_format か LogFormat です。`,
      )[language],
    );
  };

const unreadable = (file: string): Problem =>
  problem('not-found', {
    rule: 'slo.routes-unreadable',
    message: text(`${file} cannot be read.`, `${file} を読み取れません。`),
    remedy: text('Look whether it is there.', 'ファイルがあるか確認してください。'),
  });

const NOTHING = problem('bad-input', {
  rule: 'slo.nothing-to-suggest',
  message: text(
    'These logs do not bear out any SLO: what is missing is told above.',
    'このログからは SLO を提案できません。足りないものは上に示しました。',
  ),
  remedy: text(
    'Give more of them, or logs that tell more (client, Referer, duration).',
    'より多くのログ、またはより多くの情報(クライアント、Referer、処理時間)を含むログを指定してください。',
  ),
});
