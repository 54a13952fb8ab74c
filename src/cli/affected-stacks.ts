import type { z } from 'zod';
import { jobStacksAnswer } from '#changes/core';
import { err, ok, type Problem, parseStackName, problem, type Reason, type Result, text } from '#core-values';
import {
  type Affected,
  affectedStacks,
  type Compared,
  type ConfiguredStack,
  changedFiles,
  comparedCommits,
  everyStack,
  type Git,
  gitIn,
  type Repository,
  readCommits,
  repositoryReader,
} from '#repository';
import { comparisonOfRun } from './ci-event.ts';
import { jobClient, serverUrl } from './clients.ts';
import type { CliContext } from './context.ts';
import { answerOf } from './server-answer.ts';

export interface AffectedOrder {
  readonly base?: string;
  readonly head: string;
  readonly all: boolean;
}

export type JobStack = z.infer<typeof jobStacksAnswer>['stacks'][number];

export interface AffectedReport {
  readonly affected: Affected;
  /** All of this repository, by name. */
  readonly stacks: ReadonlyMap<string, JobStack>;
  readonly compared: Compared;
  /** Configuration that does not parse, after the change. */
  readonly faults: readonly Reason[];
}

/** Asks the server for the stacks of the job's repository, and the checkout for what changed. */
export async function affectedReport(
  context: CliContext,
  order: AffectedOrder,
): Promise<Result<AffectedReport, Problem>> {
  const git = gitIn(context.cwd, context.env);
  const comparison = await comparisonOf(context, order);
  if (!comparison.ok) return comparison;
  // Before the server is asked: its answer uses up one of GitLab's tokens.
  const compared = await comparedCommits(git, order.head, comparison.value);
  if (!compared.ok) return compared;
  const stacks = await jobStacks(context);
  if (!stacks.ok) return stacks;
  const judged = await judge(git, compared.value, stacks.value.map(configured));
  if (!judged.ok) return judged;
  return ok({
    ...judged.value,
    compared: compared.value,
    stacks: new Map(stacks.value.map((stack) => [stack.name, stack])),
  });
}

async function comparisonOf(context: CliContext, { base, all }: AffectedOrder) {
  if (all && base !== undefined) return err(BASE_AND_ALL);
  if (all) return ok(undefined);
  return base === undefined ? comparisonOfRun(context) : ok({ kind: 'branch', base } as const);
}

async function jobStacks(context: CliContext): Promise<Result<readonly JobStack[], Problem>> {
  const client = jobClient(context);
  if (!client.ok) return client;
  const answer = answerOf(await client.value.get('/v1/job-stacks'), jobStacksAnswer, serverUrl(context));
  if (!answer.ok) return answer;
  // Silence would look like “nothing is affected”.
  return answer.value.stacks.length === 0 ? err(NO_STACKS) : ok(answer.value.stacks);
}

function configured({ name, path, dependsOn, alsoAffectedBy }: JobStack): ConfiguredStack {
  const parsed = [name, ...dependsOn].flatMap((words) => parseStackName(words) ?? []);
  const [own, ...others] = parsed;
  if (own === undefined) throw new Error('The schema let through what is no name of a stack.');
  return { name: own, path, dependsOn: others, ...(alsoAffectedBy !== undefined && { alsoAffectedBy }) };
}

async function judge(
  git: Git,
  compared: Compared,
  stacks: readonly ConfiguredStack[],
): Promise<Result<Pick<AffectedReport, 'affected' | 'faults'>, Problem>> {
  const commits = compared.kind === 'commits' ? [compared.after, compared.before] : [compared.after];
  const files = await readCommits(git, commits);
  if (!files.ok) return files;
  const read = repositoryReader();
  const sides: Repository[] = [];
  for (const side of files.value) {
    const repository = await read(side, { named: stacks.map(({ path }) => path) });
    if (!repository.ok) return repository;
    sides.push(repository.value);
  }
  const [after, before] = sides;
  if (after === undefined) throw new Error('No commit was read.');
  const faults = [...after.modules.values()].flatMap((module) => module.faults);
  if (before === undefined || compared.kind !== 'commits')
    return ok({ affected: everyStack(stacks, after), faults });
  const changed = await changedFiles(git, compared.before, compared.after);
  if (!changed.ok) return changed;
  return ok({ affected: affectedStacks({ stacks, before, after, changedFiles: changed.value }), faults });
}

const BASE_AND_ALL: Problem = problem('bad-input', {
  rule: 'ci.base-and-all',
  message: text('--all and --base do not go together.', '--all と --base は同時に指定できません。'),
  remedy: text(
    'Give --base REF for what changed since, or --all for every stack.',
    '差分を対象とするなら --base REF、すべてのスタックを対象とするなら --all を指定してください。',
  ),
});

const NO_STACKS: Problem = problem('not-found', {
  rule: 'ci.no-stacks',
  message: text(
    'The server’s sekisho.yaml has no stack of this repository.',
    'サーバーの sekisho.yaml に、このリポジトリのスタックがありません。',
  ),
  remedy: text(
    'Add its stacks under `stacks`; `repository.id` and `ownerId` must be this repository’s (`gh api repos/OWNER/NAME --jq .id,.owner.id`).',
    '`stacks` にスタックを追加してください。`repository.id` と `ownerId` はこのリポジトリのものを指定します(`gh api repos/OWNER/NAME --jq .id,.owner.id`)。',
  ),
});
