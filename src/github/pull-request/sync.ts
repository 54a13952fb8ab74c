import type { Stack } from '#accounts/core';
import { hearReviews, releaseStackLocks } from '#changes';
import { type Language, ok, type Problem, type Result } from '#core-values';
import type { GitHubRepository, RepositoryAt } from '../api/port.ts';
import { type CheckRun, checksOf } from '../core/checks/index.ts';
import { checksOfQueue } from '../core/checks/queue.ts';
import { COMMENT_MARKER, commentOf } from '../core/comment/index.ts';
import { deploymentsOf } from '../core/deployments.ts';
import type { PullRequestFacts } from '../core/facts.ts';
import { type Situation, situationOf } from '../core/situation.ts';
import { commentsToHandle } from '../store/comments.ts';
import { keepShownHead } from '../store/shown-heads.ts';
import type { Sync } from '../subjects/subject.ts';
import { handleComment } from './commands/handle-comment.ts';
import { type Pull, readPull } from './pull.ts';
import { type Queued, queuedCommits } from './queued-commits.ts';
import { type ReadFacts, readFacts } from './read-facts.ts';
import { type PullRequestRoom, stacksAt } from './room.ts';
import { showChecks } from './show-checks.ts';
import { ownComments, showComment } from './show-comment.ts';
import { showDeployments } from './show-deployments.ts';

/** Follows what people asked for in comments, then makes the pull request show how things stand. */
export const pullRequestSync =
  (room: PullRequestRoom): Sync =>
  async ({ at, key }, signal) => {
    const number = Number(key);
    const stacks = stacksAt(room, at);
    if (stacks.length === 0 || !Number.isSafeInteger(number)) return ok({ isOpen: false });
    const repository = await room.connections.repository(at);
    if (!repository.ok) return repository;
    const pull = await readPull(repository.value, number);
    if (!pull.ok) return pull;
    if (pull.value === undefined) return ok({ isOpen: false });
    await hear(room, pull.value, stacks);
    const read = await readFacts(room, repository.value, pull.value, stacks);
    if (!read.ok) return read;
    const comments = await commentsToHandle(room.changes.db, at, key);
    for (const comment of comments) {
      if (signal.aborted) break;
      const handled = await handleComment(
        room,
        { repository: repository.value, facts: read.value.facts, stacks },
        comment,
      );
      if (!handled.ok) return handled;
    }
    const now = comments.length === 0 ? read : await readFacts(room, repository.value, pull.value, stacks);
    if (!now.ok) return now;
    if (signal.aborted) return ok({ isOpen: true });
    const shown = await show(room, repository.value, { pull: pull.value, stacks }, now.value, signal);
    return shown.ok ? ok({ isOpen: isOpen(room, pull.value, now.value.facts) }) : shown;
  };

/** What was learned of the pull request moves plans and frees stacks, before anything is shown. */
async function hear({ changes }: PullRequestRoom, pull: Pull, [stack]: readonly Stack[]): Promise<void> {
  if (stack === undefined) return;
  const { issuer, id: repositoryId } = stack.repository;
  const of = { issuer: issuer.name, repositoryId, pullRequest: pull.number };
  if (pull.state !== 'open')
    await releaseStackLocks(changes, { ...of, how: pull.merged ? 'merged' : 'closed' });
  await hearReviews(changes, of);
}

async function show(
  room: PullRequestRoom,
  repository: GitHubRepository,
  { pull, stacks }: { readonly pull: Pull; readonly stacks: readonly Stack[] },
  { facts, files, judged }: ReadFacts,
  signal: AbortSignal,
): Promise<Result<void, Problem>> {
  const commented = await showOwnComment(room, repository, facts);
  if (!commented.ok) return commented;
  const deployed = await showDeployments(repository, deploymentsOf(facts), signal);
  if (!deployed.ok || facts.status === 'closed') return deployed;
  const checks = checksOf(facts, files);
  if (facts.status === 'merged') return showMerged(repository, pull, checks, signal);
  const checked = await showChecks(repository, facts.head, checks, signal);
  if (!checked.ok) return checked;
  return showQueued(room, repository, { pull, stacks, checks, language: facts.language, judged }, signal);
}

/**
 * What became of it, on the checks that its head carries already; what is still under way stays as it was when it was merged. GitHub keeps checks by
 * commit, so an open pull request of the same commit for the same branch shows its own there, which it may be required to pass.
 */
async function showMerged(
  repository: GitHubRepository,
  { head, base }: Pull,
  checks: readonly CheckRun[],
  signal: AbortSignal,
): Promise<Result<void, Problem>> {
  const open = await repository.all('GET /repos/{owner}/{repo}/pulls', { state: 'open' });
  if (!open.ok) return open;
  if (open.value.some((other) => other.head.sha === head.sha && other.base.ref === base.ref))
    return ok(undefined);
  const settled = checks.filter(({ status }) => status === 'completed');
  return showChecks(repository, head.sha, settled, signal, 'known');
}

/** In a merge queue the same is required of the queue's commit. */
async function showQueued(
  { blobs }: PullRequestRoom,
  repository: GitHubRepository,
  about: Omit<Queued, 'externalId'> & { readonly checks: readonly CheckRun[]; readonly language: Language },
  signal: AbortSignal,
): Promise<Result<void, Problem>> {
  const { checks, language } = about;
  const [first] = checks;
  if (first === undefined) return ok(undefined);
  const queued = await queuedCommits(repository, blobs, { ...about, externalId: first.externalId });
  if (!queued.ok) return queued;
  for (const { sha, verdict } of queued.value) {
    // Any branch may be named so, and point to the head of another pull request: what that shows is its own.
    const which = verdict.kind === 'unknown' ? 'new' : 'all';
    const ofQueue = checksOfQueue(checks, verdict, language);
    const shown = await showChecks(repository, sha, ofQueue, signal, which);
    if (!shown.ok) return shown;
  }
  return ok(undefined);
}

/** Nothing is said of a change that concerns no stack, unless something was said before. */
async function showOwnComment(
  { changes: { db } }: PullRequestRoom,
  repository: GitHubRepository,
  facts: PullRequestFacts,
): Promise<Result<void, Problem>> {
  const own = await ownComments(repository, facts.number, COMMENT_MARKER);
  if (!own.ok) return own;
  const [first] = own.value;
  const isUnread = facts.fork && facts.status === 'open';
  const isQuiet = facts.stacks.length === 0 && facts.failedLookups.length === 0 && !isUnread;
  if (first === undefined && isQuiet) return ok(undefined);
  const shown = await showComment(repository, facts.number, first, commentOf(facts));
  if (!shown.ok) return shown;
  if (shown.value === undefined) return ok(undefined);
  const at: RepositoryAt = { host: repository.host, id: repository.id };
  await keepShownHead(db, at, String(facts.number), { head: facts.head, shownAt: new Date(shown.value) });
  return ok(undefined);
}

const DONE: readonly Situation[] = ['applied', 'no-changes', 'overtaken', 'deleted', 'moved'];
/** After that nobody waits for an apply any more: a command or a plan marks it again. */
const FOLLOWED_MS = 7 * 24 * 3_600_000;

function isOpen({ changes: { clock } }: PullRequestRoom, pull: Pull, facts: PullRequestFacts): boolean {
  if (facts.status !== 'merged') return facts.status === 'open';
  const mergedAt = pull.merged_at === null ? 0 : Date.parse(pull.merged_at);
  return (
    clock.now() - mergedAt < FOLLOWED_MS &&
    facts.stacks.some((stack) => !DONE.includes(situationOf(stack, facts)))
  );
}
