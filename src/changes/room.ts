import type { Kysely, Transaction } from 'kysely';
import type { PasskeyParty } from '#accounts';
import type { Organization } from '#accounts/core';
import type {
  AuditEntryId,
  Clock,
  EpochMs,
  PersonName,
  PlanId,
  Problem,
  Result,
  StackName,
} from '#core-values';
import type {
  GrantPolicyPort,
  LeftOut,
  ObservedStep,
  RolePolicyPort,
  StsPort,
  WorkloadIdentity,
} from '#credentials';
import type { Keyring } from '#platform';
import type { PolicySet } from '#policy/core';
import type { BudgetsPort } from './core/budget/index.ts';
import type { ReviewsPort } from './core/review/port.ts';

/** What the use-cases of this room stand on; `main/` puts it together. */
export interface ChangesRoom {
  readonly db: Kysely<object>;
  readonly inTransaction: <T>(work: (tx: Transaction<object>) => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  /** A UUIDv7 behind a prefix: `pln_…`. */
  readonly newId: (prefix: 'pln' | 'apr' | 'rpr' | 'ned', now: EpochMs) => string;
  /** As configured now: it is reloaded while we run, so ask again for every decision. */
  readonly organization: () => Organization;
  readonly policySet: () => PolicySet;
  readonly verifyWorkload: (token: string) => Promise<Result<WorkloadIdentity, Problem>>;
  readonly keyring: Pick<Keyring, 'encrypt' | 'decrypt'>;
  readonly sts: StsPort;
  /** By which the session of a revoked grant is denied in AWS. */
  readonly rolePolicies: RolePolicyPort;
  /** Managed policies of grants whose session policy does not hold what they need. */
  readonly grantPolicies: GrantPolicyPort;
  /** Lets IAM settle. */
  readonly pause: (ms: number) => Promise<void>;
  readonly grantDurations: { readonly planSeconds: number; readonly applySeconds: number };
  readonly planLifeMs: number;
  readonly approvalLifeMs: number;
  /** What the organization's own applies taught of types, for a plan of the stack with these providers and versions. */
  readonly experience?: (about: {
    readonly stack: StackName;
    readonly providers: readonly string[];
  }) => Promise<{ readonly observed: readonly ObservedStep[]; readonly leftOut: readonly LeftOut[] }>;
  /** What the assertions of passkeys are held against. */
  readonly passkeys: PasskeyParty;
  /** What GitHub says of reviews; absent where no GitHub App is set up. */
  readonly reviews?: ReviewsPort;
  /** How users do, by the SLOs; absent where none are kept. */
  readonly budgets?: BudgetsPort;
  /** Tells people at once; the audit log has it already. */
  readonly alarm: (alarm: Alarm) => void;
  /** IANA name, checked when the configuration was loaded: by its clock policies tell the hour. */
  readonly timeZone: string;
}

/** Somebody broke the glass, a job went through it, or a passkey that may have been copied was used. */
export interface Alarm {
  readonly kind: 'break-glass-given' | 'break-glass-used' | 'passkey-suspended';
  readonly plan: PlanId;
  readonly stack: StackName;
  readonly person: PersonName;
}

/** A refusal as it goes to the caller: the problem, and where the audit log has it. */
export interface Refusal {
  readonly problem: Problem;
  readonly auditEntry?: AuditEntryId;
}
