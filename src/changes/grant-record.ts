import type { Grant } from '#credentials';
import type { GrantRecord } from './core/api.ts';

const time = (atMs: number): string => new Date(atMs).toISOString();

/** A grant as people see it; the grant itself holds no credential either. */
export const grantRecordOf = (grant: Grant): GrantRecord => ({
  id: grant.id,
  purpose: grant.purpose,
  status: grant.status,
  stack: grant.stack,
  account: grant.account,
  region: grant.region,
  role: grant.roleArn,
  ...(grant.plan === undefined ? {} : { plan: grant.plan.id }),
  approvers: [...grant.approvers],
  repository: { id: grant.job.repositoryId, name: grant.job.repositoryName },
  commit: grant.job.commit,
  run: { id: grant.job.runId, attempt: grant.job.runAttempt },
  actor: { id: grant.job.actorId, name: grant.job.actorName },
  requestedAt: time(grant.requestedAt),
  ...(grant.issuedAt === undefined ? {} : { issuedAt: time(grant.issuedAt) }),
  ...(grant.expiresAt === undefined ? {} : { expiresAt: time(grant.expiresAt) }),
  ...(grant.endedAt === undefined ? {} : { endedAt: time(grant.endedAt) }),
  ...(grant.ending === undefined ? {} : { ending: grant.ending }),
  ...(grant.revocation === undefined ? {} : { revocation: grant.revocation }),
});
