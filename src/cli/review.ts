import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { distance } from 'fastest-levenshtein';
import {
  type AccountId,
  ENVIRONMENTS,
  type Environment,
  err,
  ok,
  type Problem,
  parseAccountId,
  problem,
  type Reason,
  type Result,
  type Text,
  text,
} from '#core-values';
import { readPlan, renderJson, renderMarkdown, renderText, visible } from '#plan';
import { review as findingsOf, type ReviewContext, SEVERITIES, type Severity } from '#plan/core';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';

const FORMATS = ['text', 'json', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

/** More than any plan we have heard of; the decoder has limits of its own inside. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;

interface Options {
  readonly account?: string;
  readonly environment?: string;
  readonly region?: string;
  readonly format: string;
  readonly failOn?: string;
  readonly color: boolean;
  readonly all?: boolean;
}

interface Request {
  readonly context: ReviewContext;
  readonly format: Format;
  readonly failOn: Severity | undefined;
}

/** `sekisho review FILE`: works alone, without a server. */
export const review: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const say = (words: Text): string => words[context.language];
    command
      .argument(
        '<file>',
        say(
          text(
            'plan file, terraform show -json output, or - for standard input',
            'プランファイル、terraform show -json の出力、または -（標準入力）',
          ),
        ),
      )
      .option(
        '--account <id>',
        say(text('the stack’s account, twelve digits', 'スタックのアカウント ID（12 桁）')),
      )
      .option(
        '--environment <environment>',
        say(
          text(
            `${ENVIRONMENTS.join(', ')}; production if not given`,
            `${ENVIRONMENTS.join('、')}（省略時は production とみなします）`,
          ),
        ),
      )
      .option('--region <region>', say(text('the stack’s region', 'スタックのリージョン')))
      .option('--format <format>', say(text(`${FORMATS.join(', ')}`, `${FORMATS.join('、')}`)), 'text')
      .option(
        '--fail-on <severity>',
        say(
          text(
            `exit with 1 on findings of this severity (${SEVERITIES.join(', ')}) or above`,
            `この深刻度（${SEVERITIES.join('、')}）以上の指摘があれば終了コード 1 で終わる`,
          ),
        ),
      )
      .option(
        '--all',
        say(text('show every change and finding, however many', 'すべての変更と指摘を省略せずに表示する')),
      )
      .option('--no-color', say(text('without colours', '色を付けない')))
      .action((file: string, options: Options) => run(file, options, context));
  },
};

async function run(file: string, options: Options, context: CliContext): Promise<void> {
  const request = requestOf(options);
  if (!request.ok) return failWith(context, request.error);
  const bytes = await readInput(file, context);
  if (!bytes.ok) return failWith(context, bytes.error);
  const plan = await readPlan(bytes.value);
  if (!plan.ok) return failWith(context, plan.error);

  const findings = findingsOf(plan.value, request.value.context);
  const { language } = context;
  const hasColors = options.color && context.stdout.isTerminal && !context.env.NO_COLOR;
  switch (request.value.format) {
    case 'json':
      context.stdout.write(renderJson(plan.value, findings, language));
      break;
    case 'markdown':
      context.stdout.write(renderMarkdown(plan.value, findings, { language }));
      break;
    case 'text':
      context.stdout.write(
        renderText(plan.value, findings, {
          language,
          width: context.stdout.columns,
          colors: hasColors,
          all: options.all === true,
        }),
      );
  }
  const { failOn } = request.value;
  const isGrave = (severity: Severity): boolean =>
    failOn !== undefined && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn);
  context.exitWith(findings.some((finding) => isGrave(finding.severity)) ? 1 : 0);
}

/** Checks every option before anything is read, and tells of all mistakes at once. */
function requestOf(options: Options): Result<Request, Problem> {
  const mistakes: Reason[] = [];
  const environment = oneOf<Environment>('--environment', options.environment, ENVIRONMENTS, mistakes);
  const failOn = oneOf<Severity>('--fail-on', options.failOn, SEVERITIES, mistakes);
  const format = oneOf<Format>('--format', options.format, FORMATS, mistakes);
  const account = accountOf(options.account, mistakes);
  const { region } = options;
  if (region !== undefined && !/^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/.test(region)) {
    mistakes.push({
      rule: 'review.bad-region',
      message: text(
        `--region: "${visible(region)}" is no AWS region`,
        `--region: 「${visible(region)}」は AWS のリージョン名ではありません`,
      ),
      remedy: text('Write it like ap-northeast-1.', 'ap-northeast-1 のように指定してください。'),
    });
  }
  const [first, ...more] = mistakes;
  if (first !== undefined) return err(problem('bad-input', first, ...more));
  return ok({
    context: {
      ...(environment === undefined ? {} : { environment }),
      ...(account === undefined ? {} : { account }),
      ...(region === undefined ? {} : { region }),
    },
    format: format ?? 'text',
    failOn,
  });
}

