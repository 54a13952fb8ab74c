import { fromKysely, PgBoss } from 'pg-boss';
import {
  type EpochMs,
  err,
  type JsonObject,
  ok,
  type Problem,
  problem,
  type Result,
  text,
} from '#core-values';
import type { Tx } from '../database/connection.ts';

export type JobHandler = (data: JsonObject, signal: AbortSignal) => Promise<void>;

/** Work that outlives a request: kept in the database, done by one replica, at least once. */
export interface Jobs {
  /** Who does the jobs of this name. A handler that throws is asked again, with growing pauses. */
  work(name: string, handler: JobHandler): Promise<void>;
  /** One job, not before `at`; part of the transaction if one is given. */
  schedule(name: string, data: JsonObject, at: EpochMs, tx?: Tx): Promise<void>;
  /** A job by a cron expression of five fields in UTC; several replicas still make one job each time. */
  every(name: string, cron: string, handler: JobHandler): Promise<void>;
  /** Takes no new jobs, and waits for running ones (30 seconds at most; the rest are done again later). */
  stop(): Promise<void>;
}

export interface JobsOptions {
  /** What goes wrong in the background: lost connections, failed attempts. */
  readonly onError: (cause: Error) => void;
  /** How long a job that is due may wait to be seen. @default 2 */
  readonly pollingSeconds?: number;
}

const SCHEMA = 'pgboss';
const STOP_TIMEOUT_MS = 30_000;
const QUEUE = {
  retryLimit: 10,
  retryDelay: 5,
  retryBackoff: true,
  retryDelayMax: 600,
  deleteAfterSeconds: 86_400,
};

/** Starts the job runner on the database, in a schema `pgboss` that it makes and migrates by itself. */
export async function startJobs(url: string, options: JobsOptions): Promise<Result<Jobs, Problem>> {
  const boss = new PgBoss({
    connectionString: url,
    schema: SCHEMA,
    max: 4,
    application_name: 'sekisho jobs',
  });
  boss.on('error', options.onError);
  try {
    await boss.start();
  } catch (cause) {
    await boss.stop({ graceful: false }).catch(() => undefined);
    return err(notStarted(cause instanceof Error ? cause.message : String(cause)));
  }
  const report = (cause: unknown): never => {
    options.onError(cause instanceof Error ? cause : new Error(String(cause)));
    // pg-boss counts the attempt, and comes again after a pause.
    throw cause;
  };
  // Idempotent: several replicas, and several starts, declare the same queue.
  const queue = (name: string): Promise<void> => boss.createQueue(name, QUEUE);
  const work: Jobs['work'] = async (name, handler) => {
    await queue(name);
    await boss.work<JsonObject>(
      name,
      { pollingIntervalSeconds: options.pollingSeconds ?? 2 },
      async (jobs) => {
        for (const job of jobs) await handler(job.data, job.signal).catch(report);
      },
    );
  };
  return ok({
    work,
    schedule: async (name, data, at, tx) => {
      await queue(name);
      const connection = tx === undefined ? {} : { db: fromKysely(tx) };
      await boss.send(name, data, { startAfter: new Date(at), ...connection });
    },
    every: async (name, cron, handler) => {
      await work(name, handler);
      await boss.schedule(name, cron, {}, { tz: 'UTC' });
    },
    stop: () => boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS }),
  });
}

const notStarted = (cause: string): Problem =>
  problem('unavailable', {
    rule: 'jobs.not-started',
    message: text(
      `The job runner did not start: ${cause}`,
      `ジョブの実行機能を開始できませんでした: ${cause}`,
    ),
    remedy: text(
      'Let the database user create schemas: GRANT CREATE ON DATABASE … TO …, or make it the owner of the database.',
      'データベースユーザーにスキーマの作成を許可してください（GRANT CREATE ON DATABASE … TO …）。データベースの所有者にする方法もあります。',
    ),
  });
