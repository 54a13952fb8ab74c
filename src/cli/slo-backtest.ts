import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { err, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { visible } from '#plan';
import { type BacktestResult, logFiles, runBacktest } from '#slo';
import {
  backtestPicture,
  backtestTable,
  KNOWN_FORMATS,
  type LogFormat,
  parseLogFormat,
  parseShorthand,
} from '#slo/core';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { pointInTime, wholeNumber } from './option-values.ts';
import { failWith, problemText, reasonText } from './problem-text.ts';
import { backtestJson, readingNotes } from './slo-backtest-answer.ts';
import { readDefinitionsAt } from './slo-check.ts';

const FORMATS = ['text', 'json', 'svg'] as const;

const WORDS = {
  logs: text('log files, folders or globs', 'ログファイル、フォルダー、グロブ'),
  definitions: text('folder of SLO definitions, or one file', 'SLO 定義のフォルダーまたはファイル'),
  incidents: text(
    'incidents: YAML or CSV with from, to, title',
    'インシデントの一覧(from、to、title のある YAML または CSV)',
  ),
  grid: text(
    'what to try of each SLO (YAML); the definitions as they are if left out',
    '試す値のグリッド(YAML)。省略時は定義のまま',
  ),
  slo: text('only this SLO (repeatable)', '対象の SLO(複数指定可)'),
  from: text('requests from this time on', 'この時刻以降のリクエスト'),
  to: text('requests before this time', 'この時刻より前のリクエスト'),
  grace: text(
    'a page so long after the end still belongs to an incident',
    '終了後この時間内に始まったページもインシデントのものとする',
  ),
  lead: text(
    'a page so long before the begin already does',
    '開始前この時間内に始まったページもインシデントのものとする',
  ),
  threads: text('threads that read logs', 'ログを読むスレッド数'),
  logFormat: text(
    'format of the logs: its name, or the log_format of nginx or LogFormat of Apache; found by content if left out',
    'ログの形式。形式名、または nginx の log_format か Apache の LogFormat。省略時は内容から判定',
  ),
  format: text('form of the output', '出力形式'),
  out: text('write to this file', '出力先のファイル'),
  top: text('candidates in the table', '表に載せる候補の数'),
  candidate: text(
    'whose time line the picture shows (its number); the best if left out',
    '図に時系列を描く候補の番号。省略時は最良のもの',
  ),
};

interface Options {
  readonly definitions: string;
  readonly incidents: string;
  readonly grid?: string;
  readonly slo: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly grace: number;
  readonly lead: number;
  readonly threads: string;
  readonly logFormat?: LogFormat;
  readonly format: (typeof FORMATS)[number];
  readonly out?: string;
  readonly top: string;
  readonly candidate?: string;
}

/** `sekisho slo backtest LOGS…`: exit 0 when candidates were judged, 1 when some logs could not be read, 2 for bad input. */
export const sloBacktest: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const { language } = context;
    const minutes = minutesOption(context);
    const list = (word: string, before: readonly string[]) => [...before, word];
    command
      .argument('<logs...>', WORDS.logs[language])
      .requiredOption('--definitions <folder>', WORDS.definitions[language])
      .requiredOption('--incidents <file>', WORDS.incidents[language])
      .option('--grid <file>', WORDS.grid[language])
      .option('--slo <name>', WORDS.slo[language], list, [])
      .option('--from <time>', WORDS.from[language], pointInTime(language))
      .option('--to <time>', WORDS.to[language], pointInTime(language))
      .option('--grace <duration>', WORDS.grace[language], minutes, 30)
      .option('--lead <duration>', WORDS.lead[language], minutes, 30)
      .option(
        '--threads <n>',
        WORDS.threads[language],
        wholeNumber(language, 1, 64),
        String(availableParallelism()),
      )
      .option('--log-format <format>', WORDS.logFormat[language], logFormatOption(context))
      .addOption(
        command.createOption('--format <format>', WORDS.format[language]).choices(FORMATS).default('text'),
      )
      .option('--out <file>', WORDS.out[language])
      .option('--top <n>', WORDS.top[language], wholeNumber(language, 1, 5000), '20')
      .option('--candidate <n>', WORDS.candidate[language], wholeNumber(language, 1, 5000))
      .action(async (logs: readonly string[], options: Options) => {
        const result = await backtest(logs, options, context);
        const shown = result.ok ? shownAs(result.value, options, context) : result;
        if (!result.ok || !shown.ok) return failWith(context, shown.ok ? NOTHING_READ : shown.error);
        const failed = result.value.logs.flatMap(({ problem: found }) => found ?? []);
        for (const found of failed)
          context.stderr.write(problemText(found, language, context.stderr.isTerminal));
        for (const note of readingNotes(result.value)) context.stderr.write(`${note[language]}\n`);
        for (const reason of result.value.left.leftOut)
          context.stderr.write(reasonText(reason, language, context.stderr.isTerminal));
        const refused = await give(shown.value, options.out, context);
        if (refused !== undefined) return failWith(context, refused);
        if (failed.length > 0) context.exitWith(1);
      });
  },
};

