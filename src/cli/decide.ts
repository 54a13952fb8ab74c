import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  APPROVAL_NAMESPACE,
  type Decision,
  extraNeedsDigest,
  formatStatement,
  isOpenForDecision,
  isStatementReason,
  type PlanDetails,
  planDetails,
  type RepairWord,
  stateWords,
} from '#changes/core';
import {
  err,
  ok,
  type Problem,
  parseAccountId,
  parseFingerprint,
  parsePersonName,
  parseStackName,
  problem,
  type Reason,
  type Result,
  type Text,
  text,
} from '#core-values';
import type { ApiClient } from './api-client.ts';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { isReadable, planDetailsText, planOutcomeText } from './plan-text.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';
import { signWithSsh } from './ssh-signing.ts';

interface Options {
  readonly reason?: string;
  readonly key?: string;
  readonly yes?: boolean;
}

const QUESTIONS: Readonly<Record<Decision, Text>> = {
  approve: text('To approve it, type the name of the stack', '承認するには、スタック名を入力してください'),
  reject: text('To reject it, type the name of the stack', '却下するには、スタック名を入力してください'),
  'break-glass': text(
    'To break the glass (everybody will see it), type the name of the stack',
    'ブレークグラスを宣言するには(全員に知らされます)、スタック名を入力してください',
  ),
};

const DONE: Readonly<Record<Decision, Text>> = {
  approve: text('Your approval is signed and recorded.', '承認に署名し、記録しました。'),
  reject: text('Your rejection is signed and recorded.', '却下に署名し、記録しました。'),
  'break-glass': text(
    'Your break-glass is signed and recorded.',
    'ブレークグラスの宣言に署名し、記録しました。',
  ),
};

/** `sekisho approve|reject|break-glass PLAN`: shows the plan, asks, and signs with the person's SSH key. */
export const decideCommand = (decision: Decision): CliCommand => ({
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command.argument('<plan>', say(text('the plan, pln_…', 'プランの ID(pln_…)')));
    const reason = say(text('in your own words', '理由'));
    if (decision === 'break-glass') command.requiredOption('--reason <words>', reason);
    else command.option('--reason <words>', reason);
    command
      .option('--key <file>', say(text('SSH key to sign with', '署名に使う SSH 鍵')))
      .option(
        '--yes',
        say(text('do not ask: you have read the plan', '確認を省略する(プランを読み終えている場合)')),
      )
      .action(async (plan: string, options: Options) => {
        const done = await run(context, decision, plan, options);
        if (!done.ok) failWith(context, done.error);
      });
  },
});

async function run(
  context: CliContext,
  decision: Decision,
  plan: string,
  options: Options,
): Promise<Result<void, Problem>> {
  if (options.reason !== undefined && !isStatementReason(options.reason))
    return err(problem('bad-input', BAD_REASON));
  const client = personClient(context);
  const url = serverUrl(context);
  const details = answerOf(await client.get(`/v1/plans/${encodeURIComponent(plan)}`), planDetails, url);
  if (!details.ok) return details;
  context.stdout.write(planDetailsText(details.value, context, { hints: false }));
  if (!isOpenForDecision(details.value.state)) return err(problem('conflict', closed(details.value)));
  if (decision !== 'reject' && !isReadable(details.value)) return err(problem('outside-failed', NOT_A_PLAN));
  if (options.yes !== true && !(await isConfirmed(context, decision, details.value.stack))) {
    return err(problem('bad-input', NOT_CONFIRMED));
  }
  const signed = await sign(context, client, decision, details.value, options);
  if (!signed.ok) return signed;
  const answer = await client.post(`/v1/plans/${details.value.id}/approvals`, signed.value);
  const given = answerOf(answer, planDetails, url);
  if (!given.ok) return given;
  context.stdout.write(`\n${planOutcomeText(given.value, DONE[decision], context)}`);
  return ok(undefined);
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Danger asks for more than a key press. Without a terminal nobody can answer, so `--yes` must say it. */
async function isConfirmed(context: CliContext, decision: Decision, stack: string): Promise<boolean> {
  const typed = await context.ask?.(`\n${QUESTIONS[decision][context.language]}: `);
  return typed?.trim() === stack;
}

const me = z.object({ person: z.string() });

/** What a person signs about a plan that was shown to them. */
export async function sign(
  context: CliContext,
  client: ApiClient,
  decision: Decision | RepairWord,
  plan: PlanDetails,
  options: Options,
): Promise<Result<{ readonly statement: string; readonly signature: string }, Problem>> {
  const who = answerOf(await client.get('/v1/me'), me, serverUrl(context));
  if (!who.ok) return who;
  const approver = parsePersonName(who.value.person);
  const stack = parseStackName(plan.stack);
  const account = parseAccountId(plan.account);
  const fingerprint = parseFingerprint(plan.fingerprint);
  if (!approver || !stack || !account || !fingerprint) return err(problem('outside-failed', NOT_A_PLAN));
  // Of what was shown, so that nobody signs for other needs than they read.
  const extraNeeds = extraNeedsDigest(plan.extraNeeds ?? [], sha256);
  const statement = formatStatement({
    ...{ stack, account, environment: plan.environment, fingerprint, decision, approver },
    ...(extraNeeds === undefined ? {} : { extraNeeds }),
    at: context.clock.now(),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  });
  const keyFile = options.key ?? context.env.SEKISHO_SSH_KEY;
  const signature = await signWithSsh({
    bytes: Buffer.from(statement),
    namespace: APPROVAL_NAMESPACE,
    env: context.env,
    notice: (words) => context.stderr.write(`${words}\n`),
    ...(keyFile === undefined ? {} : { keyFile }),
  });
  return signature.ok ? ok({ statement, signature: signature.value }) : signature;
}

export const BAD_REASON: Reason = {
  rule: 'approval.reason-unfit',
  message: text(
    'The reason is not one visible line of at most 1,000 characters.',
    '理由は、1,000 文字以内の 1 行で指定してください。',
  ),
  remedy: text(
    'Shorten it, and leave out line breaks and invisible characters.',
    '改行や制御文字を除き、短くしてください。',
  ),
};

export const NOT_CONFIRMED: Reason = {
  rule: 'approval.not-confirmed',
  message: text(
    'Nothing was signed: the stack’s name was not typed.',
    '署名していません。スタック名が入力されませんでした。',
  ),
  remedy: text(
    'Run it again and type the name, or say --yes where there is no terminal.',
    '再度実行してスタック名を入力してください。端末がない場合は --yes を付けてください。',
  ),
};

/** As the server would say; but before anybody is asked to type and to touch a key. */
export const closed = ({ id, state, stack }: PlanDetails): Reason => ({
  rule: 'approval.plan-closed',
  message: text(
    `Plan ${id} is ${state}: there is nothing to decide about it.`,
    `プラン ${id} は「${stateWords(state, 'ja')}」です。判断の対象ではありません。`,
  ),
  remedy: text(
    `Look for the newest plan of the stack: \`sekisho plans --stack ${stack}\`.`,
    `\`sekisho plans --stack ${stack}\` でスタックの最新のプランを確認してください。`,
  ),
});

export const NOT_A_PLAN: Reason = {
  rule: 'server.other-version',
  message: text('The server’s answer is not a plan.', 'サーバーの応答がプランではありません。'),
  remedy: text(
    'Use the same version of Sekisho for client and server.',
    'クライアントとサーバーで同じバージョンの Sekisho を使ってください。',
  ),
};
