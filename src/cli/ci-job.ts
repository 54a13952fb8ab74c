import { resolve } from 'node:path';
import { type GrantAnswer, type GrantRequest, grantAnswer } from '#changes/core';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { ApiClient } from './api-client.ts';
import { serverUrl } from './clients.ts';
import type { CliContext } from './context.ts';
import { type ChildRequest, runWithCredentials } from './exec.ts';
import { type Interruption, interrupted } from './interruption.ts';
import { answerOf } from './server-answer.ts';

/** A CI job at work on one stack. */
export interface StackJob {
  readonly context: CliContext;
  readonly grant: GrantAnswer;
  /** Absolute: the stack's folder in the checkout. */
  readonly directory: string;
  /** `terraform` or `tofu`. */
  readonly terraform: string;
  readonly interruption: Interruption;
}

export async function obtainGrant(
  context: CliContext,
  client: ApiClient,
  request: GrantRequest,
): Promise<Result<GrantAnswer, Problem>> {
  const grant = answerOf(await client.post('/v1/grants', request), grantAnswer, serverUrl(context));
  if (!grant.ok) return grant;
  const { credentials, secret } = grant.value;
  const secrets = [credentials.secretAccessKey, credentials.sessionToken, credentials.accessKeyId, secret];
  for (const value of secrets) if (value !== undefined) await context.host?.secret(value);
  return grant;
}

/** The folder given, or the stack's path below the checkout. */
export const stackDirectory = (context: CliContext, grant: GrantAnswer, given: string | undefined): string =>
  given === undefined
    ? resolve(context.env.GITHUB_WORKSPACE ?? context.env.CI_PROJECT_DIR ?? context.cwd, grant.path)
    : resolve(context.cwd, given);

/** Runs Terraform in the stack's folder with the grant's credentials; an exit code other than 0 is a problem, an interruption too. */
export async function runTerraform(job: StackJob, args: readonly string[]): Promise<Result<void, Problem>> {
  const before = job.interruption.by;
  if (before !== undefined) return err(interrupted(before));
  const exit = await terraformExitCode(job, args);
  if (!exit.ok) return exit;
  // Terraform may end well all the same; what would come next must not begin.
  const { by } = job.interruption;
  if (by !== undefined) return err(interrupted(by));
  return exit.value === 0 ? ok(undefined) : err(terraformFailed(job.terraform, args[0] ?? '', exit.value));
}

/** The same, answering the exit code; standard output goes to `stdoutFd` where one is given, and `watch` hears what it wants. */
export async function terraformExitCode(
  { context, grant, directory, terraform, interruption }: StackJob,
  args: readonly string[],
  output: Pick<ChildRequest, 'stdoutFd' | 'watch'> = {},
): Promise<Result<number, Problem>> {
  context.host?.terraformBegins(args[0] ?? '', directory);
  const exit = await runWithCredentials({
    command: terraform,
    args,
    cwd: directory,
    env: { ...context.env, TF_IN_AUTOMATION: '1', TF_INPUT: '0' },
    source: { region: grant.region, current: async () => ok(grant.credentials) },
    ...output,
    onTerminal: context.onTerminal === true,
    onSecret: async (value) => context.host?.secret(value),
    onSignal: (signal) => {
      interruption.by ??= signal;
    },
  });
  context.host?.terraformEnded();
  return exit;
}

const terraformFailed = (terraform: string, verb: string, code: number): Problem =>
  problem('outside-failed', {
    rule: 'ci.terraform-failed',
    message: text(
      `\`${terraform} ${verb}\` ended with exit code ${code}.`,
      `\`${terraform} ${verb}\` が終了コード ${code} で終了しました。`,
    ),
    remedy: text('Its output above says why.', '原因は上の出力を確認してください。'),
  });
