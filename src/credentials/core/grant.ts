import type { Region, RoleArn } from '#accounts/core';
import type {
  AccountId,
  EpochMs,
  Fingerprint,
  GrantId,
  PersonName,
  PlanDigest,
  PlanId,
  StackName,
} from '#core-values';
import type { Purpose, WorkloadIdentity } from './workload-identity.ts';

export const GRANT_STATUSES = [
  /** Recorded, and AWS is being asked. */
  'issuing',
  /** Credentials are out. */
  'issued',
  /** AWS issued nothing. */
  'failed',
  /** The server died, or was too slow, while AWS was asked: whatever was issued was never delivered. */
  'abandoned',
  /** The job reported. */
  'finished',
  'expired',
  'revoked',
] as const;

export type GrantStatus = (typeof GRANT_STATUSES)[number];

/** What an apply grant is bound to, besides the job. */
export interface GrantedPlan {
  readonly id: PlanId;
  readonly digest: PlanDigest;
  readonly fingerprint: Fingerprint;
  readonly lineage: string;
  readonly serial: number;
}

/** The job a grant is bound to. */
export type GrantedJob = Pick<
  WorkloadIdentity,
  | 'issuer'
  | 'repositoryId'
  | 'repositoryName'
  | 'commit'
  | 'workflowSha'
  | 'runId'
  | 'runAttempt'
  | 'job'
  | 'actorId'
  | 'actorName'
  | 'tokenSha256'
> & { readonly workflowRef: string };

/** Credentials given once, for one purpose, to one job, for one account. Never holds the credentials themselves. */
export interface Grant {
  readonly id: GrantId;
  readonly purpose: Purpose;
  readonly status: GrantStatus;
  readonly stack: StackName;
  readonly account: AccountId;
  readonly region: Region;
  readonly roleArn: RoleArn;
  /** Present exactly for `apply`. */
  readonly plan?: GrantedPlan;
  readonly approvers: readonly PersonName[];
  readonly job: GrantedJob;
  readonly sessionName: string;
  readonly sourceIdentity: string;
  readonly sessionPolicy: string;
  readonly managedPolicyArns: readonly string[];
  readonly durationSeconds: number;
  readonly requestedAt: EpochMs;
  /** `AROA…:session`, as CloudTrail and `aws:userid` name the session. */
  readonly assumedRoleId?: string;
  readonly issuedAt?: EpochMs;
  readonly expiresAt?: EpochMs;
  readonly endedAt?: EpochMs;
  readonly ending?: string;
  readonly revocation?: 'pending' | 'in-force' | 'lifted';
}
