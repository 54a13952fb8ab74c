import type { Region, RoleArn } from '#accounts/core';
import type { AccountId, EpochMs, Problem, Result, StackName } from '#core-values';
import type { Purpose } from './core/workload-identity.ts';

/** What AWS is asked for: one session of one role. */
export interface SessionRequest {
  /** `revoke`, `policies` and `trail` are the server's own: they are never granted. */
  readonly purpose: Purpose | 'revoke' | 'policies' | 'trail';
  readonly stack: StackName;
  readonly account: AccountId;
  readonly roleArn: RoleArn;
  readonly region: Region;
  readonly sessionName: string;
  readonly sourceIdentity: string;
  readonly tags: Readonly<Record<string, string>>;
  /** An inline session policy in JSON. */
  readonly sessionPolicy: string;
  readonly managedPolicyArns: readonly string[];
  readonly durationSeconds: number;
}

/** The one value that holds credentials. It lives in memory on its way to the job, and nowhere else. */
export interface IssuedSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: EpochMs;
  readonly assumedRoleId: string;
  /** How much of AWS's space for policy and tags is used, where AWS says. */
  readonly packedPolicyPercent?: number;
}

/** Where credentials come from. */
export interface StsPort {
  /** `outside-failed` names the call and the role; `denied` when the session is not of the account and role asked for. */
  issue(request: SessionRequest): Promise<Result<IssuedSession, Problem>>;
}
