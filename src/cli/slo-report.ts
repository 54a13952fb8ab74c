import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { fileSource, instantOf, type LogSource, logFiles, makeSloReport } from '#slo';
import { parseShorthand, type SloReport } from '#slo/core';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';
import { readDefinitionsAt } from './slo-check.ts';
import { type LogOptions, logFormatOf, withLogOptions } from './slo-log-options.ts';
import { readProgress } from './slo-progress.ts';
import { sloReportText } from './slo-report-text.ts';

const FORMATS = ['text', 'json'] as const;

const WORDS = {
  logs: text(
    'log files, folders or globs (plain, gzip, zstd); - for standard input',
    'ログファイル、フォルダー、グロブ(非圧縮、gzip、zstd)。- で標準入力',
  ),
  definitions: text('folder of definitions, or one file', '定義のフォルダーまたはファイル'),
  from: text(
    'requests from this time on: 2026-11-02, or 2026-11-02T09:00:00Z',
    'この時刻以降のリクエスト。例: 2026-11-02、2026-11-02T09:00:00+09:00',
  ),
  to: text(
    'requests before this time; the windows end here',
    'この時刻より前のリクエスト。期間の終わりになる',
  ),
  zone: text('time zone of dates, and of times shown', '日付と表示時刻のタイムゾーン'),
  lateness: text('how far lines of one log may be out of order', '1 つのログの中で行が前後しうる時間'),
  exhausted: text(
    'exit with 1 when a budget is spent (for CI)',
    'バジェットを超過した SLO があれば終了コード 1(CI 用)',
  ),
  format: text('form of the output', '出力形式'),
};

interface Options extends LogOptions {
  readonly definitions: string;
  readonly from?: string;
  readonly to?: string;
  readonly timeZone: string;
  readonly lateness: number;
  readonly failWhenExhausted?: boolean;
  readonly format: (typeof FORMATS)[number];
}

/**
 * `sekisho slo report --definitions DIR LOGS…`: exit 0; 1 with `--fail-when-exhausted` when a budget is spent; 2 when definitions, logs or
 * options are wrong, also when some of the logs could not be read (the report of the others is still written).
 */
export const sloReport: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const { language } = context;
    command
      .argument('<logs...>', WORDS.logs[language])
      .requiredOption('--definitions <folder>', WORDS.definitions[language])
      .option('--from <time>', WORDS.from[language])
      .option('--to <time>', WORDS.to[language])
      .option('--time-zone <zone>', WORDS.zone[language], timeZone(context), 'UTC')
      .option('--lateness <duration>', WORDS.lateness[language], lateness(context), 2)
      .option('--fail-when-exhausted', WORDS.exhausted[language])
      .addOption(
        command.createOption('--format <format>', WORDS.format[language]).choices(FORMATS).default('text'),
      );
    withLogOptions(command, context).action(async (logs: readonly string[], options: Options) => {
      const made = await reportOf(logs, options, context);
      if (!made.ok) return failWith(context, made.error);
      const { report, unread } = made.value;
      context.stdout.write(
        options.format === 'json'
          ? `${JSON.stringify(report)}\n`
          : sloReportText(report, context, options.timeZone),
      );
      if (unread !== undefined) return failWith(context, unread);
      const isSpent = report.slos.some(({ objectives }) =>
        objectives.some(({ budget }) => budget.verdict === 'spent'),
      );
      if (options.failWhenExhausted === true && isSpent) context.exitWith(1);
    });
  },
};

interface Made {
  readonly report: SloReport;
  /** Of logs that could not be read, or not to their end. */
  readonly unread?: Problem;
}

async function reportOf(
  logs: readonly string[],
  options: Options,
  context: CliContext,
): Promise<Result<Made, Problem>> {
  const range = rangeOf(options);
  if (!range.ok) return range;
  const format = logFormatOf(options);
  if (!format.ok) return format;
  const read = await readDefinitionsAt(options.definitions, context);
  if (!read.ok) return read;
  const sources = await sourcesOf(logs, context);
  if (!sources.ok) return sources;
  const progress = readProgress(context, sources.value.bytes);
  const { report, problems } = await makeSloReport({
    ...{ definitions: read.value.definitions, sources: sources.value.sources, ...range.value },
    ...{ nowMs: context.clock.now(), language: context.language, latenessMs: options.lateness * 60_000 },
    ...(format.value === undefined ? {} : { format: format.value }),
    progress: progress.read,
  });
  progress.end();
  const [first, ...more] = problems.flatMap(({ reasons }) => reasons);
  return ok({ report, ...(first === undefined ? {} : { unread: problem('bad-input', first, ...more) }) });
}

function rangeOf({ from, to, timeZone: zone }: Options): Result<{ fromMs?: number; toMs?: number }, Problem> {
  const [fromMs, toMs] = [from, to].map((words) =>
    words === undefined ? undefined : instantOf(words, zone),
  );
  if (from !== undefined && fromMs === undefined) return err(noTime('--from', from));
  if (to !== undefined && toMs === undefined) return err(noTime('--to', to));
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) return err(EMPTY_RANGE);
  return ok({ ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) });
}

async function sourcesOf(
  logs: readonly string[],
  { cwd }: CliContext,
): Promise<Result<{ readonly sources: readonly LogSource[]; readonly bytes?: number }, Problem>> {
  const named = logs.filter((name) => name !== '-').map((name) => resolve(cwd, name));
  const files = named.length === 0 ? ok([]) : await logFiles(named);
  if (!files.ok) return files;
  const stdin: readonly LogSource[] = logs.includes('-') ? [{ name: '-', open: () => process.stdin }] : [];
  const sizes = await Promise.all(files.value.map(async (file) => (await stat(file)).size));
  return ok({
    sources: [...stdin, ...files.value.map((file) => ({ ...fileSource(file), name: shownFrom(cwd, file) }))],
    ...(stdin.length > 0 ? {} : { bytes: sizes.reduce((sum, size) => sum + size, 0) }),
  });
}

const shownFrom = (cwd: string, file: string): string =>
  file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file;

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

const MOST_LATENESS = 24 * 60;

const lateness =
  ({ language }: CliContext) =>
  (words: string): number => {
    const span = parseShorthand(words);
    const minutes = span === undefined || !('minutes' in span) ? Number.NaN : span.minutes;
    if (minutes >= 1 && minutes <= MOST_LATENESS) return minutes;
    throw new InvalidArgumentError(
      text('Give 1m to 1d, such as 10m.', '10m のように、1m から 1d までで指定してください。')[language],
    );
  };

const noTime = (option: string, words: string): Problem =>
  problem('bad-input', {
    rule: 'slo.time',
    message: text(`${option}: “${words}” is no time.`, `${option}: 「${words}」は時刻として読めません。`),
    remedy: text(
      'Give a date (2026-11-02), or a time with its zone (2026-11-02T09:30:00Z).',
      '日付(2026-11-02)か、タイムゾーン付きの時刻(2026-11-02T09:30:00+09:00)を指定してください。',
    ),
  });

const EMPTY_RANGE = problem('bad-input', {
  rule: 'slo.time',
  message: text('--from is not before --to.', '--from が --to より前ではありません。'),
  remedy: text('Give a --from that lies before --to.', '--to より前の --from を指定してください。'),
});
