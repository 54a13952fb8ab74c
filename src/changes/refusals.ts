import type { Organization } from '#accounts/core';
import { type AuditBound, type AuditEntry, appendAudit, appendBounded } from '#audit';
import { err, type Problem, type Result } from '#core-values';
import type { WorkloadIdentity } from '#credentials';
import type { ChangesRoom, Refusal } from './room.ts';

/** Enough to see who it was and what they wanted: everybody with a repository at the issuer can get a token (docs/adr/0024). */
const STRANGERS_PER_HOUR = 100;
const REPOSITORY_PER_HOUR = 10;

/**
 * Refuses a job and records it, in a transaction of its own. Entries about repositories that no stack is built from are bounded:
 * the refusal names none when it was only counted.
 */
export async function refuseJob(
  room: ChangesRoom,
  job: WorkloadIdentity,
  why: Problem,
  entry: AuditEntry,
): Promise<Result<never, Refusal>> {
  const auditEntry = await room.inTransaction((tx) =>
    isStranger(room.organization(), job) ? appendBounded(tx, entry, boundsOf(job)) : appendAudit(tx, entry),
  );
  return err({ problem: why, ...(auditEntry === undefined ? {} : { auditEntry }) });
}

const isStranger = ({ stacks }: Organization, { issuer, repositoryId }: WorkloadIdentity): boolean =>
  !stacks.some(({ repository }) => repository.issuer.url === issuer && repository.id === repositoryId);

const boundsOf = ({ issuer, repositoryId }: WorkloadIdentity): readonly AuditBound[] => [
  { topic: `refusals of strangers of ${issuer}`, mostPerHour: STRANGERS_PER_HOUR },
  { topic: `refusals of repository ${repositoryId} of ${issuer}`, mostPerHour: REPOSITORY_PER_HOUR },
];
