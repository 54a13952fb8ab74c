import { type Stack, stackByName } from '#accounts/core';
import { listPlans, type StoredPlan, showPlan } from '#changes';
import { err, ok, type Problem, parseStackName, type Result } from '#core-values';
import { shownReview } from '#plan/core';
import { siteOfHost } from '../api/host.ts';
import type { AnswerOf, GitHubRepository } from '../api/port.ts';
import {
  type DriftFacts,
  driftEnded,
  driftIssueOf,
  driftMarker,
  driftReturned,
  hasDrifted,
} from '../core/drift.ts';
import { languageOf, type PullRequestRoom, stacksAt } from '../pull-request/room.ts';
import type { Sync } from '../subjects/subject.ts';

type Issue = AnswerOf<'GET /repos/{owner}/{repo}/issues'>[number];

/** Keeps the one issue of a stack: open while the newest plan of the default branch finds a difference, closed when it finds none. */
export const driftSync =
  (room: PullRequestRoom): Sync =>
  async ({ at, key }, signal) => {
    const name = parseStackName(key);
    const stack = name && stackByName(room.changes.organization(), name);
    if (stack === undefined || !stacksAt(room, at).includes(stack)) return ok({ isOpen: false });
    const repository = await room.connections.repository(at);
    if (!repository.ok) return repository;
    const facts = await driftFacts(room, repository.value, stack);
    if (!facts.ok) return facts;
    const drifted = hasDrifted(facts.value);
    if (drifted === undefined || signal.aborted) return ok({ isOpen: false });
    const shown = await showDrift(repository.value, facts.value, drifted);
    return shown.ok ? ok({ isOpen: false }) : shown;
  };

const MOST_PLANS = 50;

async function driftFacts(
  room: PullRequestRoom,
  { owner, name, host, defaultBranch }: GitHubRepository,
  stack: Stack,
): Promise<Result<DriftFacts, Problem>> {
  const { issuer, id } = stack.repository;
  const plans = await listPlans(room.changes.db, {
    stack: stack.name,
    issuer: issuer.name,
    repositoryId: id,
    limit: MOST_PLANS,
  });
  const language = languageOf([stack]);
  const facts = {
    stack: stack.name,
    environment: stack.account.environment,
    team: stack.approval.team,
    language,
  };
  const plan = plans.find((one) => one.job.ref === `refs/heads/${defaultBranch}` && tells(one));
  if (plan === undefined) return ok(facts);
  const details = await showPlan(room.changes, plan.id, language);
  if (!details.ok) return err(details.error);
  const review = shownReview.safeParse(details.value.review);
  const runUrl = `${siteOfHost(host)}/${owner}/${name}/actions/runs/${plan.job.runId}`;
  return ok({
    ...facts,
    plan: {
      id: plan.id,
      details: details.value,
      ...(review.success ? { review: review.data } : {}),
      ...(/^[0-9]+$/.test(plan.job.runId) ? { runUrl } : {}),
    },
  });
}

/** A plan of a merge that waits for its apply is no drift; one that was applied, or changed nothing, ends it. */
const tells = ({ job, state }: StoredPlan): boolean =>
  job.event === 'schedule' || state === 'applied' || state === 'no-changes';

async function showDrift(
  repository: GitHubRepository,
  facts: DriftFacts,
  drifted: boolean,
): Promise<Result<void, Problem>> {
  const found = await driftIssue(repository, facts);
  if (!found.ok) return found;
  const issue = found.value;
  if (!drifted) {
    if (issue === undefined || issue.state === 'closed') return ok(undefined);
    // The word first: dying in between, it is said twice rather than never.
    const said = await say(repository, issue, driftEnded[facts.language]);
    return said.ok ? change(repository, issue, { state: 'closed', state_reason: 'completed' }) : said;
  }
  const { title, body } = driftIssueOf(facts);
  if (issue === undefined) {
    const made = await repository.request('POST /repos/{owner}/{repo}/issues', { title, body });
    return made.ok ? ok(undefined) : made;
  }
  const isSame = issue.title === title && (issue.body ?? '').replaceAll('\r\n', '\n').trim() === body.trim();
  if (issue.state === 'open') return isSame ? ok(undefined) : change(repository, issue, { title, body });
  const reopened = await change(repository, issue, { title, body, state: 'open' });
  return reopened.ok ? say(repository, issue, driftReturned[facts.language]) : reopened;
}

/** Ours by its author and its marker; of several the oldest. */
async function driftIssue(
  repository: GitHubRepository,
  { stack }: DriftFacts,
): Promise<Result<Issue | undefined, Problem>> {
  const login = `${repository.app.slug}[bot]`;
  const issues = await repository.all('GET /repos/{owner}/{repo}/issues', {
    creator: login,
    state: 'all',
    sort: 'created',
    direction: 'asc',
  });
  if (!issues.ok) return issues;
  return ok(
    issues.value.find(
      ({ body, user, pull_request }) =>
        pull_request === undefined && user?.login === login && (body ?? '').startsWith(driftMarker(stack)),
    ),
  );
}

async function say(
  repository: GitHubRepository,
  { number }: Issue,
  body: string,
): Promise<Result<void, Problem>> {
  const said = await repository.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    issue_number: number,
    body,
  });
  return said.ok ? ok(undefined) : said;
}

async function change(
  repository: GitHubRepository,
  { number }: Issue,
  changes: {
    readonly title?: string;
    readonly body?: string;
    readonly state?: 'open' | 'closed';
    readonly state_reason?: 'completed';
  },
): Promise<Result<void, Problem>> {
  const changed = await repository.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
    issue_number: number,
    ...changes,
  });
  return changed.ok ? ok(undefined) : changed;
}
