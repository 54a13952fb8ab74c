import type {
  AccountId,
  Branded,
  Environment,
  EpochMs,
  Language,
  PersonName,
  StackName,
  TeamName,
  Text,
} from '#core-values';
import type { SshKeyLine } from '#platform/core';
import type { PasskeyFingerprint } from './passkey.ts';
import type { PathGlob } from './path-glob.ts';
import type { RefGlob } from './ref-glob.ts';
import type { PersonSignIn } from './sign-in.ts';
import type { WorkflowRef } from './workflow-ref.ts';

/** Lower-case letters, digits and hyphens; the name of an account in `sekisho.yaml`. */
export type AccountName = Branded<string, 'AccountName'>;
/** Lower-case letters, digits and hyphens; the name of an issuer in `sekisho.yaml`. */
export type IssuerName = Branded<string, 'IssuerName'>;
/** `arn:aws:iam::111111111111:role/path/name`, without anything a policy would read as a pattern. */
export type RoleArn = Branded<string, 'RoleArn'>;
/** `ap-northeast-1` */
export type Region = Branded<string, 'Region'>;
/** Decimal digits: an id that a workload's token carries (`repository_id`, `actor_id`…). */
export type ExternalId = Branded<string, 'ExternalId'>;

/** The organization as configured: names resolved, cross-checked and frozen. Stacks come in dependency order. */
export interface Organization {
  /** The id AWS Organizations gives; absent for accounts that belong to none. */
  readonly id?: string;
  readonly name: string;
  readonly managementAccount?: Account;
  readonly accounts: readonly Account[];
  readonly issuers: readonly Issuer[];
  readonly stacks: readonly Stack[];
  readonly teams: readonly Team[];
  readonly people: readonly Person[];
  readonly breakGlass: readonly PersonName[];
  readonly administrators: readonly PersonName[];
  readonly freezes: readonly Freeze[];
}

export interface Account {
  readonly id: AccountId;
  readonly name: AccountName;
  readonly environment: Environment;
  /** Absent only for accounts that no stack is deployed to. */
  readonly planRole?: RoleArn;
  readonly applyRole?: RoleArn;
  /** May put inline denies on the other two; where absent, a revoked session in AWS lives until it expires. */
  readonly revokeRole?: RoleArn;
  /** May make and remove managed policies under `/sekisho/`; where absent, a plan that needs such is refused. */
  readonly policyRole?: RoleArn;
  /** ARN of Sekisho's own identity provider in the account; only in `web-identity` access, and where the account has roles. */
  readonly identityProvider?: string;
}

export const ISSUER_KINDS = ['github-actions', 'gitlab'] as const;

export type IssuerKind = (typeof ISSUER_KINDS)[number];

/** Who may vouch for workloads. */
export interface Issuer {
  readonly name: IssuerName;
  readonly kind: IssuerKind;
  /** Compared with the claim `iss` character by character. */
  readonly url: string;
  /** Compared with the claim `aud` character by character. */
  readonly audience: string;
}

export interface Stack {
  readonly name: StackName;
  readonly repository: StackRepository;
  /** Folder of the root module in the repository, without leading or trailing slash; `.` for the root. */
  readonly path: string;
  readonly account: Account;
  readonly region: Region;
  /** Roles are the account's; a request never names one. */
  readonly planRole: RoleArn;
  readonly applyRole: RoleArn;
  /** Compared with the claim `job_workflow_ref` (GitLab: `ci_config_ref_uri`) character by character. */
  readonly workflow: WorkflowRef;
  /** When set, compared with `job_workflow_sha` (GitLab: `ci_config_sha`). */
  readonly workflowSha?: string;
  readonly plan: WorkloadTrust;
  readonly apply: ApplyTrust;
  readonly approval: StackApproval;
  readonly dependsOn: readonly StackName[];
  /** Services, as SLO definitions name them, whose users it can hurt. */
  readonly services?: readonly string[];
  /** Files that affect it besides those its configuration names. */
  readonly alsoAffectedBy?: readonly PathGlob[];
  readonly allow: StackAllowances;
}

export interface StackRepository {
  readonly issuer: Issuer;
  readonly id: ExternalId;
  readonly ownerId: ExternalId;
  /** `shop/infra`: for people, never for trust. */
  readonly name: string;
  /** In which its pull requests are written to; English if absent. */
  readonly language?: Language;
  /** File in `.github/workflows` of the default branch that commands in comments start; `change.yml` if absent. */
  readonly commandWorkflow?: string;
}

/** Which jobs of the stack's workflow are trusted. An absent claim never matches. */
export interface WorkloadTrust {
  /** Any of these equals the claim `event_name` (GitLab: `pipeline_source`). */
  readonly events: readonly string[];
  /** Any of these matches the claim `ref` (GitLab: `ref_path`). */
  readonly refs: readonly RefGlob[];
  /** When set, equals the claim `environment`. */
  readonly environment?: string;
}

export const APPLY_TIMES = ['after-merge', 'before-merge'] as const;

export interface ApplyTrust extends WorkloadTrust {
  /** Whether a change is applied once its pull request is merged, or before, from the protected workflow that somebody dispatches. */
  readonly when: (typeof APPLY_TIMES)[number];
}

export const APPROVAL_KINDS = ['signature', 'review'] as const;

export interface StackApproval {
  /** The team that owns the stack and approves its changes. */
  readonly team: TeamName;
  /** What counts as an approval. A signature always does; where the list has none, nobody in the team needs a key. */
  readonly accept: readonly (typeof APPROVAL_KINDS)[number][];
}

/** What a plan of this stack may use without becoming a finding; everything is exact text. */
export interface StackAllowances {
  readonly providers: readonly string[];
  readonly modules: readonly string[];
  readonly provisioners: readonly string[];
  /** Other accounts that state and plan may mention. */
  readonly accounts: readonly Account[];
}

export interface Team {
  readonly name: TeamName;
  /** Where set, a person of the team is in it only while this team of GitHub has them too: asked for each decision. */
  readonly github?: GitHubTeam;
}

/** A team as GitHub's addresses name it: `acme/sre`. */
export interface GitHubTeam {
  readonly organization: string;
  readonly slug: string;
}

export interface Person {
  readonly name: PersonName;
  readonly identities: readonly PersonIdentity[];
  readonly teams: readonly TeamName[];
  /** With which the person signs approvals. */
  readonly keys: readonly SshKeyLine[];
  /** Passkeys that this file says are theirs: no other person's word is needed for them. More may be enrolled. */
  readonly passkeys: readonly PasskeyFingerprint[];
  /** Who the person is to the providers of `server.signIn`. */
  readonly signIn?: readonly PersonSignIn[];
}

export interface PersonIdentity {
  readonly issuer: IssuerName;
  /** The issuer's id of the actor (`actor_id`; GitLab: `user_id`). */
  readonly id: ExternalId;
  /** For people, never for trust. */
  readonly login?: string;
}

/** A time in which nothing is applied, except by breaking glass. */
export interface Freeze {
  readonly name: string;
  readonly environments: readonly Environment[];
  readonly from: EpochMs;
  /** Exclusive. */
  readonly to: EpochMs;
  readonly reason: Text;
}
