import {
  isOpenForDecision,
  isStatementReason,
  LEAST_REPAIR_REASON,
  type PlanDetails,
  planDetails,
  type RepairWord,
} from '#changes/core';
import { err, ok, type Problem, problem, type Reason, type Result, type Text, text } from '#core-values';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { BAD_REASON, closed, NOT_A_PLAN, NOT_CONFIRMED, sign } from './decide.ts';
import { isReadable, planDetailsText, planOutcomeText } from './plan-text.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';

interface Options {
  readonly reason?: string;
  readonly agree?: boolean;
  readonly withdraw?: boolean;
  readonly key?: string;
  readonly yes?: boolean;
}

type Says = RepairWord | 'withdraw';

const DONE: Readonly<Record<Says, Text>> = {
  repair: text(
    'Marked as a repair, signed and recorded. A second person agrees with `sekisho repair PLAN --agree`.',
    '修復として署名・登録しました。別の人が `sekisho repair PLAN --agree` で同意します。',
  ),
  'agree-repair': text('Your agreement is signed and recorded.', '同意に署名し、記録しました。'),
  withdraw: text('The mark is withdrawn.', '修復の登録を取り下げました。'),
};

const QUESTIONS: Readonly<Record<RepairWord, Text>> = {
  repair: text(
    'To mark it as a repair, type the name of the stack',
    '修復として登録するには、スタック名を入力してください',
  ),
  'agree-repair': text(
    'To agree that it is a repair, type the name of the stack',
    '修復であることに同意するには、スタック名を入力してください',
  ),
};

/** `sekisho repair PLAN --reason WORDS | --agree | --withdraw`: shows the plan, asks, and signs with the person's SSH key. */
export const repair: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .argument('<plan>', say(text('the plan, pln_…', 'プランの ID(pln_…)')))
      .option(
        '--reason <words>',
        say(text('what is broken and what it does', '何が起きていて、何を直すのか')),
      )
      .option('--agree', say(text('agree as a second person', '2 人目として同意する')))
      .option('--withdraw', say(text('take the mark away', '登録を取り下げる')))
      .option('--key <file>', say(text('SSH key to sign with', '署名に使う SSH 鍵')))
      .option(
        '--yes',
        say(text('do not ask: you have read the plan', '確認を省略する(プランを読み終えている場合)')),
      )
      .action(async (plan: string, options: Options) => {
        const done = await run(context, plan, options);
        if (!done.ok) failWith(context, done.error);
      });
  },
};

/** Exactly one of the three. */
function saysOf({ reason, agree, withdraw }: Options): Result<Says, Problem> {
  const said = [
    ...(reason === undefined ? [] : ['repair' as const]),
    ...(agree === true ? ['agree-repair' as const] : []),
    ...(withdraw === true ? ['withdraw' as const] : []),
  ];
  const [one] = said;
  if (one === undefined || said.length > 1) return err(problem('bad-input', SAY_ONE));
  if (reason !== undefined && !isStatementReason(reason)) return err(problem('bad-input', BAD_REASON));
  if (reason !== undefined && reason.length < LEAST_REPAIR_REASON)
    return err(problem('bad-input', TOO_SHORT));
  return ok(one);
}

async function run(context: CliContext, plan: string, options: Options): Promise<Result<void, Problem>> {
  const says = saysOf(options);
  if (!says.ok) return says;
  const client = personClient(context);
  const url = serverUrl(context);
  const path = `/v1/plans/${encodeURIComponent(plan)}`;
  const tell = (given: PlanDetails): Result<void, Problem> => {
    context.stdout.write(`\n${planOutcomeText(given, DONE[says.value], context)}`);
    return ok(undefined);
  };
  if (says.value === 'withdraw') {
    const withdrawn = answerOf(await client.post(`${path}/repair/withdraw`, {}), planDetails, url);
    return withdrawn.ok ? tell(withdrawn.value) : withdrawn;
  }
  const details = answerOf(await client.get(path), planDetails, url);
  if (!details.ok) return details;
  context.stdout.write(planDetailsText(details.value, context, { hints: false }));
  const no = whyNot(says.value, details.value);
  if (no !== undefined) return err(no);
  if (options.yes !== true && !(await isConfirmed(context, says.value, details.value.stack)))
    return err(problem('bad-input', NOT_CONFIRMED));
  // Whoever agrees signs the very words that they were shown.
  const reason = options.reason ?? details.value.repair?.reason;
  const signed = await sign(context, client, says.value, details.value, {
    ...options,
    ...(reason === undefined ? {} : { reason }),
  });
  if (!signed.ok) return signed;
  const to = says.value === 'repair' ? `${path}/repair` : `${path}/repair/agreement`;
  const given = answerOf(await client.post(to, signed.value), planDetails, url);
  return given.ok ? tell(given.value) : given;
}

/** As the server would say; but before anybody is asked to type and to touch a key. */
function whyNot(says: RepairWord, plan: PlanDetails): Problem | undefined {
  if (!isOpenForDecision(plan.state)) return problem('conflict', closed(plan));
  if (!isReadable(plan)) return problem('outside-failed', NOT_A_PLAN);
  const isMissing = says === 'agree-repair' && !isStatementReason(plan.repair?.reason ?? '');
  return isMissing ? problem('conflict', NOT_MARKED) : undefined;
}

async function isConfirmed(context: CliContext, says: RepairWord, stack: string): Promise<boolean> {
  const typed = await context.ask?.(`\n${QUESTIONS[says][context.language]}: `);
  return typed?.trim() === stack;
}

const SAY_ONE: Reason = {
  rule: 'repair.say-one',
  message: text(
    'One of --reason, --agree and --withdraw is needed, and only one.',
    '--reason、--agree、--withdraw のいずれか 1 つを指定してください。',
  ),
  remedy: text(
    'Mark with --reason "…", agree with --agree, take the mark away with --withdraw.',
    '登録は --reason "…"、同意は --agree、取り下げは --withdraw です。',
  ),
};

const TOO_SHORT: Reason = {
  rule: 'repair.reason-short',
  message: text(
    `The reason of a repair has at least ${LEAST_REPAIR_REASON} characters.`,
    `修復の理由は ${LEAST_REPAIR_REASON} 文字以上で書きます。`,
  ),
  remedy: text(
    'Say what is broken, and what this plan does about it.',
    '何が起きていて、このプランで何を直すのかを書いてください。',
  ),
};

const NOT_MARKED: Reason = {
  rule: 'repair.not-marked',
  message: text('Nobody has marked this plan as a repair.', 'このプランは修復として登録されていません。'),
  remedy: text(
    'Mark it first: `sekisho repair PLAN --reason …`.',
    '先に `sekisho repair PLAN --reason …` で登録してください。',
  ),
};
