import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DenialAnswer, type GrantAnswer, type PlanDetails, planDetails } from '#changes/core';
import { err, ok, type Problem, problem, type Reason, type Result, type Text, text } from '#core-values';
import type { DeniedCall } from '#credentials/core';
import type { ApiClient } from './api-client.ts';
import { applyOutput } from './apply-output.ts';
import { patience, reportApply } from './apply-report.ts';
import { appendSummary, setOutputs } from './ci-files.ts';
import { obtainGrant, runTerraform, type StackJob, stackDirectory, terraformExitCode } from './ci-job.ts';
import { grantClient, jobClient, serverUrl } from './clients.ts';
import type { CliContext } from './context.ts';
import { denialsText } from './denials-text.ts';
import { withoutSecrets } from './denials-without-secrets.ts';
import { endInOrder, failInterruptible, interrupted, noInterruption } from './interruption.ts';
import { planDetailsText, planMarkdown } from './plan-text.ts';
import { inPrivateFolder } from './private-folder.ts';
import { answerOf } from './server-answer.ts';
import { exitCodeOf, hearingSignals } from './signals.ts';
import { untilAnswered } from './until-answered.ts';

export interface ApplyOrder {
  readonly stack: string;
  /** Its id, as it was printed when it was made. */
  readonly plan: string;
  /** The stack's folder, if not where sekisho.yaml says. */
  readonly directory?: string;
  /** The program: `terraform`, `tofu`, or a path to one. */
  readonly terraform: string;
  /** Minutes to wait for approval, as digits; 0 does not wait. */
  readonly wait: string;
}

const POLL_MS = 3_000;
/** A log without a word looks hung. */
const TELL_EVERY_MS = 60_000;
/** Five days, the longest that a job on a runner of one's own may take at GitHub. */
export const MOST_WAIT_MIN = 7_200;

/** Waits for approval, applies exactly the approved file, and reports; a failure sets the exit code. */
export async function applyStack(context: CliContext, order: ApplyOrder): Promise<void> {
  const interruption = noInterruption();
  const applied = await apply({ context, interruption }, order);
  if (!applied.ok) failInterruptible(context, applied.error, interruption);
}

async function apply(
  job: Pick<StackJob, 'context' | 'interruption'>,
  options: ApplyOrder,
): Promise<Result<void, Problem>> {
  const { context } = job;
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
  return applyGranted(job, grant.value, { ...options, details: plan.value });
}

/** The plan as it is now; while it waits for approval and there is time left, asks again. */
async function waitForDecision(
  context: CliContext,
  client: ApiClient,
  { plan, wait }: ApplyOrder,
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
  { context, interruption }: Pick<StackJob, 'context' | 'interruption'>,
  grant: GrantAnswer,
  { details: plan, ...options }: ApplyOrder & { readonly details: PlanDetails },
): Promise<Result<void, Problem>> {
  const directory = stackDirectory(context, grant, options.directory);
  const job: StackJob = { context, grant, directory, terraform: options.terraform, interruption };
  return hearingSignals(endInOrder(context, interruption), () =>
    inPrivateFolder(context, 'apply', async (folder) => {
      const file = join(folder, 'plan');
      const client = grantClient(context, grant.secret ?? '');
      const fetch = () => unlessInterrupted(job, () => fetchPlan(client, plan, file));
      const fetched = await untilAnswered(fetch, patience(context));
      // Who cannot be asked cannot be told either; the grant ends by itself.
      if (!fetched.ok && fetched.error.code === 'outside-failed') return fetched;
      const applied = fetched.ok ? await applyFile(job, file) : { ran: false, exit: fetched, denials: [] };
      // What Terraform was interrupted by does not count: this must be said.
      return hearingSignals(endInOrder(context, noInterruption()), () => report(job, plan, applied));
    }),
  );
}

