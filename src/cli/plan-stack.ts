import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { uploadAnswer } from '#changes/core';
import { err, type Problem, problem, type Reason, type Result, text } from '#core-values';
import type { ApiClient } from './api-client.ts';
import { appendSummary, setOutputs } from './ci-files.ts';
import { obtainGrant, runTerraform, type StackJob, stackDirectory } from './ci-job.ts';
import { jobClient, serverUrl } from './clients.ts';
import type { CliContext } from './context.ts';
import { exitBy, failInterruptible, noInterruption } from './interruption.ts';
import { planDetailsText, planMarkdown } from './plan-text.ts';
import { inPrivateFolder } from './private-folder.ts';
import { answerOf } from './server-answer.ts';
import { hearingSignals } from './signals.ts';

export interface PlanOrder {
  readonly stack: string;
  /** Its folder, if not where sekisho.yaml says. */
  readonly directory?: string;
  /** The program: `terraform`, `tofu`, or a path to one. */
  readonly terraform: string;
  /** For `terraform plan`. */
  readonly arguments: readonly string[];
  /** In a run that somebody started by hand for it; with the commit that was checked out. */
  readonly pullRequest?: string;
  readonly commit?: string;
}

type Uploaded = z.infer<typeof uploadAnswer>;

/**
 * Plans with read-only credentials, uploads the plan and tells what the server made of it, which it answers; a failure sets the exit
 * code and answers nothing.
 */
export async function planStack(context: CliContext, order: PlanOrder): Promise<Uploaded | undefined> {
  const interruption = noInterruption();
  const planned = await plan({ context, interruption }, order);
  if (planned.ok) await tell(context, planned.value);
  else failInterruptible(context, planned.error, interruption);
  return planned.ok ? planned.value : undefined;
}

async function plan(
  { context, interruption }: Pick<StackJob, 'context' | 'interruption'>,
  options: PlanOrder,
): Promise<Result<Uploaded, Problem>> {
  const client = jobClient(context);
  if (!client.ok) return client;
  const grant = await obtainGrant(context, client.value, { purpose: 'plan', stack: options.stack });
  if (!grant.ok) return grant;
  const directory = stackDirectory(context, grant.value, options.directory);
  const job = { context, grant: grant.value, directory, terraform: options.terraform, interruption };
  // The plan file holds secrets in clear; the server gets it, encrypts it, and nobody else has it.
  return hearingSignals(exitBy, () =>
    inPrivateFolder(context, 'plan', (folder) =>
      planAndUpload(job, client.value, join(folder, 'plan'), options),
    ),
  );
}

async function planAndUpload(
  job: StackJob,
  client: ApiClient,
  file: string,
  { arguments: args, pullRequest, commit }: PlanOrder,
): Promise<Result<Uploaded, Problem>> {
  const lockFile = join(job.directory, '.terraform.lock.hcl');
  if (!existsSync(lockFile)) return err(problem('bad-input', noLockFile(lockFile)));
  const initialised = await runTerraform(job, ['init', '-input=false', '-no-color', '-lockfile=readonly']);
  if (!initialised.ok) return initialised;
  // The plan role may write nothing, the state's lock included.
  const planned = await runTerraform(job, [
    'plan',
    '-input=false',
    '-no-color',
    '-lock=false',
    `-out=${file}`,
    ...args,
  ]);
  if (!planned.ok) return planned;
  const query = new URLSearchParams({
    stack: job.grant.stack,
    ...(pullRequest && commit ? { pullRequest, commit } : {}),
  });
  const answer = await client.post(`/v1/plans?${query}`, await readFile(file));
  return answerOf(answer, uploadAnswer, serverUrl(job.context));
}

async function tell(context: CliContext, uploaded: Uploaded): Promise<void> {
  context.stdout.write(`\n${planDetailsText(uploaded, context)}`);
  const { id, digest, state, findings, changes } = uploaded;
  const counts = { findings: JSON.stringify(findings), changes: JSON.stringify(changes) };
  await setOutputs(context, { plan: id, digest, state, ...counts });
  await appendSummary(context, planMarkdown(uploaded, context));
}

const noLockFile = (path: string): Reason => ({
  rule: 'ci.no-lock-file',
  message: text(
    `${path} is missing: which providers will run is not written down.`,
    `${path} がありません。実行されるプロバイダーが固定されていません。`,
  ),
  remedy: text(
    'Run `terraform init` in the stack’s folder and commit the file it writes. If the folder is wrong, name it with --directory.',
    'スタックのフォルダーで `terraform init` を実行し、作成されたファイルをコミットしてください。フォルダーが違う場合は --directory で指定してください。',
  ),
});
