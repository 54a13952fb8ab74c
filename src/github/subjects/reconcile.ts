import type { Organization } from '#accounts/core';
import { type Clock, epochMs, ok, type Problem, type Result } from '#core-values';
import { type Db, inTransaction } from '#platform';
import { hostOfIssuer } from '../api/host.ts';
import type { GitHubConnections, GitHubRepository, RepositoryAt } from '../api/port.ts';
import { connectedApps } from '../store/apps.ts';
import { insertComment } from '../store/comments.ts';
import { commentListed } from '../webhooks/events.ts';
import { markListed, markSubjects } from './queue.ts';
import type { AnySubject, Subject, Synced, Syncs } from './subject.ts';

export interface ReconcilingRoom {
  readonly db: Db;
  readonly clock: Clock;
  readonly organization: () => Organization;
  readonly connections: GitHubConnections;
}

/** The repositories of sekisho.yaml that are on some GitHub, each once: nobody else's are looked at. */
export function configuredRepositories({ stacks }: Organization): readonly RepositoryAt[] {
  const each = new Map<string, RepositoryAt>();
  for (const { repository } of stacks) {
    const host = hostOfIssuer(repository.issuer.url);
    if (host !== undefined) each.set(`${host} ${repository.id}`, { host, id: repository.id });
  }
  return [...each.values()];
}

/** Makes every configured repository of a connected host dirty: what no webhook told is found within minutes. */
export async function markConfigured({ db, clock, organization }: ReconcilingRoom): Promise<void> {
  const hosts = new Set((await connectedApps(db)).map(({ host }) => host));
  const subjects = configuredRepositories(organization())
    .filter(({ host }) => hosts.has(host))
    .map((at): AnySubject => ({ kind: 'repository', at, key: '' }));
  await inTransaction(db, (tx) => markSubjects(tx, subjects, clock.now()));
}

/** What is open is looked at so often although GitHub says that nothing changed: teams and rules change without a word. */
const STALE_MS = 1_800_000;
/** A command that is found so late is not followed any more: whoever wrote it has gone on. */
const COMMANDS_MS = 900_000;
const MOST_OPEN = 3_000;
const MOST_COMMENTS = 1_000;

/** Brings one subject up to date, whatever its kind; what sekisho.yaml does not name, or no App reaches, is left alone. */
export const syncAny =
  (on: ReconcilingRoom, syncs: Syncs) =>
  async (subject: AnySubject, signal: AbortSignal): Promise<Result<Synced, Problem>> => {
    const { kind, at } = subject;
    const isOurs = configuredRepositories(on.organization()).some(
      ({ host, id }) => host === at.host && id === at.id,
    );
    const isReached = (await connectedApps(on.db)).some(({ host }) => host === at.host);
    if (!isOurs || !isReached) return ok({ isOpen: false });
    return kind === 'repository' ? syncRepository(on, at) : syncs[kind](withKind(subject, kind), signal);
  };

const withKind = <Kind extends string>(subject: AnySubject, kind: Kind): Subject<Kind> => ({
  ...subject,
  kind,
});

async function syncRepository(on: ReconcilingRoom, at: RepositoryAt): Promise<Result<Synced, Problem>> {
  const repository = await on.connections.repository(at);
  // The App is not there: no failure, and `sekisho github check` says so.
  if (!repository.ok)
    return NOT_THERE.has(repository.error.reasons[0].rule) ? ok({ isOpen: false }) : repository;
  const pulls = await repository.value.all('GET /repos/{owner}/{repo}/pulls', { state: 'open' }, MOST_OPEN);
  if (!pulls.ok) return pulls;
  const listed = pulls.value.map(({ number, updated_at, head }) => ({
    number: String(number),
    version: `${updated_at} ${head.sha}`,
  }));
  const now = on.clock.now();
  await inTransaction(on.db, (tx) => markListed(tx, at, listed, { now, staleAt: epochMs(now - STALE_MS) }));
  const commands = await findCommands(on, repository.value);
  return commands.ok ? ok({ isOpen: true }) : commands;
}

const NOT_THERE = new Set(['github.not-connected', 'github.not-installed']);

/** Commands of the last minutes of which no webhook told. Only what was never edited: what was first written counts. */
async function findCommands(
  { db, clock }: ReconcilingRoom,
  repository: GitHubRepository,
): Promise<Result<void, Problem>> {
  const now = clock.now();
  const since = new Date(now - COMMANDS_MS);
  const comments = await repository.all(
    'GET /repos/{owner}/{repo}/issues/comments',
    { since: since.toISOString().replace(/\.\d{3}Z$/, 'Z') },
    MOST_COMMENTS,
  );
  if (!comments.ok) return comments;
  const found = comments.value
    .filter(
      ({ created_at, updated_at }) => created_at === updated_at && Date.parse(created_at) >= since.getTime(),
    )
    .map((comment) => commentListed(repository.id, comment))
    .filter((comment) => comment !== undefined);
  if (found.length === 0) return ok(undefined);
  await inTransaction(db, async (tx) => {
    const { host, id } = repository;
    const fresh: AnySubject[] = [];
    for (const comment of found) {
      if (await insertComment(tx, host, comment, now))
        fresh.push({ kind: 'pull-request', at: { host, id }, key: comment.number });
    }
    await markSubjects(tx, fresh, now);
  });
  return ok(undefined);
}
