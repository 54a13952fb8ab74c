import { Option } from 'commander';
import pc from 'picocolors';
import {
  type DenialAnswer,
  isStatementReason,
  type NeedAnswer,
  type NeedsRequest,
  needsAnswer,
  needsChanged,
  type PlanDetails,
  planDetails,
} from '#changes/core';
import { err, ok, type Problem, problem, type Reason, type Result, type Text, text } from '#core-values';
import { visible } from '#plan';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { denialsText } from './denials-text.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';
import { localTime } from './time-text.ts';

const stackOption = ({ language }: CliContext): Option =>
  new Option('--stack <name>', text('the stack', 'スタック')[language]).makeOptionMandatory();

const needsPath = (stack: string): string => `/v1/stacks/${encodeURIComponent(stack)}/needs`;

interface AddOptions {
  readonly stack: string;
  readonly plan?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly reason?: string;
  readonly yes?: true;
}

/** `sekisho needs add --stack S --plan ID`, or with `--action`, `--resource` and `--reason`. */
export const needsAdd: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .addOption(stackOption(context))
      .option(
        '--plan <id>',
        say(
          text(
            'add what AWS refused when this plan was applied',
            'このプランの適用時に AWS が拒否した操作を追加する',
          ),
        ),
      )
      .option(
        '--action <action>',
        say(text('one action, sns:TagResource', 'アクション 1 つ(sns:TagResource)')),
      )
      .option('--resource <arn>', say(text('one ARN', 'ARN 1 つ')))
      .option(
        '--reason <words>',
        say(text('why, for the approvers and the audit log', '理由(承認者と監査ログのため)')),
      )
      .option('--yes', say(text('do not ask', '確認を省略する')))
      .action(async (options: AddOptions) => {
        const added = await add(context, options);
        if (!added.ok) failWith(context, added.error);
      });
  },
};

async function add(context: CliContext, options: AddOptions): Promise<Result<void, Problem>> {
  const { reason } = options;
  if (reason !== undefined && !isStatementReason(reason)) return err(problem('bad-input', BAD_REASON));
  const request = await requestOf(context, options);
  if (!request.ok) return request;
  context.stdout.write(asking(request.value, options.stack, context));
  if (options.yes !== true && !(await isConfirmed(context, options.stack))) return err(NOT_CONFIRMED);
  const answer = await personClient(context).post(needsPath(options.stack), { ...request.value });
  const added = answerOf(answer, needsChanged, serverUrl(context));
  if (!added.ok) return added;
  context.stdout.write(`${ADDED[context.language]}\n`);
  return ok(undefined);
}

async function requestOf(
  context: CliContext,
  { plan, action, resource, reason }: AddOptions,
): Promise<Result<NeedsRequest, Problem>> {
  const about = plan === undefined ? {} : { plan };
  if (action !== undefined || resource !== undefined) {
    if (action === undefined || resource === undefined || reason === undefined)
      return err(problem('bad-input', INCOMPLETE));
    return ok({ needs: [{ action, resource }], reason, ...about });
  }
  if (plan === undefined) return err(problem('bad-input', INCOMPLETE));
  const answer = await personClient(context).get(`/v1/plans/${encodeURIComponent(plan)}`);
  const details = answerOf(answer, planDetails, serverUrl(context));
  if (!details.ok) return details;
  return reportedNeeds(context, details.value, reason);
}

/** Shows everything that was refused, and answers what of it can be added. */
function reportedNeeds(
  context: CliContext,
  { id, stack, denials = [] }: PlanDetails,
  reason: string | undefined,
): Result<NeedsRequest, Problem> {
  const addable = denials.filter((denial) => denial.addable);
  const rest = denials.filter((denial) => !denial.addable);
  context.stdout.write(denialsText({ id, stack, denials: rest }, context));
  const needs = addable.flatMap(({ action, resource }) =>
    action === undefined || resource === undefined ? [] : [{ action, resource }],
  );
  if (needs.length === 0) return err(problem('conflict', nothingToAdd(id, denials)));
  return ok({ needs, reason: reason ?? reasonOf(addable), plan: id });
}

/** In English, as everything in the log is; addresses are cut where they would not fit. */
function reasonOf(denials: readonly DenialAnswer[]): string {
  const addresses = [...new Set(denials.flatMap(({ address }) => address ?? []))];
  const words = `refused by AWS when ${addresses.length === 0 ? 'it was applied' : `applying ${addresses.join(', ')}`}`;
  return words.length > 300 ? `${words.slice(0, 299).toWellFormed()}…` : words;
}

function asking({ needs, reason }: NeedsRequest, stack: string, context: CliContext): string {
  const paint = pc.createColors(context.stdout.isTerminal);
  const title = text(
    `From their next upload on, all plans of ${stack} will ask for this, and wait for approvals that name it:`,
    `次回のアップロードから、${stack} のすべてのプランが次の権限を要求し、それを明記した承認を待つようになります:`,
  );
  const lines = needs.map(
    ({ action, resource }) => `  + ${paint.bold(visible(action))}  ${visible(resource)}\n`,
  );
  const why = text(`because: ${visible(reason)}`, `理由: ${visible(reason)}`);
  return `${title[context.language]}\n${lines.join('')}  ${why[context.language]}\n`;
}

