import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type GrantAnswer, type PlanDetails, planDetails, type ReportRequest } from '#changes/core';
import { err, ok, type Problem, problem, type Reason, type Result, type Text, text } from '#core-values';
import type { ApiClient } from './api-client.ts';
import { appendSummary, setOutputs } from './ci-files.ts';
import {
  directoryOption,
  obtainGrant,
  runTerraform,
  type StackJob,
  stackDirectory,
  terraformExitCode,
  terraformOption,
} from './ci-job.ts';
import { grantClient, jobClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { wholeNumber } from './option-values.ts';
import { planDetailsText, planMarkdown } from './plan-text.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';
import { untilAnswered } from './until-answered.ts';

interface Options {
  readonly stack: string;
  readonly plan: string;
  readonly directory?: string;
  readonly terraform: string;
  readonly wait: string;
}

const POLL_MS = 3_000;
/** A log without a word looks hung. */
const TELL_EVERY_MS = 60_000;
/** Five days, the longest that a job on a runner of one's own may take at GitHub. */
const MOST_WAIT_MIN = 7_200;

/** `sekisho ci apply --stack S --plan ID`: waits for approval, applies exactly the approved file, and reports. */
export const ciApply: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .requiredOption('--stack <name>', say(text('the stack to apply', '適用するスタック')))
      .requiredOption(
        '--plan <id>',
        say(text('the plan, as `sekisho ci plan` printed it', '`sekisho ci plan` が出力したプランの ID')),
      )
      .addOption(directoryOption(context))
      .addOption(terraformOption(context))
      .option(
        '--wait <minutes>',
        say(text('how long to wait for approval', '承認を待つ時間(分)')),
        wholeNumber(context.language, 0, MOST_WAIT_MIN),
        '0',
      )
      .action(async (options: Options) => {
        const applied = await apply(context, options);
        if (!applied.ok) failWith(context, applied.error);
      });
  },
};

async function apply(context: CliContext, options: Options): Promise<Result<void, Problem>> {
  const client = jobClient(context);
  if (!client.ok) return client;
  const plan = await waitForDecision(context, client.value, options);
  if (!plan.ok) return plan;
  if (plan.value.state === 'no-changes') {
    context.stdout.write(`${NOTHING_TO_DO[context.language]}\n`);
    return ok(undefined);
  }
  const request = { purpose: 'apply' as const, stack: options.stack, plan: plan.value.digest };
  const grant = await obtainGrant(context, client.value, request);
  if (!grant.ok) return grant;
  return applyGranted(context, grant.value, { ...options, details: plan.value });
}

/** For `untilAnswered`: a job that says nothing for minutes looks hung. */
const patience = (context: CliContext) => (pauseMs: number) => {
  context.stderr.write(`${noAnswer(pauseMs / 1_000)[context.language]}\n`);
  return delay(pauseMs);
};

/** The plan as it is now; while it waits for approval and there is time left, asks again. */
async function waitForDecision(
  context: CliContext,
  client: ApiClient,
  { plan, wait }: Options,
): Promise<Result<PlanDetails, Problem>> {
  const deadline = context.clock.now() + Number(wait) * 60_000;
  for (let told = false; ; told = true) {
    const answer = await untilAnswered(
      () => client.get(`/v1/plans/${encodeURIComponent(plan)}`),
      patience(context),
    );
    const details = answerOf(answer, planDetails, serverUrl(context));
    if (!details.ok) return details;
    const waits = details.value.state === 'awaiting-approval' && context.clock.now() < deadline;
    if (!waits) return details;
    const leftMs = deadline - context.clock.now();
    if (!told) context.stdout.write(`${planDetailsText(details.value, context)}\n`);
    if (!told || Math.floor(leftMs / TELL_EVERY_MS) < Math.floor((leftMs + POLL_MS) / TELL_EVERY_MS)) {
      context.stdout.write(`${waiting(Math.ceil(leftMs / 60_000))[context.language]}\n`);
    }
    await delay(POLL_MS);
  }
}

