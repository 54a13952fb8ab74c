import { createHash, randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import type { SloSettings, SloSource } from '#accounts/core';
import { epochMs, err, ok, type Problem, problem, type Result, text } from '#core-values';
import {
  type AddRoutes,
  inTransaction,
  type Keyring,
  keptSecret,
  type Logger,
  systemClock,
  uuidV7,
} from '#platform';
import {
  type FetchedSource,
  forgetOldRequests,
  formatOf,
  judgeDue,
  logBucket,
  type PushedSource,
  pollSources,
  pseudonyms,
  readSources,
  requestIntake,
  type SloRoom,
} from '#slo';
import type { BuiltDatabase } from './build-database.ts';
import { buildSloSources } from './build-slo-sources.ts';
import { type Environment, readSecret } from './environment.ts';
import { followDefinitions } from './follow-definitions.ts';

export interface BuiltSlo {
  readonly room: SloRoom;
  /** Under which corrections of budgets are authenticated. */
  readonly correctionsKey: string;
  /** For spans and beacons. */
  readonly routes: readonly AddRoutes[];
  readonly pushed: readonly PushedSource[];
  /** Reads what is new of every source and judges it; goes on the next time where it had no time for all. */
  keep(): Promise<void>;
  /** Asks other systems for what they counted. */
  poll(): Promise<void>;
  /** Forgets what was kept long enough. */
  forget(): Promise<void>;
  reload(): Promise<void>;
  stop(): void;
}

interface On {
  readonly environment: Environment;
  readonly database: BuiltDatabase;
  readonly keyring: Keyring;
  readonly logger: Logger;
}

const NO_SOURCES: { retentionSeconds: number; latenessSeconds: number; sources: readonly SloSource[] } = {
  retentionSeconds: 3 * 86_400,
  latenessSeconds: 120,
  sources: [],
};
/** More than the longest windows: a quarter, and the one before it. */
const COUNTS_RETENTION_MS = 400 * 86_400_000;
/** Less than the minute until the next run. */
const JUDGE_MS = 45_000;

/** Definitions of SLOs that follow their files, and where requests come from that they are counted by. */
export async function buildSlo(
  settings: SloSettings | undefined,
  on: On,
): Promise<Result<BuiltSlo, Problem>> {
  const { database, environment, keyring, logger } = on;
  const { retentionSeconds, latenessSeconds, sources } = settings ?? NO_SOURCES;
  const key = await keptSecret(database.db, keyring, 'slo/pseudonyms', newKey);
  if (!key.ok) return key;
  const correctionsKey = await keptSecret(database.db, keyring, 'slo/corrections', newKey);
  if (!correctionsKey.ok) return correctionsKey;
  const fetched = fetchedSources(sources, environment);
  if (!fetched.ok) return fetched;
  const pushed = await pushedSources(sources, environment);
  if (!pushed.ok) return pushed;
  const folder = environment.sloFolder ?? join(dirname(environment.configFile), 'slo');
  const definitions = await followDefinitions(folder, logger);
  const room: SloRoom = {
    db: database.db,
    inTransaction: (work) => inTransaction(database.db, work),
    clock: systemClock,
    newId: (prefix, now) => `${prefix}_${uuidV7(epochMs(now))}`,
    definitions: definitions.current,
    keeping: () => ({
      retentionMs: retentionSeconds * 1000,
      countsRetentionMs: COUNTS_RETENTION_MS,
      latenessMs: latenessSeconds * 1000,
    }),
    pseudonym: pseudonyms(key.value),
    report: ({ kind, about, why }) => logger.error('SLOs', { kind, about, ...(why && { why }) }),
  };
  const others = await buildSloSources(settings, environment, {
    intake: requestIntake(room),
    clock: systemClock,
  });
  if (!others.ok) return others;
  const polling = { ...room, told: new Map<string, string>() };
  return ok({
    room,
    correctionsKey: correctionsKey.value,
    routes: others.value.routes,
    pushed: pushed.value,
    keep: async () => {
      // Also what the watch does not see: folders in folders.
      await definitions.reload();
      await readSources(room, fetched.value);
      const end = systemClock.now() + JUDGE_MS;
      await judgeDue(room, () => systemClock.now() >= end);
    },
    poll: () => pollSources(polling, others.value.polled),
    forget: () => forgetOldRequests(room),
    reload: definitions.reload,
    stop: definitions.stop,
  });
}

const newKey = (): string => randomBytes(32).toString('base64');

function fetchedSources(
  sources: readonly SloSource[],
  environment: Environment,
): Result<readonly FetchedSource[], Problem> {
  const fetched: FetchedSource[] = [];
  for (const source of sources) {
    const { name, from } = source;
    const format = formatOf(source);
    if (!format.ok) return format;
    const known = { name, ...(format.value && { format: format.value }) };
    if (from.kind === 'files') {
      const patterns = from.patterns.map((pattern) => resolve(dirname(environment.configFile), pattern));
      fetched.push({ ...known, from: { kind: 'files', patterns } });
    } else if (from.kind === 'bucket') {
      const isNoticed = from.queueUrl !== undefined;
      fetched.push({ ...known, from: { kind: 'bucket', bucket: logBucket(from), isNoticed } });
    }
  }
  return ok(fetched);
}

const LEAST_TOKEN = 32;

async function pushedSources(
  sources: readonly SloSource[],
  environment: Environment,
): Promise<Result<readonly PushedSource[], Problem>> {
  const pushed: PushedSource[] = [];
  for (const source of sources) {
    if (source.from.kind !== 'pushed') continue;
    const token = await readSecret(source.from.token, environment);
    if (!token.ok) return token;
    if (token.value.length < LEAST_TOKEN) return err(shortToken(source.name));
    const format = formatOf(source);
    if (!format.ok) return format;
    const tokenDigest = createHash('sha256').update(token.value).digest();
    pushed.push({ name: source.name, tokenDigest, ...(format.value && { format: format.value }) });
  }
  return ok(pushed);
}

const shortToken = (name: string): Problem =>
  problem('bad-config', {
    rule: 'slo.short-token',
    message: text(
      `The token of the source ${name} has fewer than ${LEAST_TOKEN} characters.`,
      `ソース ${name} のトークンが ${LEAST_TOKEN} 文字未満です。`,
    ),
    remedy: text(
      'Make one with `openssl rand -hex 32`.',
      '`openssl rand -hex 32` などで作り直してください。',
    ),
  });
