import type { KeyObject } from 'node:crypto';
import type { Json, JsonObject } from '../../../src/core-values/index.ts';

/** What GitHub keeps, in memory. Ids are unique within one GitHub; logins, slugs and names are as people see them. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Organization' | 'Bot';
  /** Of an organization: who belongs to it, and its teams by slug. */
  readonly members: Set<string>;
  readonly teams: Map<string, Team>;
}

export interface Team {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly members: Set<string>;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly privateKeyPem: string;
  readonly publicKey: KeyObject;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly hook: { url: string; secret: string };
  readonly deliveries: Delivery[];
}

export type Permissions = Readonly<Record<string, string>>;

/** A webhook as it was or will be sent, kept for the list of deliveries. */
export interface Delivery {
  readonly id: number;
  /** The value of `X-GitHub-Delivery`: one for all attempts. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | undefined;
  readonly payload: JsonObject;
  readonly installation: number | undefined;
  readonly repository: number | undefined;
  readonly isRedelivery: boolean;
  readonly at: string;
  /** HTTP status of the answer; 0 while it was not sent or nobody answered. */
  status: number;
}

export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: string;
  permissions: Permissions;
  /** Ids of repositories; `all` of the account's. */
  repositories: 'all' | Set<number>;
  suspendedAt: string | undefined;
  /** Requests left in this hour. */
  remaining: number;
}

export interface Token {
  readonly value: string;
  readonly installation: Installation;
  readonly permissions: Permissions;
  /** `undefined`: all of the installation. */
  readonly repositories: ReadonlySet<number> | undefined;
  readonly expiresAtMs: number;
}

/** Path → content, of a whole commit. */
export type Files = ReadonlyMap<string, string>;

export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly committer: string;
  readonly message: string;
  readonly at: string;
  /** No other commit's. */
  readonly number: number;
  readonly files: Files;
}

export interface Repository {
  readonly id: number;
  readonly owner: string;
  name: string;
  readonly isPrivate: boolean;
  readonly forkOf: number | undefined;
  readonly defaultBranch: string;
  readonly branches: Map<string, string>;
  readonly commits: Map<string, Commit>;
  /** Login → `admin`, `maintain`, `write`, `triage`, `read`. */
  readonly collaborators: Map<string, string>;
  readonly teams: Map<string, string>;
  readonly issues: Map<number, Issue>;
  readonly pulls: Map<number, PullRequest>;
  readonly comments: Map<number, Comment>;
  readonly checkRuns: Map<number, CheckRun>;
  readonly checkSuites: Map<number, CheckSuite>;
  readonly statuses: CommitStatus[];
  readonly deployments: Map<number, Deployment>;
  readonly workflows: Map<string, number>;
  readonly runs: Map<number, WorkflowRun>;
  readonly labels: Map<string, string>;
  nextNumber: number;
}

/** Every pull request is an issue of the same number as well. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  /** The App whose bot opened it. */
  readonly app: App | undefined;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: string | null;
  labels: string[];
  assignees: string[];
  isLocked: boolean;
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

export interface PullRequest {
  readonly issue: Issue;
  readonly head: { readonly repository: Repository; readonly branch: string; sha: string };
  /** `sha` is the head of the base branch when the pull request was opened or last pushed to. */
  readonly base: { branch: string; sha: string };
  isDraft: boolean;
  mergedAt: string | null;
  mergedBy: string | null;
  /** Of `refs/pull/N/merge` while it is open, of what was merged afterwards; `null` where it conflicts. */
  mergeCommit: string | null;
  readonly requestedReviewers: Set<string>;
  readonly requestedTeams: Set<string>;
  readonly reviews: Review[];
}

export interface Review {
  readonly id: number;
  readonly author: string;
  readonly commit: string;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  readonly submittedAt: string;
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: string;
  readonly app: App | undefined;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
  readonly reactions: { readonly id: number; readonly author: string; readonly content: string }[];
}

export interface CheckSuite {
  readonly id: number;
  readonly app: App;
  readonly sha: string;
  readonly branch: string | null;
  readonly createdAt: string;
}

