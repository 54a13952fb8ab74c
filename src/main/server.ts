import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { sql } from 'kysely';
import { type MadeLink, pruneBrowserSessions, pruneChallenges, pruneLinks, pruneSessions } from '#accounts';
import { type AuditSigner, appendAudit, auditSigner, generateAuditKey } from '#audit';
import { keepHouse, recoverAfterRestart } from '#changes';
import { epochMs, type Json, ok, type Problem, type Result } from '#core-values';
import { WEBHOOK_LIMITS } from '#github';
import { forgetOldMessages, tellPeople } from '#messages';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  type Db,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  inTransaction,
  type Keyring,
  keptSecret,
  type Logger,
  type Loop,
  readPages,
  serveHttp,
  startJobs,
  startLoop,
  systemClock,
  uuidV7,
} from '#platform';
import { timeFacts } from '#policy/core';
import { BEACON_LIMITS, MOST_PUSHED_BYTES, TRACE_LIMITS } from '#slo';
import { reconcile, type TrailRoom } from '#trail';
import packageJson from '../../package.json' with { type: 'json' };
import { buildConfiguration, type ConfigurationEvents } from './build-configuration.ts';
import { buildCredentials } from './build-credentials.ts';
import { buildDatabase } from './build-database.ts';
import { buildKeyring } from './build-keyring.ts';
import { buildDestinations } from './build-messages.ts';
import { type BuiltRooms, buildRooms, type Foundations } from './build-rooms.ts';
import { buildProviders } from './build-sign-in.ts';
import { buildSlo } from './build-slo.ts';
import { checkpointKeeper, type KeepCheckpoint } from './checkpoints.ts';
import type { Environment } from './environment.ts';
import { registerFigures } from './figures.ts';
import { registerGitHubFigures } from './github-figures.ts';

export interface SekishoServer {
  readonly url: string;
  /** How people reach it. */
  readonly publicUrl: string;
  readonly logger: Logger;
  /** Reads configuration and policies now. */
  reload(): Promise<void>;
  /** A link for the first administrator, made now, while none has a passkey. */
  firstLink(): Promise<MadeLink | undefined>;
  /** Settles when the server cannot go on. */
  readonly lost: Promise<Problem>;
  /** Finishes what runs, then stops everything it started. */
  close(): Promise<void>;
}

/** Starts everything in order, and stops in reverse what had started when something cannot. */
export async function startServer(environment: Environment): Promise<Result<SekishoServer, Problem>> {
  const logger = createLogger({ level: environment.logLevel });
  const undo: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of undo.splice(0).reverse()) await stop();
  };
  const started = await start(environment, logger, (stop) => undo.push(stop));
  if (!started.ok) {
    await close();
    return started;
  }
  return ok({ ...started.value, logger, close });
}

type Later = (stop: () => Promise<void> | void) => void;

async function start(
  environment: Environment,
  logger: Logger,
  later: Later,
): Promise<Result<Omit<SekishoServer, 'close' | 'logger'>, Problem>> {
  const clock = timeFacts(systemClock.now(), environment.timeZone);
  if (!clock.ok) return clock;
  const events = configurationEvents(logger);
  const configured = await buildConfiguration(environment, logger, events);
  if (!configured.ok) return configured;
  later(() => configured.value.stop());
  const settings = configured.value.configuration.current().server;
  const database = await buildDatabase(settings, environment, logger);
  if (!database.ok) return database;
  later(() => database.value.close());
  const { db } = database.value;
  const keyring = await buildKeyring(settings, environment, db);
  if (!keyring.ok) return keyring;
  const credentials = await buildCredentials(settings.aws, {
    db,
    keyring: keyring.value,
    clock: systemClock,
    organization: () => configured.value.configuration.current().organization,
  });
  if (!credentials.ok) return credentials;
  const destinations = await buildDestinations(environment, configured.value);
  if (!destinations.ok) return destinations;
  const providers = await buildProviders(settings, environment, logger);
  if (!providers.ok) return providers;
  const kept = { database: database.value, keyring: keyring.value };
  const slo = await buildSlo(settings.slo, { ...kept, environment, logger });
  if (!slo.ok) return slo;
  later(() => slo.value.stop());
  const signer = await buildSigner(settings.publicUrl, db, keyring.value);
  if (!signer.ok) return signer;
  const sessionKey = await keptSecret(db, keyring.value, 'sessions/key', newKey);
  if (!sessionKey.ok) return sessionKey;
  events.recordIn(db);
  const foundations: Foundations = {
    logger,
    environment,
    configured: configured.value,
    ...kept,
    credentials: credentials.value,
    signer: signer.value,
    destinations: destinations.value,
    providers: providers.value,
    sessionKey: sessionKey.value,
    slo: slo.value,
  };
  const keepCheckpoint = checkpointsOf(foundations);
  const rooms = buildRooms(foundations);
  if (database.value.embedded) await recoverAfterRestart(rooms.changes);
  const jobs = await runJobs(foundations, rooms, keepCheckpoint, logger);
  if (!jobs.ok) return jobs;
  // Undone in reverse: after the last request and the last job, while the database is still there.
  later(() =>
    keepCheckpoint().catch((error: unknown) => logger.error('The last checkpoint was not kept', { error })),
  );
  later(() => jobs.value.stop());
  const telling = tellingPeople(rooms, logger);
  later(() => telling.stop());
  const github = rooms.github.keep(rooms.changes);
  later(() => github.stop());
  const server = await serveHttp(await httpApp(foundations, rooms, logger), { ...settings.listen, logger });
  if (!server.ok) return server;
  later(() => server.value.close());
  later(() => rooms.events.stop());
  logger.info('Sekisho serves', { url: server.value.url, version: packageJson.version });
  const { firstLink } = rooms;
  const reload = async (): Promise<void> => {
    await configured.value.reload();
    await slo.value.reload();
  };
  const [{ url }, { publicUrl }] = [server.value, settings];
  return ok({ url, publicUrl, firstLink, reload, lost: database.value.lost });
}

