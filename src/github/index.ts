export { type ConnectionsOptions, githubConnections } from './api/connections.ts';
export type { GitHubConnections, GitHubRepository, RepositoryAt } from './api/port.ts';
export { countDirtySubjects, type SubjectCounts } from './counts.ts';
export { forgetOldGitHub, type KeepingGitHub, type KeepingRoom, keepGitHub } from './keeping.ts';
export { githubReviews } from './reviews/reviews.ts';
export { type GitHubRoutesOptions, githubRoutes, WEBHOOK_LIMITS } from './routes.ts';
export { SEALED_APP_COLUMN } from './store/apps.ts';
export { markConfigured } from './subjects/reconcile.ts';
export type { Subject, Sync, Synced, Syncs } from './subjects/subject.ts';