export interface CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  readonly name: string;
  readonly externalId: string;
  detailsUrl: string | null;
  status: string;
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  readonly annotations: Json[];
  actions: readonly Json[];
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: string;
  readonly at: string;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: Json;
  readonly creator: string;
  readonly createdAt: string;
  readonly app: App | undefined;
  readonly isProduction: boolean;
  readonly isTransient: boolean;
  readonly statuses: DeploymentStatus[];
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly logUrl: string;
  readonly environmentUrl: string;
  readonly creator: string;
  readonly at: string;
}

export interface WorkflowRun {
  readonly id: number;
  readonly workflow: string;
  readonly event: string;
  readonly branch: string;
  readonly sha: string;
  readonly actor: string;
  status: string;
  conclusion: string | null;
  attempt: number;
  readonly createdAt: string;
}

/** A `workflow_dispatch` that was asked for. */
export interface Dispatch {
  readonly repository: Repository;
  /** File name below `.github/workflows/`. */
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Login of who asked: an App's is `slug[bot]`. */
  readonly actor: string;
  readonly run: WorkflowRun;
}

export interface State {
  readonly apps: Map<number, App>;
  readonly accounts: Map<string, Account>;
  readonly installations: Map<number, Installation>;
  readonly tokens: Map<string, Token>;
  readonly repositories: Map<number, Repository>;
  readonly manifests: Map<string, JsonObject>;
  readonly dispatches: Dispatch[];
  /** ISO 8601 without fractions, as GitHub writes times. */
  now(): string;
  nowMs(): number;
  nextId(): number;
  /** Where the REST API, and where the pages are, without a slash at the end. */
  api: string;
  site: string;
  /** Changes something, and tells the Apps that listen; set by the deliverer. */
  emit(event: Event): void;
  /** A dispatched workflow is to be run; set by the test or the demo. */
  onDispatch: (dispatch: Dispatch) => void;
}

/** What happened: the members of the payload that the stand-in knows. */
export interface Event {
  readonly event: string;
  readonly action?: string;
  readonly sender: string;
  readonly repository?: Repository;
  readonly organization?: string;
  /** Only this App hears it: its own installations, its checks. */
  readonly app?: App;
  readonly installation?: Installation;
  readonly payload: JsonObject;
}

const withoutFraction = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export function newState(nowMs: () => number): State {
  let lastId = 1000;
  return {
    apps: new Map(),
    accounts: new Map(),
    installations: new Map(),
    tokens: new Map(),
    repositories: new Map(),
    manifests: new Map(),
    dispatches: [],
    now: () => withoutFraction(nowMs()),
    nowMs,
    nextId: () => {
      lastId += 1;
      return lastId;
    },
    api: '',
    site: '',
    emit: () => undefined,
    onDispatch: () => undefined,
  };
}

/** Logins are not case sensitive, and must exist: a test that names nobody has a mistake. */
export function accountOf(state: State, login: string): Account {
  const found = findAccount(state, login);
  if (found === undefined) throw new Error(`the stand-in for GitHub has no account ${login}`);
  return found;
}

export const findAccount = (state: State, login: string): Account | undefined =>
  state.accounts.get(login.toLowerCase());

/** By `owner/name`. */
export const findRepository = (state: State, fullName: string): Repository | undefined =>
  state.repositories
    .values()
    .find(({ owner, name }) => `${owner}/${name}`.toLowerCase() === fullName.toLowerCase());

export function pullOf(repository: Repository, number: number): PullRequest {
  const found = repository.pulls.get(number);
  if (found === undefined) throw new Error(`${repository.name} has no pull request ${number}`);
  return found;
}

/** What an account may do in a repository: the most of what it has by itself, by its teams, and as the owner. */
export function permissionOf(state: State, repository: Repository, login: string): string {
  if (login.toLowerCase() === repository.owner.toLowerCase()) return 'admin';
  const owner = accountOf(state, repository.owner);
  const roles = [
    repository.collaborators.get(login),
    ...[...repository.teams]
      .filter(([slug]) => owner.teams.get(slug)?.members.has(login) === true)
      .map(([, role]) => role),
    ...(owner.members.has(login) ? ['read'] : []),
  ];
  return (
    ['admin', 'maintain', 'write', 'triage', 'read'].find((role) => roles.includes(role)) ??
    (repository.isPrivate ? 'none' : 'read')
  );
}

export const isWithin = (installation: Installation, repository: Repository): boolean =>
  installation.account.toLowerCase() === repository.owner.toLowerCase() &&
  (installation.repositories === 'all' || installation.repositories.has(repository.id));