async function backtest(
  logs: readonly string[],
  { definitions, incidents, grid, slo, from, to, grace, lead, threads, logFormat }: Options,
  context: CliContext,
): Promise<Result<BacktestResult, Problem>> {
  const at = (name: string): string => resolve(context.cwd, name);
  const read = await readDefinitionsAt(definitions, context);
  if (!read.ok) return read;
  const files = await logFiles(logs.map(at));
  if (!files.ok) return files;
  const result = await runBacktest({
    ...{ definitions: read.value.definitions, incidentsFile: at(incidents), logs: files.value, slos: slo },
    tolerance: { graceMinutes: grace, leadMinutes: lead },
    threads: Number(threads),
    ...(grid !== undefined && { gridFile: at(grid) }),
    ...(from !== undefined && { fromMs: Date.parse(from) }),
    ...(to !== undefined && { toMs: Date.parse(to) }),
    ...(logFormat !== undefined && { format: logFormat }),
  });
  if (!result.ok) return result;
  const { history, logs: reports } = result.value;
  if (history.fromMinute < history.toMinute) return result;
  return err(reports.flatMap(({ problem: found }) => found ?? [])[0] ?? NOTHING_READ);
}

function shownAs(
  result: BacktestResult,
  { candidate, format, top }: Options,
  { language }: CliContext,
): Result<string, Problem> {
  if (format === 'json') return { ok: true, value: `${JSON.stringify(backtestJson(result, language))}\n` };
  if (format === 'text') {
    const table = backtestTable(result, language, Number(top));
    return { ok: true, value: `${table.split('\n').map(visible).join('\n')}\n` };
  }
  const chosen =
    candidate === undefined
      ? result.ranked[0]
      : result.ranked.find(({ number }) => number === Number(candidate));
  if (chosen === undefined) return err(noCandidate(result.ranked.length));
  const series = result.laboratory.series(chosen.candidate.judgement);
  return series.ok ? { ok: true, value: backtestPicture(result, chosen, series.value, language) } : series;
}

async function give(
  words: string,
  out: string | undefined,
  { cwd, stdout }: CliContext,
): Promise<Problem | undefined> {
  if (out === undefined) {
    stdout.write(words);
    return undefined;
  }
  try {
    await writeFile(resolve(cwd, out), words);
    return undefined;
  } catch {
    return problem('bad-input', {
      rule: 'backtest.out',
      message: text(`${out} cannot be written.`, `${out} に書き込めません。`),
      remedy: text(
        'Name a file in a folder that is there.',
        '存在するフォルダーのファイルを指定してください。',
      ),
    });
  }
}

const minutesOption =
  ({ language }: CliContext) =>
  (words: string): number => {
    const minutes = words === '0' || words === '0m' ? 0 : parseShorthand(words)?.minutes;
    if (minutes !== undefined && minutes <= 7 * 1440) return minutes;
    throw new InvalidArgumentError(
      text('Write it as 30m or 2h, a week at most.', '30m や 2h のように、1 週間以内で書いてください。')[
        language
      ],
    );
  };

const logFormatOption =
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

const NOTHING_READ: Problem = problem('bad-input', {
  rule: 'backtest.no-requests',
  message: text('These logs hold no request of that time.', 'この期間のリクエストがログにありません。'),
  remedy: text('Compare --from and --to with the logs.', '--from と --to をログの期間と見比べてください。'),
});

const noCandidate = (count: number): Problem =>
  problem('bad-input', {
    rule: 'backtest.no-candidate',
    message: text('There is no candidate of this number.', 'この番号の候補はありません。'),
    remedy: text(`Give a number from 1 to ${count}.`, `1 から ${count} までの番号を指定してください。`),
  } satisfies Reason);