async function isConfirmed(context: CliContext, stack: string): Promise<boolean> {
  const question = text(
    'To add it, type the name of the stack',
    '追加するには、スタック名を入力してください',
  );
  const typed = await context.ask?.(`\n${question[context.language]}: `);
  return typed?.trim() === stack;
}

interface ListOptions {
  readonly stack: string;
  readonly format: 'text' | 'json';
}

/** `sekisho needs list --stack S` */
export const needsList: CliCommand = {
  configure(command, context) {
    command
      .addOption(stackOption(context))
      .addOption(
        new Option('--format <format>', text('form of the output', '出力形式')[context.language])
          .choices(['text', 'json'])
          .default('text'),
      )
      .action(async ({ stack, format }: ListOptions) => {
        const answer = await personClient(context).get(needsPath(stack));
        const found = answerOf(answer, needsAnswer, serverUrl(context));
        if (!found.ok) return failWith(context, found.error);
        const { needs } = found.value;
        if (format === 'json') context.stdout.write(`${JSON.stringify(found.value, undefined, 2)}\n`);
        else if (needs.length === 0) context.stdout.write(`${NONE[context.language]}\n`);
        else context.stdout.write(needs.map((need) => needText(need, context)).join(''));
      });
  },
};

function needText(need: NeedAnswer, context: CliContext): string {
  const { language, stdout } = context;
  const paint = pc.createColors(stdout.isTerminal);
  const when = localTime(need.addedAt, context);
  const whose = text(
    `added by ${need.addedBy}, ${when}, because ${visible(need.reason)}`,
    `${need.addedBy} が ${when} に追加。理由: ${visible(need.reason)}`,
  );
  const used =
    need.lastUsedBy === undefined
      ? text('no plan was granted it yet', '使われたプランはまだありません')
      : text(`last granted to ${need.lastUsedBy}`, `最後に使われたプラン: ${need.lastUsedBy}`);
  return `${need.id}  ${paint.bold(visible(need.action))}  ${visible(need.resource)}\n    ${paint.dim(whose[language])}\n    ${paint.dim(used[language])}\n`;
}

/** `sekisho needs remove --stack S ID` */
export const needsRemove: CliCommand = {
  configure(command, context) {
    command
      .argument('<need>', text('the need, ned_…', '追加権限の ID(ned_…)')[context.language])
      .addOption(stackOption(context))
      .action(async (need: string, { stack }: { readonly stack: string }) => {
        const path = `${needsPath(stack)}/${encodeURIComponent(need)}/remove`;
        const removed = answerOf(
          await personClient(context).post(path, {}),
          needsChanged,
          serverUrl(context),
        );
        if (!removed.ok) return failWith(context, removed.error);
        context.stdout.write(`${REMOVED[context.language]}\n`);
      });
  },
};

const ADDED = text(
  '✓ Added. Run the workflow again: it plans what is left, and the new plan waits for approval of what was added.',
  '✓ 追加しました。ワークフローを再実行すると残りのプランが作成され、追加した権限を含む承認を待ちます。',
);

const REMOVED = text(
  '✓ Removed. Plans that carry it are granted nothing any more; plan again.',
  '✓ 削除しました。これを含むプランにはグラントが発行されなくなります。プランを作り直してください。',
);

const NONE = text('No extra needs.', '追加権限はありません。');

const nothingToAdd = (id: string, denials: readonly DenialAnswer[]): Reason => ({
  rule: 'needs.nothing-to-add',
  message:
    denials.length === 0
      ? text(
          `Plan ${id} reported no call that AWS refused.`,
          `プラン ${id} では、AWS に拒否された操作は報告されていません。`,
        )
      : text(
          'Nothing of what AWS refused is helped by the stack’s needs.',
          'AWS が拒否した操作は、いずれも追加権限では解決しません。',
        ),
  remedy:
    denials.length === 0
      ? text(
          'Look at the job’s output, and name the permission with --action, --resource and --reason.',
          'ジョブの出力を確認し、--action、--resource、--reason で権限を指定してください。',
        )
      : text('What helps stands above, with each.', 'それぞれの対処は上のとおりです。'),
});

const INCOMPLETE: Reason = {
  rule: 'needs.incomplete',
  message: text('It is not said what to add.', '追加する権限が指定されていません。'),
  remedy: text(
    'Name the plan that failed (--plan pln_…), or all of --action, --resource and --reason.',
    '失敗したプラン(--plan pln_…)、または --action、--resource、--reason のすべてを指定してください。',
  ),
};

const BAD_REASON: Reason = {
  rule: 'needs.reason-unfit',
  message: text(
    'The reason is not one visible line of at most 1,000 characters.',
    '理由は、1,000 文字以内の 1 行で指定してください。',
  ),
  remedy: text(
    'Shorten it, and leave out line breaks and invisible characters.',
    '改行や制御文字を除き、短くしてください。',
  ),
};

const NOT_CONFIRMED: Problem = problem('bad-input', {
  rule: 'needs.not-confirmed',
  message: text(
    'Nothing was added: the stack’s name was not typed.',
    '追加していません。スタック名が入力されませんでした。',
  ),
  remedy: text(
    'Run it again and type the name, or say --yes where there is no terminal.',
    '再度実行してスタック名を入力してください。端末がない場合は --yes を付けてください。',
  ),
});