const newKey = (): string => randomBytes(32).toString('base64');

function checkpointsOf({ database, signer, logger, configured, environment }: Foundations): KeepCheckpoint {
  const { checkpointFile } = configured.configuration.current().server;
  const file = checkpointFile && resolve(dirname(environment.configFile), checkpointFile);
  const about = { db: database.db, signer, clock: systemClock, logger };
  return checkpointKeeper(file === undefined ? about : { ...about, file });
}

const buildSigner = async (
  publicUrl: string,
  db: Db,
  keyring: Keyring,
): Promise<Result<AuditSigner, Problem>> => {
  const key = await keptSecret(db, keyring, 'audit/checkpoint-key', generateAuditKey);
  return key.ok ? ok(auditSigner(`${new URL(publicUrl).host}/audit`, key.value)) : key;
};

/** Built by the set-up. */
const PAGES_FOLDER = join(import.meta.dirname, '../../web/dist');

async function httpApp(
  { configured, database }: Foundations,
  rooms: BuiltRooms,
  logger: Logger,
): Promise<HttpApp> {
  const pages = await readPages(PAGES_FOLDER);
  if (pages === undefined)
    logger.warn('The pages were not built: run `npm run setup`', { folder: PAGES_FOLDER });
  const { maxPlanUploadBytes } = configured.configuration.current().server;
  const metrics = createMetrics({ processMetrics: true });
  registerFigures(metrics.registry, database.db, systemClock);
  registerGitHubFigures(metrics.registry, { db: database.db, clock: systemClock }, rooms.github);
  return createHttpApp({
    version: packageJson.version,
    logger,
    metrics,
    clock: systemClock,
    newRequestId: () => uuidV7(systemClock.now()),
    readiness: [{ name: 'database', check: () => answers(database.db) }],
    limits: {
      byDefault: DEFAULT_ROUTE_LIMITS,
      byRoute: {
        'POST /v1/plans': { maxBodyBytes: maxPlanUploadBytes, timeoutMs: 120_000 },
        // Two calls to AWS, each tried three times for ten seconds: who revokes wants to know what came of them.
        'POST /v1/grants/:id/revoke': { timeoutMs: 90_000 },
        // Every entry is looked at; whoever gives up earlier finds the verdict by GET /v1/audit/state.
        'POST /v1/audit/verify': { timeoutMs: 120_000 },
        ...WEBHOOK_LIMITS,
        ...TRACE_LIMITS,
        ...BEACON_LIMITS,
        'POST /v1/slo/logs': { maxBodyBytes: MOST_PUSHED_BYTES, timeoutMs: 120_000 },
      },
    },
    routes: rooms.routes,
    ...(pages === undefined ? {} : { pages }),
  });
}

const answers = async (db: Db): Promise<boolean> => (await sql`SELECT 1`.execute(db)).rows.length === 1;

/** After their end, so that no statement opens two sessions, whatever the clocks say. */
const SESSIONS_KEPT_MS = 7 * 86_400_000;