function accountOf(words: string | undefined, mistakes: Reason[]): AccountId | undefined {
  const account = words === undefined ? undefined : parseAccountId(words);
  if (words !== undefined && account === undefined) {
    mistakes.push({
      rule: 'review.bad-account',
      message: text(
        `--account: "${visible(words)}" is no account id`,
        `--account: 「${visible(words)}」はアカウント ID ではありません`,
      ),
      remedy: text(
        'Give the twelve digits, leading zeros included.',
        '先頭の 0 も含めて 12 桁の数字で指定してください。',
      ),
    });
  }
  return account;
}

function oneOf<T extends string>(
  option: string,
  words: string | undefined,
  known: readonly T[],
  mistakes: Reason[],
): T | undefined {
  const found = known.find((choice) => choice === words);
  if (words === undefined || found !== undefined) return found;
  const [nearest] = known.toSorted((a, b) => distance(a, words) - distance(b, words));
  const meant = nearest !== undefined && distance(nearest, words) <= 3 ? nearest : undefined;
  mistakes.push({
    rule: `review.bad${option.slice(1)}`,
    message: text(
      `${option}: "${visible(words)}" is not known`,
      `${option}: 「${visible(words)}」という値はありません`,
    ),
    remedy:
      meant === undefined
        ? text(`Give one of ${known.join(', ')}.`, `${known.join('、')} のいずれかを指定してください。`)
        : text(
            `Did you mean ${meant}? Known are ${known.join(', ')}.`,
            `${meant} のことでしょうか。指定できるのは ${known.join('、')} です。`,
          ),
  });
  return undefined;
}

async function readInput(file: string, context: CliContext): Promise<Result<Uint8Array, Problem>> {
  try {
    if (file === '-') return await collect(createReadStream('', { fd: 0, autoClose: false }), file);
    const handle = await open(resolve(context.cwd, file));
    try {
      const facts = await handle.stat();
      if (facts.isDirectory()) return err(unreadable(file, 'EISDIR'));
      return facts.size > MAX_FILE_BYTES
        ? err(tooLarge(file))
        : await collect(handle.createReadStream({ autoClose: false }), file);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return err(unreadable(file, codeOf(error)));
  }
}

/** Pipes and devices tell no size beforehand, so it is counted while reading. */
async function collect(chunks: AsyncIterable<Buffer>, file: string): Promise<Result<Uint8Array, Problem>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_FILE_BYTES) return err(tooLarge(file));
    parts.push(chunk);
  }
  return ok(Buffer.concat(parts));
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';

const tooLarge = (file: string): Problem =>
  problem('too-large', {
    rule: 'review.file-too-large',
    message: text(`${visible(file)} is larger than 512 MiB`, `${visible(file)} が 512 MiB を超えています`),
    remedy: text('Check that this is a plan file.', 'プランファイルかどうか確認してください。'),
  });

function unreadable(file: string, code: string): Problem {
  const name = visible(file);
  const known: Readonly<Record<string, Text>> = {
    ENOENT: text(`${name} does not exist`, `${name} が見つかりません`),
    EISDIR: text(`${name} is a directory`, `${name} はディレクトリです`),
    EACCES: text(`${name} may not be read by this user`, `${name} を読み取る権限がありません`),
  };
  return problem(code === 'ENOENT' ? 'not-found' : 'bad-input', {
    rule: 'review.unreadable-file',
    message: known[code] ?? text(`${name} cannot be read (${code})`, `${name} を読み取れません（${code}）`),
    remedy: text(
      'Give the file that terraform plan -out=FILE wrote, or - for standard input.',
      'terraform plan -out=FILE で書き出したファイル、または -（標準入力）を指定してください。',
    ),
  });
}
