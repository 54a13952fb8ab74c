import type { IssuerKind, IssuerName, WorkflowRef } from '#accounts/core';
import type { EpochMs } from '#core-values';

/** What a grant is asked for. */
export const PURPOSES = ['plan', 'apply', 'operate'] as const;

export type Purpose = (typeof PURPOSES)[number];

/**
 * A CI job as its OIDC token proves it, claim by claim; the token's `sub` is never read, because its shape can be
 * changed by the repository (attack 6). Trust goes by ids; names are for people.
 */
export interface WorkloadIdentity {
  /** The token's `iss`. */
  readonly issuer: string;
  readonly issuerName: IssuerName;
  readonly kind: IssuerKind;
  readonly repositoryId: string;
  readonly ownerId: string;
  readonly repositoryName: string;
  /** In full: `refs/heads/main`, `refs/tags/v1`, `refs/pull/7/merge`. */
  readonly ref: string;
  readonly commit: string;
  readonly workflowRef: WorkflowRef;
  /** The commit of the workflow file; absent where the issuer does not say. */
  readonly workflowSha?: string;
  /** GitHub's event name, GitLab's pipeline source. */
  readonly event: string;
  readonly environment?: string;
  readonly runId: string;
  readonly runNumber: number;
  /** What `runNumber` counts within: GitHub counts for each workflow file. Absent where the issuer does not say. */
  readonly runSeries?: string;
  readonly runAttempt: number;
  /** GitHub's check run id, GitLab's job id. */
  readonly job?: string;
  readonly actorId: string;
  readonly actorName: string;
  /** Absent where the issuer does not say. */
  readonly refProtected?: boolean;
  readonly jti: string;
  readonly expiresAt: EpochMs;
  /** Lower-case hexadecimal: how logs and the audit name the token. */
  readonly tokenSha256: string;
}
