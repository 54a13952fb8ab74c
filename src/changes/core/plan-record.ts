import type {
  AccountId,
  Environment,
  EpochMs,
  Fingerprint,
  PersonName,
  PlanDigest,
  PlanId,
  StackName,
} from '#core-values';
import type { PlanState } from './life.ts';

/** A plan as the server keeps it; what it plans is in its review and its sealed file. */
export interface PlanRecord {
  readonly id: PlanId;
  readonly stack: StackName;
  readonly account: AccountId;
  readonly environment: Environment;
  readonly digest: PlanDigest;
  readonly fingerprint: Fingerprint;
  readonly lineage: string;
  readonly serial: number;
  readonly job: JobFacts;
  readonly author: Author;
  readonly state: PlanState;
  readonly uploadedAt: EpochMs;
  /** By the plan file, and never after its upload; absent in plans of before migration 0009. */
  readonly plannedAt?: EpochMs;
  readonly expiresAt: EpochMs;
}

/** The CI job that made or asks for something, by ids; names are for people. */
export interface JobFacts {
  readonly issuer: string;
  readonly repositoryId: string;
  readonly repositoryName: string;
  readonly ref: string;
  readonly commit: string;
  readonly event: string;
  readonly runId: string;
  readonly runNumber: number;
  /** Within what `runNumber` counts; absent where nobody said. */
  readonly runSeries?: string;
  readonly runAttempt: number;
  /**
   * The pull request that was planned. Proven by the token's ref for jobs of pull requests, and by our own record for runs that our App
   * started; of other runs of `workflow_dispatch` only the job's word, for showing and for keeping apart what belongs apart, never for trust.
   */
  readonly pullRequest?: number;
  /** The commit of the pull request that was planned, where it is known; the job's own word like `pullRequest`. */
  readonly headCommit?: string;
}

/** Who caused the run that made the plan. */
export interface Author {
  /** The issuer's id of the actor. */
  readonly id: string;
  readonly name: string;
  /** The person of `sekisho.yaml` with that id; absent for somebody the configuration does not know. */
  readonly person?: PersonName;
}
