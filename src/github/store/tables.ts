import type { Generated } from 'kysely';

// Type aliases, not interfaces: Kysely’s `withTables` wants an index signature, which only aliases have.

export type AppRow = {
  readonly id: string;
  readonly host: string;
  readonly app_id: number;
  readonly slug: string;
  readonly secrets_sealed: Uint8Array | null;
  readonly connected_at: Date;
  readonly connected_by: string;
  readonly disconnected_at: Date | null;
  readonly disconnected_by: string | null;
};

type ConnectRow = {
  readonly app: string;
  readonly ticket_sha256: string;
  readonly host: string;
  readonly organization: string | null;
  readonly begun_by: string;
  readonly begun_at: Date;
  readonly expires_at: Date;
  readonly browser_sha256: string | null;
  readonly state_sha256: string | null;
  readonly used_at: Date | null;
};

type RepositoryRow = {
  readonly host: string;
  readonly id: string;
  readonly app: string;
  readonly installation_id: number;
  readonly found_at: Date;
};

type DeliveryRow = {
  readonly app: string;
  readonly delivery: string;
  readonly event: string;
  readonly action: string | null;
  readonly received_at: Date;
};

export type SubjectRow = {
  readonly kind: 'repository' | 'pull-request' | 'drift';
  readonly host: string;
  readonly repository_id: string;
  readonly key: string;
  readonly dirty_since: Date | null;
  readonly generation: Generated<number>;
  readonly attempts: Generated<number>;
  readonly tried_at: Date | null;
  readonly next_try_at: Date;
  readonly last_problem: string | null;
  readonly is_open: Generated<boolean>;
  readonly synced_at: Date | null;
  readonly version: string | null;
};

type CommentRow = {
  readonly host: string;
  readonly comment_id: string;
  readonly repository_id: string;
  readonly number: string;
  readonly author_id: string;
  readonly body_sha256: string;
  readonly received_at: Date;
  readonly handled_at: Date | null;
  readonly outcome: string | null;
};

type ShownHeadRow = {
  readonly host: string;
  readonly repository_id: string;
  readonly number: string;
  readonly head: string;
  readonly shown_at: Date;
};

type DispatchedRunRow = {
  readonly host: string;
  readonly repository_id: string;
  readonly run_id: string;
  readonly number: string;
  readonly commit_sha: string;
  readonly dispatched_at: Date;
};

export type GitHubTables = {
  readonly github_apps: AppRow;
  readonly github_connects: ConnectRow;
  readonly github_repositories: RepositoryRow;
  readonly github_deliveries: DeliveryRow;
  readonly github_subjects: SubjectRow;
  readonly github_comments: CommentRow;
  readonly github_shown_heads: ShownHeadRow;
  readonly github_dispatched_runs: DispatchedRunRow;
  readonly github_cursor: { readonly singleton: boolean; readonly position: number };
};
