import { createHash, randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import type { SloSettings, SloSource } from '#accounts/core';
import { epochMs, err, ok, type Problem, problem, type Result, text } from '#core-values';
import {
  type AddRoutes,
  type ConfigWatch,
  inTransaction,
  type Keyring,
  keptSecret,
  type Logger,
  systemClock,
  uuidV7,
  watchConfig,
} from '#platform';
import {
  type DefinitionsInForce,
  type FetchedSource,
  forgetOldRequests,
  formatOf,
  judgeDue,
  logBucket,
  type PushedSource,
  pollSources,
  pseudonyms,
  readDefinitionFolder,
  readSources,
  requestIntake,
  type SloRoom,
} from '#slo';
import type { BuiltDatabase } from './build-database.ts';
import { buildSloSources } from './build-slo-sources.ts';
import { type Environment, readSecret } from './environment.ts';

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
  const definitions = await followDefinitions(environment, logger);
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

const NOTHING: DefinitionsInForce = {
  definitions: { services: [], dataSources: [], screens: [], slos: [] },
  digest: 'none',
};

/** SEKISHO_SLO, else `slo/` beside sekisho.yaml. A bad new version changes nothing; with bad ones at the start there are none yet. */
async function followDefinitions(
  environment: Environment,
  logger: Logger,
): Promise<ConfigWatch<DefinitionsInForce>> {
  const folder = environment.sloFolder ?? join(dirname(environment.configFile), 'slo');
  const load = async (): Promise<Result<DefinitionsInForce, Problem>> => {
    const read = await readDefinitionFolder(folder);
    if (!read.ok) return read;
    const { definitions, documents } = read.value;
    return ok({
      ...{ definitions, digest: digestOf(definitions), folder },
      documents: documents.map(({ definition }) => definition),
    });
  };
  const tell = (refused: Problem): void => {
    const reasons = refused.reasons.map(({ message, place }) => `${place?.file ?? folder}: ${message.en}`);
    if (isNone(refused)) logger.info('There are no SLO definitions', { folder });
    else logger.error('SLO definitions are bad; what was in force stays in force', { folder, reasons });
  };
  const initial = await load();
  if (!initial.ok) tell(initial.error);
  let told = initial.ok ? '' : JSON.stringify(initial.error.reasons);
  return watchConfig<DefinitionsInForce, Problem>({
    file: join(folder, 'definitions'),
    initial: initial.ok ? initial.value : NOTHING,
    load,
    same: (a, b) => a.digest === b.digest,
    onChange: () => {
      told = '';
      logger.info('SLO definitions are in force', { folder });
    },
    onRefused: (refused) => {
      const words = JSON.stringify(refused.reasons);
      if (words !== told) tell(refused);
      told = words;
    },
  });
}

const isNone = ({ reasons }: Problem): boolean => reasons[0].rule === 'slo.no-definitions';

const digestOf = (definitions: DefinitionsInForce['definitions']): string =>
  createHash('sha256')
    .update(JSON.stringify(definitions, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)))
    .digest('hex');

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