/** Every minute: what time does to plans and grants. Every ten: a checkpoint. Every fifteen: what the trail delivered. Every night: old sessions and the age of our own keys. */
async function runJobs(
  { database, credentials, slo }: Foundations,
  rooms: BuiltRooms,
  keepCheckpoint: KeepCheckpoint,
  logger: Logger,
) {
  const jobs = await startJobs(database.url, {
    onError: (error) => logger.error('A background job failed', { error }),
  });
  if (!jobs.ok) return jobs;
  await jobs.value.every('keep-house', '* * * * *', () => keepHouse(rooms.changes));
  await jobs.value.every('keep-checkpoint', '*/10 * * * *', keepCheckpoint);
  await jobs.value.every('prune-sessions', '47 3 * * *', async () => {
    const before = epochMs(systemClock.now() - SESSIONS_KEPT_MS);
    await pruneSessions(database.db, before);
    await pruneBrowserSessions(database.db, before);
    await pruneLinks(database.db, before);
    await pruneChallenges(database.db, systemClock.now());
  });
  await jobs.value.every('forget-messages', '37 3 * * *', () => forgetOldMessages(rooms.messages));
  await jobs.value.every('reconcile-github', '*/3 * * * *', () => rooms.github.reconcile());
  await jobs.value.every('forget-github', '57 3 * * *', () => rooms.github.forgetOld());
  await jobs.value.every('keep-slos', '* * * * *', () => slo.keep());
  await jobs.value.every('keep-incidents', '* * * * *', () => rooms.keepIncidents());
  await jobs.value.every('poll-slos', '* * * * *', () => slo.poll());
  await jobs.value.every('forget-slo-requests', '7 * * * *', () => slo.forget());
  const { trail } = rooms;
  if (trail !== undefined)
    await jobs.value.every('reconcile-trail', '*/15 * * * *', () => reconcileTrail(trail, logger));
  await jobs.value.every('rotate-issuer-keys', '17 3 * * *', async () => {
    const rotated = await credentials.rotate();
    if (!rotated.ok) throw new Error(rotated.error.reasons[0].message.en);
  });
  return jobs;
}

/** Soon enough for somebody who waits, and one cheap question to the database. */
const TELL_EVERY_MS = 3_000;

/** Nobody to tell: nothing to read, and what happens until somebody is named stays in the log. */
const tellingPeople = ({ messages }: BuiltRooms, logger: Logger): Loop =>
  startLoop(async () => (messages.destinations.length === 0 ? undefined : tellPeople(messages)), {
    pauseMs: TELL_EVERY_MS,
    onError: (error) => logger.error('People could not be told', { error }),
  });

/** Less than the quarter of an hour until the next run, which goes on where this one stops. */
const RECONCILE_MS = 10 * 60_000;

/** A failure is in the audit log, and the next run goes on: asking again at once would only record it again. */
async function reconcileTrail(trail: TrailRoom, logger: Logger): Promise<void> {
  const end = systemClock.now() + RECONCILE_MS;
  const by = { kind: 'server', name: 'sekisho' } as const;
  const done = await reconcile(trail, { by, isEnough: () => systemClock.now() >= end });
  const why = done.problem?.reasons[0].message.en;
  if (why !== undefined) logger.error('The trail could not be read to its end', { reason: why });
}

/** Logs every reload and refusal, and records them once there is a database to record them in. */
function configurationEvents(logger: Logger): ConfigurationEvents & { recordIn(db: Db): void } {
  let database: Db | undefined;
  const record = async (file: string, reasons?: Problem['reasons']): Promise<void> => {
    if (database === undefined) return;
    await inTransaction(database, (tx) =>
      appendAudit(tx, {
        at: systemClock.now(),
        kind: reasons === undefined ? 'config.reloaded' : 'config.refused',
        actor: { kind: 'server', name: 'sekisho' },
        subject: { other: `file:${file}` },
        outcome: reasons === undefined ? 'done' : 'failed',
        ...(reasons === undefined ? {} : { reasons }),
      }),
    );
  };
  const quietly = (work: Promise<void>): void => {
    work.catch((error: unknown) => logger.error('A reload could not be recorded', { error }));
  };
  return {
    recordIn: (db) => {
      database = db;
    },
    onChange: (file) => {
      logger.info('A new configuration is in force', { file });
      quietly(record(file));
    },
    onRefused: (file, problem) => {
      logger.error('A new configuration is bad; the old one stays in force', {
        file,
        reasons: reasonsOf(problem),
      });
      quietly(record(file, problem.reasons));
    },
  };
}

const reasonsOf = ({ reasons }: Problem): Json =>
  reasons.map(({ rule, message, place }) => ({
    rule,
    message: message.en,
    ...(place === undefined
      ? {}
      : { place: [place.file, place.line, place.column].filter((part) => part !== undefined).join(':') }),
  }));
