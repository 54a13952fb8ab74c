import type { JobFacts } from './plan-record.ts';

/** Which pull request of which repository holds a stack. */
export interface LockHolder {
  readonly issuer: string;
  readonly repositoryId: string;
  readonly pullRequest: number;
}

/** Whether a plan is of the pull request that holds the stack. */
export const isHeldBy = (
  lock: LockHolder,
  { issuer, repositoryId, pullRequest }: Pick<JobFacts, 'issuer' | 'repositoryId' | 'pullRequest'>,
): boolean =>
  lock.issuer === issuer && lock.repositoryId === repositoryId && lock.pullRequest === pullRequest;
