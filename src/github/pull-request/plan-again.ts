import { type Person, stackByName } from '#accounts/core';
import {
  type AskedAgain,
  type AskingAgain,
  askAgain,
  notStarted,
  planToAskAgain,
  refuseAgain,
  type StoredPlan,
} from '#changes';
import {
  type AuditEntryId,
  err,
  ok,
  type PlanId,
  type Problem,
  problem,
  type Reason,
  type Result,
  text,
} from '#core-values';
import { hostOfIssuer } from '../api/host.ts';
import type { GitHubRepository } from '../api/port.ts';
import type { PullRequestFacts } from '../core/facts.ts';
import { commitOf, type Dispatching, startFor, whyNotStarted } from './commands/dispatch.ts';
import type { CommentScene } from './commands/handle-comment.ts';
import { readPull } from './pull.ts';
import { readFacts } from './read-facts.ts';
import { type PullRequestRoom, stacksAt } from './room.ts';

export interface PlannedAgain {
  readonly asked: AskedAgain;
  readonly started: boolean;
}

interface Refusal {
  readonly problem: Problem;
  readonly auditEntry?: AuditEntryId;
}

/**
 * Has a new plan made in the place of one that nothing comes of any more, as `/sekisho plan` on its pull request does; after the merge as
 * `/sekisho apply`. Only for the commit that the plan is of: who asks for it has seen no other.
 */
export async function planAgain(
  room: PullRequestRoom,
  { plan: id, person }: { readonly plan: PlanId; readonly person: Person },
): Promise<Result<PlannedAgain, Refusal>> {
  const found = await planToAskAgain(room.changes, id);
  if (!found.ok) return err({ problem: found.error });
  const { plan, asked } = found.value;
  if (asked !== undefined) return ok({ asked, started: false });
  const scene = await sceneOf(room, plan);
  if (!scene.ok) return err({ problem: scene.error });
  const { facts, repository } = scene.value;
  const dispatching: Dispatching = {
    ...{ verb: facts.status === 'merged' ? 'apply' : 'plan', person },
    stacks: facts.stacks.filter(({ name }) => name === plan.stack),
  };
  const asking = {
    ...{ person, where: `pull-request:${repository.host}/${repository.id}#${facts.number}` },
    evidence: { command: dispatching.verb, stacks: [plan.stack], commit: commitOf(facts), by: 'page' },
  };
  const [first, ...more] = whyNot(room, plan, facts, dispatching);
  if (first !== undefined) {
    const auditEntry = await refuseAgain(room.changes, { ...asking, plan }, [first, ...more]);
    return err({ problem: problem('denied', first, ...more), auditEntry });
  }
  return start(room, scene.value, dispatching, { ...asking, plan: id });
}

/** Once it is written down that it was asked for. */
async function start(
  room: PullRequestRoom,
  scene: CommentScene,
  dispatching: Dispatching,
  asking: AskingAgain,
): Promise<Result<PlannedAgain, Refusal>> {
  const noted = await askAgain(room.changes, asking);
  if (!noted.ok) return err({ problem: noted.error });
  const { asked, isNew } = noted.value;
  if (!isNew) return ok({ asked, started: false });
  const started = await startFor(room, scene, dispatching);
  if (started.ok) return ok({ asked, started: true });
  await notStarted(room.changes, asking);
  return err({ problem: started.error });
}

function whyNot(
  room: PullRequestRoom,
  plan: StoredPlan,
  facts: PullRequestFacts,
  dispatching: Dispatching,
): readonly Reason[] {
  if (facts.failedLookups.length > 0) return facts.failedLookups;
  const isNewest = dispatching.stacks.some((stack) => stack.plan?.id === plan.id);
  return isNewest ? whyNotStarted(room, facts, dispatching) : [NOT_THE_NEWEST];
}

/** The plan's pull request as GitHub has it now. */
async function sceneOf(room: PullRequestRoom, plan: StoredPlan): Promise<Result<CommentScene, Problem>> {
  const stack = stackByName(room.changes.organization(), plan.stack);
  const isTrusted =
    stack?.repository.issuer.name === plan.job.issuer && stack.repository.id === plan.job.repositoryId;
  const host = stack && hostOfIssuer(stack.repository.issuer.url);
  if (!isTrusted || host === undefined) return err(NO_PULL_REQUEST);
  const at = { host, id: stack.repository.id };
  const repository = await room.connections.repository(at);
  if (!repository.ok) return repository;
  const number = await numberOf(repository.value, plan);
  if (!number.ok) return number;
  const pull = await readPull(repository.value, number.value);
  if (!pull.ok) return pull;
  if (pull.value === undefined) return err(NO_PULL_REQUEST);
  const stacks = stacksAt(room, at);
  const read = await readFacts(room, repository.value, pull.value, stacks);
  return read.ok ? ok({ repository: repository.value, facts: read.value.facts, stacks }) : read;
}

/** A plan of the default branch is of the pull request whose merge made its commit. */
async function numberOf(repository: GitHubRepository, { job }: StoredPlan): Promise<Result<number, Problem>> {
  if (job.pullRequest !== undefined) return ok(job.pullRequest);
  if (job.event !== 'push') return err(NO_PULL_REQUEST);
  const pulls = await repository.all('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {
    commit_sha: job.commit,
  });
  if (!pulls.ok) return pulls;
  const merged = pulls.value.find(
    ({ merged_at, merge_commit_sha }) => merged_at !== null && merge_commit_sha === job.commit,
  );
  return merged === undefined ? err(NO_PULL_REQUEST) : ok(merged.number);
}

const NO_PULL_REQUEST: Problem = problem('conflict', {
  rule: 'again.no-pull-request',
  message: text(
    'No pull request of a connected GitHub is known for this plan: Sekisho cannot have it run again.',
    'このプランに対応する GitHub のプルリクエストがわからないため、Sekisho からは再実行できません。',
  ),
  remedy: text(
    'Run its CI job again by hand: the new plan appears here.',
    'CI のジョブを手動で再実行してください。新しいプランがここに表示されます。',
  ),
});

const NOT_THE_NEWEST: Reason = {
  rule: 'again.not-the-newest',
  message: text(
    'The pull request has a newer commit or plan than this one; nothing was started.',
    'プルリクエストに、より新しいコミットまたはプランがあるため、実行を開始しませんでした。',
  ),
  remedy: text(
    'Look at the pull request, and decide about its newest plan.',
    'プルリクエストを確認し、最新のプランで判断してください。',
  ),
};
