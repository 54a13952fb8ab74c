import type { AccountId, Environment, PersonName, Reason, StackName, TeamName } from '#core-values';

/** The actions of the schema, from the least to the most far-reaching. */
export const POLICY_ACTIONS = ['plan', 'approve', 'apply', 'operate', 'breakGlass', 'administer'] as const;

export type PolicyAction = (typeof POLICY_ACTIONS)[number];

/** With what a person says yes or no; a review is no key, but GitHub's word. */
export const KEY_KINDS = ['ssh', 'passkey', 'review'] as const;

/** A person as the configuration knows them now, not as they were when they approved. */
export interface PersonPrincipal {
  readonly kind: 'person';
  readonly name: PersonName;
  readonly teams: readonly TeamName[];
  readonly administrator: boolean;
  readonly mayBreakGlass: boolean;
}

/** A CI job: the verified claims of its OIDC token. */
export interface WorkloadPrincipal {
  readonly kind: 'workload';
  /** For people to read; never used for trust. */
  readonly id: string;
  readonly issuer: string;
  readonly repositoryId: string;
  readonly workflow: string;
  readonly ref: string;
  readonly event: string;
}

export interface OrganizationResource {
  readonly kind: 'organization';
  readonly name: string;
}

export interface AccountResource {
  readonly kind: 'account';
  readonly id: AccountId;
  readonly name: string;
  readonly environment: Environment;
  readonly organization: string;
}

export interface StackResource {
  readonly kind: 'stack';
  readonly name: StackName;
  readonly owningTeam: TeamName;
  readonly account: AccountResource;
}

/** In the organization's time zone; `timeFacts` makes it. */
export interface TimeFacts {
  readonly epochSeconds: number;
  /** 0 is Monday from 00:00, 167 is Sunday from 23:00. */
  readonly hourOfWeek: number;
  /** 1 is Monday, 7 is Sunday. */
  readonly dayOfWeek: number;
  readonly hourOfDay: number;
  readonly minuteOfHour: number;
}

export interface FreezeFacts {
  readonly active: boolean;
  /** Empty where none is active. */
  readonly name: string;
}

/** Of the SLO that is worst off among those of the stack's services. */
export interface ErrorBudgetFacts {
  readonly known: boolean;
  /** Of the whole budget; may be negative; 0 where not known. */
  readonly remainingPpm: number;
  /** An alert that pages fires for one of them. */
  readonly burning: boolean;
  /** The figures of one of them are too old to say anything. */
  readonly stale: boolean;
}

/** `findingFacts` makes it from a review. */
export interface FindingFacts {
  readonly critical: number;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
  readonly info: number;
  readonly rules: readonly string[];
  readonly losesData: boolean;
  readonly widensIam: boolean;
  readonly runsCode: boolean;
  readonly opensToWorld: boolean;
  readonly wrongAccount: boolean;
  readonly partialPlan: boolean;
}

export interface ChangeFacts {
  readonly total: number;
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly forget: number;
  readonly import: number;
  readonly move: number;
  readonly drift: number;
}

export interface AuthorFacts {
  /** False as soon as one author could not be matched to a person of the configuration. */
  readonly known: boolean;
  readonly people: readonly PersonPrincipal[];
}

export type BreakGlassFacts =
  | { readonly active: false }
  | { readonly active: true; readonly by: PersonPrincipal; readonly reasonLength: number };

/** Whether the plan is marked as a repair; whoever is both, or an author, does not count as the second person. */
export type RepairFacts =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly by: PersonPrincipal;
      readonly reasonLength: number;
      readonly agreedBy?: PersonPrincipal;
    };

interface Asked {
  /**
   * Facts that could not be had, each with the failed lookup as its reason.
   * One is enough to deny: what could not be looked up is never assumed.
   */
  readonly failedLookups?: readonly Reason[];
}

export interface PlanRequest extends Asked {
  readonly action: 'plan';
  readonly principal: WorkloadPrincipal | PersonPrincipal;
  readonly resource: StackResource;
  readonly facts: {
    readonly protectedWorkflow: boolean;
    readonly freeze: FreezeFacts;
    readonly time: TimeFacts;
  };
}

export interface ApproveRequest extends Asked {
  readonly action: 'approve';
  readonly principal: PersonPrincipal;
  readonly resource: StackResource;
  readonly facts: {
    readonly verdict: 'approve' | 'reject';
    readonly keyKind: (typeof KEY_KINDS)[number];
    /** Whether the principal is one of them is found out here. */
    readonly author: AuthorFacts;
    readonly findings: FindingFacts;
    readonly time: TimeFacts;
  };
}

export interface ApplyRequest extends Asked {
  readonly action: 'apply';
  readonly principal: WorkloadPrincipal | PersonPrincipal;
  readonly resource: StackResource;
  readonly facts: {
    readonly protectedWorkflow: boolean;
    readonly findings: FindingFacts;
    readonly changes: ChangeFacts;
    /**
     * Who has validly approved this fingerprint by signature: one entry an approval. They are counted here, so that
     * no caller can count one person twice or count an author.
     */
    readonly approvedBy: readonly PersonPrincipal[];
    /** The same by a review of the pull request; only of stacks that accept reviews. */
    readonly reviewedBy: readonly PersonPrincipal[];
    readonly author: AuthorFacts;
    readonly freeze: FreezeFacts;
    readonly errorBudget: ErrorBudgetFacts;
    readonly repair: RepairFacts;
    readonly breakGlass: BreakGlassFacts;
    readonly time: TimeFacts;
  };
}

export interface OperateRequest extends Asked {
  readonly action: 'operate';
  readonly principal: WorkloadPrincipal | PersonPrincipal;
  readonly resource: StackResource | AccountResource;
  readonly facts: { readonly reasonLength: number; readonly time: TimeFacts };
}

export interface BreakGlassRequest extends Asked {
  readonly action: 'breakGlass';
  readonly principal: PersonPrincipal;
  readonly resource: StackResource;
  readonly facts: {
    readonly reasonLength: number;
    readonly findings: FindingFacts;
    readonly freeze: FreezeFacts;
    readonly time: TimeFacts;
  };
}

export interface AdministerRequest extends Asked {
  readonly action: 'administer';
  readonly principal: PersonPrincipal;
  readonly resource: OrganizationResource | AccountResource | StackResource;
  readonly facts: { readonly time: TimeFacts };
}

export type PolicyRequest =
  | PlanRequest
  | ApproveRequest
  | ApplyRequest
  | OperateRequest
  | BreakGlassRequest
  | AdministerRequest;
