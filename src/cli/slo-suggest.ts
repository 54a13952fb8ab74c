import { readFile, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { fileSource, instantOf, type LogSource, logFiles, suggest } from '#slo';
import { isDefinitionName, patternProblem, type Suggestion, summaryOf, writeSuggestion } from '#slo/core';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith, problemText } from './problem-text.ts';
import { type LogOptions, logFormatOf, withLogOptions } from './slo-log-options.ts';
import { readProgress } from './slo-progress.ts';
import { daysIn } from './slo-suggest-days.ts';

const WORDS = {
  logs: text(
    'log files, folders or globs (plain, gzip, zstd)',
    'ログファイル、フォルダー、グロブ(非圧縮、gzip、zstd)',
  ),
  service: text('name of the service', 'サービスの名前'),
  from: text(
    'requests from this time or day on (2026-11-02, 2026-11-02T09:30:00+09:00)',
    'この日時以降のリクエスト(2026-11-02、2026-11-02T09:30:00+09:00)',
  ),
  to: text('requests before this time or day', 'この日時より前のリクエスト'),
  zone: text('time zone of the days', '日付のタイムゾーン'),
  routes: text(
    'file with route patterns, one a line: /users/{name}',
    'ルートパターンのファイル(1 行に 1 つ、例: /users/{name})',
  ),
  out: text(
    'write the definitions to this file, which must not exist; - for standard output',
    '定義を書き出すファイル(既存のファイルは上書きしません)。- で標準出力',
  ),
};

interface Options extends LogOptions {
  readonly service: string;
  readonly from?: string;
  readonly to?: string;
  readonly timeZone: string;
  readonly routes?: string;
  readonly out: string;
}

/** `sekisho slo suggest LOGS…`: exit 0 when something was suggested, 1 when the logs bear out nothing, 2 when they cannot be read. */
export const sloSuggest: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const { language } = context;
    command
      .argument('<logs...>', WORDS.logs[language])
      .option('--service <name>', WORDS.service[language], serviceName(context), 'web')
      .option('--from <time>', WORDS.from[language])
      .option('--to <time>', WORDS.to[language])
      .option('--time-zone <zone>', WORDS.zone[language], timeZone(context), 'UTC')
      .option('--routes <file>', WORDS.routes[language])
      .option('--out <file>', WORDS.out[language], '-');
    withLogOptions(command, context).action(async (logs: readonly string[], options: Options) => {
      const suggested = await suggestion(logs, options, context);
      if (!suggested.ok) return failWith(context, suggested.error);
      const { screens, requests } = suggested.value;
      const summary = summaryOf(suggested.value).map((words) => `${words[language]}\n`);
      context.stderr.write(summary.join(''));
      if (screens.length === 0 && requests.every(({ objective }) => objective === undefined))
        return failWith(context, NOTHING);
      const refused = await give(writeSuggestion(suggested.value, language), options.out, context);
      if (refused !== undefined) return failWith(context, refused);
    });
  },
};

async function suggestion(
  logs: readonly string[],
  options: Options,
  context: CliContext,
): Promise<Result<Suggestion, Problem>> {
  const { routes, service, timeZone: zone } = options;
  const [fromMs, toMs] = [instantIn(options.from, zone), instantIn(options.to, zone)];
  if (!fromMs.ok) return fromMs;
  if (!toMs.ok) return toMs;
  const format = logFormatOf(options);
  if (!format.ok) return format;
  const patterns = routes === undefined ? ok([]) : await patternsIn(routes, context);
  if (!patterns.ok) return patterns;
  if (logs.includes('-')) return err(STANDARD_INPUT);
  const files = await logFiles(logs.map((name) => resolve(context.cwd, name)));
  if (!files.ok) return files;
  const sizes = await Promise.all(files.value.map(async (file) => (await stat(file)).size));
  const progress = readProgress(context, READINGS * sizes.reduce((sum, size) => sum + size, 0));
  const { reports, suggestion: found } = await suggest({
    ...{
      sources: files.value.map((file) => told(fileSource(file), progress.read)),
      patterns: patterns.value,
    },
    ...{ service, format: format.value, fromMs: fromMs.value, toMs: toMs.value },
    ...daysIn(zone),
  });
  progress.end();
  const problems = reports.flatMap(({ problem: why }) => why ?? []);
  const [first] = problems;
  if (first !== undefined && found.surveyed.requests === 0) return err(first);
  for (const why of problems)
    context.stderr.write(problemText(why, context.language, context.stderr.isTerminal));
  return ok(found);
}

/** To find pages, to see views, to count. */
const READINGS = 3;

const told = (source: LogSource, read: (bytes: number) => void): LogSource => ({
  ...source,
  open: async function* () {
    for await (const bytes of source.open()) {
      read(bytes.length);
      yield bytes;
    }
  },
});

function instantIn(words: string | undefined, zone: string): Result<number | undefined, Problem> {
  const ms = words === undefined ? undefined : instantOf(words, zone);
  return words !== undefined && ms === undefined ? err(noTime(words)) : ok(ms);
}

const noTime = (words: string): Problem =>
  problem('bad-input', {
    rule: 'usage.bad-value',
    message: text(`“${words}” is no time.`, `「${words}」は日時として読めません。`),
    remedy: text(
      'Give a day (2026-11-02), or a time with its zone (2026-11-02T09:30:00+09:00).',
      '日付(2026-11-02)か、タイムゾーン付きの日時(2026-11-02T09:30:00+09:00)を指定してください。',
    ),
  });

const STANDARD_INPUT = problem('bad-input', {
  rule: 'slo.standard-input',
  message: text(
    'Standard input cannot be read three times, as suggesting does.',
    '提案にはログを 3 回読むため、標準入力は使えません。',
  ),
  remedy: text(
    'Name files; gzip and zstd are read as they are.',
    'ファイルを指定してください(gzip と zstd はそのまま読めます)。',
  ),
});

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
  (words: string): string => {
    if (instantOf('2026-01-01', words) !== undefined) return words;
    throw new InvalidArgumentError(
      text('Give a time zone such as Asia/Tokyo.', 'Asia/Tokyo のようなタイムゾーン名を指定してください。')[
        language
      ],
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
