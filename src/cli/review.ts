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
import { readPlanInput } from './plan-input.ts';
import { failWith } from './problem-text.ts';

const FORMATS = ['text', 'json', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

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
  const bytes = await readPlanInput(file, context);
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
