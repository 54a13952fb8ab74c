import type { Stack } from '#accounts/core';
import type { WorkloadIdentity } from '#credentials';
import type { JobFacts } from './core/plan-record.ts';

/** What a plan keeps of the job that made it, and what the job that applies is compared by. */
export const jobFacts = (stack: Stack, identity: WorkloadIdentity): JobFacts => ({
  issuer: stack.repository.issuer.name,
  repositoryId: identity.repositoryId,
  repositoryName: identity.repositoryName,
  ref: identity.ref,
  commit: identity.commit,
  event: identity.event,
  runId: identity.runId,
  runNumber: identity.runNumber,
  ...(identity.runSeries === undefined ? {} : { runSeries: identity.runSeries }),
  runAttempt: identity.runAttempt,
});
