import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type DenialAnswer, type ReportRequest, reportAnswer } from '#changes/core';
import { ok, type Problem, type Result, type Text, text } from '#core-values';
import type { DeniedCall } from '#credentials/core';
import { type StackJob, terraformExitCode } from './ci-job.ts';
import { grantClient, serverUrl } from './clients.ts';
import type { CliContext } from './context.ts';
import { inPrivateFolder } from './private-folder.ts';
import { answerOf } from './server-answer.ts';
import { untilAnswered } from './until-answered.ts';

/** Where the state is after an apply: Terraform in the job's folder knows, nobody does, or it was not touched. */
export type StateAfter = 'pulled' | 'unknown' | 'untouched';

export interface AfterApply {
  readonly exitCode: number;
  readonly state: StateAfter;
  /** Calls that AWS refused, where the apply failed. */
  readonly denials?: readonly DeniedCall[];
}

export interface ReportedApply {
  readonly outcome: ReportRequest['outcome'];
  /** Why each call was refused, and what to do about it. */
  readonly denials: readonly DenialAnswer[];
}

/**
 * Tells the server what became of an apply, again and again while it does not answer, and answers what was said. Without a
 * lineage and serial, the server goes on knowing those of before.
 */
export async function reportApply(
  job: StackJob,
  { exitCode, state: stateAfter, denials = [] }: AfterApply,
): Promise<Result<ReportedApply, Problem>> {
  const { context, grant } = job;
  const state = stateAfter === 'pulled' ? await pulledState(job) : undefined;
  if (stateAfter !== 'untouched' && state === undefined)
    context.stderr.write(`${STATE_UNREAD[context.language]}\n`);
  const outcome = exitCode === 0 ? 'applied' : 'failed';
  const request = { outcome, exitCode, ...(state === undefined ? {} : { state }) } satisfies ReportRequest;
  const client = grantClient(context, grant.secret ?? '');
  const report = async (body: ReportRequest): Promise<Result<ReportedApply, Problem>> => {
    const taken = await untilAnswered(() => client.post('/v1/reports', body), patience(context));
    const answer = answerOf(taken, reportAnswer, serverUrl(context));
    return answer.ok ? ok({ outcome, denials: answer.value.denials ?? [] }) : answer;
  };
  if (outcome === 'applied' || denials.length === 0) return report(request);
  const told = await report({ ...request, denials: [...denials] });
  // That the apply failed must arrive, whatever a server makes of the rest.
  return told.ok || told.error.code !== 'bad-input' ? told : report(request);
}

/** For `untilAnswered`: a job that says nothing for minutes looks hung. */
export const patience =
  ({ stderr, language }: CliContext) =>
  (pauseMs: number): Promise<unknown> => {
    stderr.write(`${noAnswer(pauseMs / 1_000)[language]}\n`);
    return delay(pauseMs);
  };

const stateHead = z.object({ lineage: z.string().min(1).max(256), serial: z.int().nonnegative() });

/** A type and not an interface, so that it is JSON. */
type StateHead = z.infer<typeof stateHead>;

/** Lineage and serial after the apply; nothing where the state cannot be pulled. */
const pulledState = (job: StackJob): Promise<StateHead | undefined> =>
  // The state holds secrets in clear.
  inPrivateFolder(job.context, 'state', async (folder) => {
    const path = join(folder, 'state');
    const file = await open(path, 'wx+', 0o600);
    try {
      const exit = await terraformExitCode(job, ['state', 'pull'], { stdoutFd: file.fd });
      return exit.ok && exit.value === 0 ? stateHeadOf(await readFile(path, 'utf8')) : undefined;
    } finally {
      await file.close();
    }
  });

function stateHeadOf(words: string): StateHead | undefined {
  try {
    return stateHead.safeParse(JSON.parse(words)).data;
  } catch {
    return undefined;
  }
}

const noAnswer = (seconds: number): Text =>
  text(
    `The Sekisho server does not answer; trying again in ${seconds} s…`,
    `Sekisho サーバーから応答がありません。${seconds} 秒後に再試行します…`,
  );

const STATE_UNREAD = text(
  'The state cannot be read, so its serial is not reported. The next plan’s review says where it differs from the last one known.',
  'state を読み取れないため、serial は報告しません。最後に把握した serial と異なる場合は、次のプランのレビューで指摘されます。',
);