async function applyGranted(
  context: CliContext,
  grant: GrantAnswer,
  { details: plan, ...options }: Options & { readonly details: PlanDetails },
): Promise<Result<void, Problem>> {
  const client = grantClient(context, grant.secret ?? '');
  const directory = stackDirectory(context, grant, options.directory);
  const job: StackJob = { context, grant, directory, terraform: options.terraform };
  const folder = await mkdtemp(join(context.env.RUNNER_TEMP ?? tmpdir(), 'sekisho-apply-'));
  try {
    const file = join(folder, 'plan');
    const fetched = await untilAnswered(() => fetchPlan(client, plan, file), patience(context));
    if (!fetched.ok) return fetched;
    const initialised = await runTerraform(job, ['init', '-input=false', '-no-color', '-lockfile=readonly']);
    const exit = initialised.ok
      ? await terraformExitCode(job, ['apply', '-input=false', '-no-color', file])
      : initialised;
    return await report(job, client, plan, exit);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The file on the runner is for its owner alone, and must be the very bytes that were approved. */
async function fetchPlan(client: ApiClient, plan: PlanDetails, file: string): Promise<Result<void, Problem>> {
  const body = await client.bytes(`/v1/plans/${plan.id}/file`);
  if (!body.ok) return body;
  const bytes = body.value;
  if (createHash('sha256').update(bytes).digest('hex') !== plan.digest)
    return err(problem('denied', OTHER_BYTES));
  await writeFile(file, bytes, { mode: 0o600 });
  return ok(undefined);
}

const stateHead = z.object({ lineage: z.string(), serial: z.number() });

async function report(
  job: StackJob,
  client: ApiClient,
  plan: PlanDetails,
  exit: Result<number, Problem>,
): Promise<Result<void, Problem>> {
  const { context } = job;
  const exitCode = exit.ok ? exit.value : 1;
  const state = await pulledState(job);
  const outcome = exitCode === 0 ? 'applied' : 'failed';
  const request = {
    outcome,
    exitCode,
    ...(state === undefined ? {} : { state: { ...state } }),
  } satisfies ReportRequest;
  const taken = await untilAnswered(() => client.post('/v1/reports', request), patience(context));
  if (!taken.ok) return taken;
  await setOutputs(context, { plan: plan.id, state: outcome });
  await appendSummary(context, planMarkdown({ ...plan, state: outcome }, context));
  const words = exitCode === 0 ? APPLIED : FAILED;
  context.stdout.write(`\n${words[context.language]}\n`);
  if (!exit.ok) return exit;
  return exitCode === 0 ? ok(undefined) : err(problem('outside-failed', applyFailed(exitCode)));
}

/** Lineage and serial after the apply; a state that cannot be pulled is reported as unknown. */
async function pulledState(job: StackJob): Promise<z.infer<typeof stateHead> | undefined> {
  const folder = await mkdtemp(join(job.context.env.RUNNER_TEMP ?? tmpdir(), 'sekisho-state-'));
  const file = await open(join(folder, 'state'), 'wx+', 0o600);
  try {
    const exit = await terraformExitCode(job, ['state', 'pull'], file.fd);
    if (!exit.ok || exit.value !== 0) return undefined;
    return stateHeadOf(await readFile(join(folder, 'state'), 'utf8'));
  } finally {
    // The state holds secrets in clear.
    await file.close();
    await rm(folder, { recursive: true });
  }
}

function stateHeadOf(words: string): z.infer<typeof stateHead> | undefined {
  try {
    return stateHead.safeParse(JSON.parse(words)).data;
  } catch {
    return undefined;
  }
}

const NOTHING_TO_DO = text(
  'The plan changes nothing; there is nothing to apply.',
  'プランに変更がないため、適用するものはありません。',
);
const waiting = (leftMin: number): Text =>
  text(`Waiting for approval, ${leftMin} min at most…`, `承認を待っています(最長であと ${leftMin} 分)…`);
const noAnswer = (seconds: number): Text =>
  text(
    `The Sekisho server does not answer; trying again in ${seconds} s…`,
    `Sekisho サーバーから応答がありません。${seconds} 秒後に再試行します…`,
  );
const APPLIED = text('✓ Applied and reported.', '✓ 適用し、報告しました。');
const FAILED = text(
  '✗ The apply failed; what was done is in the state. Run the workflow again: it plans what is left.',
  '✗ 適用に失敗しました。完了した分は state に反映されています。ワークフローを再実行すると、残りのプランが作成されます。',
);

const OTHER_BYTES: Reason = {
  rule: 'ci.other-bytes',
  message: text(
    'The file that arrived is not the approved plan.',
    '受信したファイルは、承認されたプランではありません。',
  ),
  remedy: text(
    'Nothing was applied. Look for a proxy between job and server, then run the workflow again.',
    '適用は行われていません。ジョブとサーバーの間のプロキシを確認し、ワークフローを再実行してください。',
  ),
};

const applyFailed = (code: number): Reason => ({
  rule: 'ci.apply-failed',
  message: text(`Terraform ended with exit code ${code}.`, `Terraform が終了コード ${code} で終了しました。`),
  remedy: text(
    'Its output above says why. Run the workflow again: it plans what is left.',
    '原因は上の出力を確認してください。ワークフローを再実行すると、残りのプランが作成されます。',
  ),
});