const unlessInterrupted = async <T>(
  { interruption: { by } }: StackJob,
  work: () => Promise<Result<T, Problem>>,
): Promise<Result<T, Problem>> => (by === undefined ? work() : err(interrupted(by)));

interface Applied {
  /** Whether Terraform began to apply, so that the state may have moved. */
  readonly ran: boolean;
  readonly exit: Result<number, Problem>;
  readonly denials: readonly DeniedCall[];
}

async function applyFile(job: StackJob, file: string): Promise<Applied> {
  const initialised = await runTerraform(job, ['init', '-input=false', '-no-color', '-lockfile=readonly']);
  if (!initialised.ok) return { ran: false, exit: initialised, denials: [] };
  const watch = applyOutput('stderr');
  const exit = await terraformExitCode(job, ['apply', '-input=false', '-no-color', file], { watch });
  return {
    ran: true,
    exit,
    denials: await withoutSecrets(watch.denials(), await readFile(file).catch(() => new Uint8Array())),
  };
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

async function report(
  job: StackJob,
  plan: PlanDetails,
  { ran, exit, denials }: Applied,
): Promise<Result<void, Problem>> {
  const { context } = job;
  const { by } = job.interruption;
  const exitCode = exit.ok ? exit.value : by === undefined ? 1 : exitCodeOf(by);
  const told = await reportApply(job, { exitCode, state: ran ? 'pulled' : 'untouched', denials });
  if (!told.ok) return err(exit.ok ? told.error : bothOf(exit.error, told.error));
  const { outcome: state, denials: denied } = told.value;
  await setOutputs(context, { plan: plan.id, state });
  await appendSummary(context, planMarkdown({ ...plan, state, denials: [...denied] }, context));
  const words = exitCode === 0 ? APPLIED : ran ? FAILED : NOT_BEGUN;
  context.stdout.write(`\n${words[context.language]}\n${denialsText({ ...plan, denials: denied }, context)}`);
  if (!exit.ok) return exit;
  return exitCode === 0 ? ok(undefined) : err(problem('outside-failed', applyFailed(exitCode, denied)));
}

const bothOf = (first: Problem, second: Problem): Problem =>
  problem(first.code, first.reasons[0], ...first.reasons.slice(1), ...second.reasons);

const NOTHING_TO_DO = text(
  'The plan changes nothing; there is nothing to apply.',
  'プランに変更がないため、適用するものはありません。',
);
const waiting = (leftMin: number): Text =>
  text(`Waiting for approval, ${leftMin} min at most…`, `承認を待っています(最長であと ${leftMin} 分)…`);
const APPLIED = text('✓ Applied and reported.', '✓ 適用し、報告しました。');
const FAILED = text(
  '✗ The apply failed; what was done is in the state. Run the workflow again: it plans what is left.',
  '✗ 適用に失敗しました。完了した分は state に反映されています。ワークフローを再実行すると、残りのプランが作成されます。',
);

const NOT_BEGUN = text(
  '✗ Nothing was applied, and the server knows. Run the workflow again: it plans anew.',
  '✗ 適用は行われていません(サーバーに報告済み)。ワークフローを再実行すると、プランが作り直されます。',
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

const applyFailed = (code: number, denials: readonly DenialAnswer[]): Reason => ({
  rule: denials.length === 0 ? 'ci.apply-failed' : 'ci.apply-denied',
  message: text(`Terraform ended with exit code ${code}.`, `Terraform が終了コード ${code} で終了しました。`),
  remedy:
    denials.length === 0
      ? text(
          'Its output above says why. Run the workflow again: it plans what is left.',
          '原因は上の出力を確認してください。ワークフローを再実行すると、残りのプランが作成されます。',
        )
      : text(
          'AWS refused what is listed above, each with what to do. Then run the workflow again: it plans what is left.',
          'AWS が拒否した操作と対処は上のとおりです。対処後にワークフローを再実行すると、残りのプランが作成されます。',
        ),
});
