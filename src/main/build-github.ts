import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { RequirePerson } from '#accounts';
import { type ChangesRoom, planInShort, type ReviewsPort } from '#changes';
import {
  dispatchOf,
  forgetOldGitHub,
  type GitHubConnections,
  githubConnections,
  githubReviews,
  githubRoutes,
  githubSyncs,
  type KeepingGitHub,
  keepGitHub,
  markConfigured,
} from '#github';
import { type AddRoutes, systemClock, uuidV7 } from '#platform';
import type { Foundations } from './build-rooms.ts';

export interface BuiltGitHub {
  readonly connections: GitHubConnections;
  readonly reviews: ReviewsPort;
  readonly routes: AddRoutes;
  /** Follows the log and keeps GitHub up to date until it is stopped. */
  keep(changes: ChangesRoom): KeepingGitHub;
  /** Marks what no webhook told of. */
  reconcile(): Promise<void>;
  forgetOld(): Promise<void>;
  /** Deliveries since the start, by what came of them. */
  readonly deliveries: ReadonlyMap<string, number>;
  /** What is left of each rate limit, by `App/installation`. */
  rateLimits(): readonly { readonly name: string; readonly remaining: number }[];
}

const REQUEST_MS = 20_000;

/** The GitHub App: its keys, its API, its webhooks, and what pull requests show. */
export function buildGitHub(
  { database: { db, url: databaseUrl }, keyring, configured, logger }: Foundations,
  requirePerson: RequirePerson,
): BuiltGitHub {
  const pause = (ms: number) => setTimeout(ms);
  const organization = () => configured.configuration.current().organization;
  const network = { fetch, clock: systemClock, pause, timeoutMs: REQUEST_MS };
  const connections = githubConnections({ db, keyring, network });
  const deliveries = new Map<string, number>();
  let kept: KeepingGitHub | undefined;
  const room = { db, clock: systemClock, keyring, organization, connections, logger, pause };
  return {
    connections,
    reviews: { ...githubReviews(connections), dispatchOf: (run) => dispatchOf({ db, pause }, run) },
    routes: githubRoutes({
      ...room,
      requirePerson,
      publicUrl: configured.configuration.current().server.publicUrl,
      newSecret: () => randomBytes(32).toString('base64url'),
      newAppId: () => `gha_${uuidV7(systemClock.now())}`,
      poke: () => kept?.poke(),
      received: (outcome) => deliveries.set(outcome, (deliveries.get(outcome) ?? 0) + 1),
    }),
    keep: (changes) => {
      kept = keepGitHub({
        ...room,
        databaseUrl,
        random: Math.random,
        pullRequestOf: async (plan) => (await planInShort({ db }, plan))?.pullRequest,
        syncs: githubSyncs({ changes, connections }),
      });
      return kept;
    },
    reconcile: () => markConfigured(room),
    forgetOld: () => forgetOldGitHub(room),
    deliveries,
    rateLimits: () =>
      [...connections.rates()].flatMap(([name, { remaining }]) =>
        remaining === undefined ? [] : [{ name, remaining }],
      ),
  };
}
