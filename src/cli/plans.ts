import { Option } from 'commander';
import { PLAN_STATES, planDetails, planPage } from '#changes/core';
import { type Text, text } from '#core-values';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { wholeNumber } from './option-values.ts';
import { planDetailsText, planLine, planOutcomeText } from './plan-text.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';

interface ListOptions {
  readonly stack?: string;
  readonly state?: string;
  readonly commit?: string;
  readonly before?: string;
  readonly limit: string;
  readonly format: 'text' | 'json';
}

const FORMAT = text('form of the output', '出力形式');

const formatOption = (context: CliContext): Option =>
  new Option('--format <format>', FORMAT[context.language]).choices(['text', 'json']).default('text');

/** `sekisho plans`: newest first. */
export const plans: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .option('--stack <name>', say(text('only of this stack', 'このスタックのみ')))
      .addOption(
        new Option('--state <state>', say(text('only in this state', 'この状態のみ'))).choices(PLAN_STATES),
      )
      .option('--commit <sha>', say(text('only of this commit', 'このコミットのみ')))
      .option(
        '--before <plan>',
        say(text('older than this one, for the next page', 'このプランより古いもの(次のページ)')),
      )
      .option(
        '--limit <n>',
        say(text('at most so many', '最大件数')),
        wholeNumber(context.language, 1, 200),
        '50',
      )
      .addOption(formatOption(context))
      .action((options: ListOptions) => list(context, options));
  },
};

async function list(context: CliContext, { format, ...filter }: ListOptions): Promise<void> {
  const query = new URLSearchParams(filter);
  const answer = await personClient(context).get(`/v1/plans?${query}`);
  const page = answerOf(answer, planPage, serverUrl(context));
  if (!page.ok) return failWith(context, page.error);
  if (format === 'json') {
    context.stdout.write(`${JSON.stringify(page.value, undefined, 2)}\n`);
    return;
  }
  const { plans: found, next } = page.value;
  context.stdout.write(
    found.length === 0
      ? `${(isFiltered(filter) ? NONE_FIT : NONE)[context.language]}\n`
      : found.map((plan) => planLine(plan, context)).join(''),
  );
  if (next !== undefined) {
    context.stdout.write(`${text(`More: --before ${next}`, `続き: --before ${next}`)[context.language]}\n`);
  }
}

const isFiltered = ({ limit: _, ...others }: Omit<ListOptions, 'format'>): boolean =>
  Object.keys(others).length > 0;

const NONE_FIT = text(
  'No plan fits. `sekisho plans` lists all of them, `sekisho stacks` the stacks.',
  '該当するプランはありません。`sekisho plans` ですべてのプラン、`sekisho stacks` でスタックの一覧を表示できます。',
);

const NONE = text(
  'No plans. A CI job makes one with `sekisho ci plan --stack NAME`.',
  'プランはありません。CI ジョブの `sekisho ci plan --stack 名前` で作成されます。',
);

const planArgument = (context: CliContext): string =>
  text('the plan, pln_…', 'プランの ID(pln_…)')[context.language];

/** `sekisho show PLAN` */
export const show: CliCommand = {
  configure(command, context) {
    command
      .argument('<plan>', planArgument(context))
      .addOption(formatOption(context))
      .action(async (plan: string, { format }: { format: 'text' | 'json' }) => {
        const answer = await personClient(context).get(`/v1/plans/${encodeURIComponent(plan)}`);
        const details = answerOf(answer, planDetails, serverUrl(context));
        if (!details.ok) return failWith(context, details.error);
        context.stdout.write(
          format === 'json'
            ? `${JSON.stringify(details.value, undefined, 2)}\n`
            : planDetailsText(details.value, context),
        );
      });
  },
};

const CANCELLED = text('Cancelled.', '取り消しました。');

/** `sekisho cancel PLAN` */
export const cancel: CliCommand = {
  configure(command, context) {
    command.argument('<plan>', planArgument(context)).action(async (plan: string) => {
      const answer = await personClient(context).post(`/v1/plans/${encodeURIComponent(plan)}/cancel`, {});
      const details = answerOf(answer, planDetails, serverUrl(context));
      if (!details.ok) return failWith(context, details.error);
      context.stdout.write(planOutcomeText(details.value, CANCELLED, context));
    });
  },
};
