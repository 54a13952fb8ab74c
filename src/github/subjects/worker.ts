import { type Clock, ok, type Problem, type Result } from '#core-values';
import type { Db, Logger } from '#platform';
import { backOffMs } from './back-off.ts';
import { type DueSubject, dueSubjects, settleFailed, settleSynced, stillDue } from './queue.ts';
import type { AnySubject, Synced } from './subject.ts';

/** Who works on what, on all replicas: held by a session of the database, so that it ends with the process however that ends. */
export interface SubjectLocks {
  tryLock(name: string): Promise<boolean>;
  unlock(name: string): Promise<void>;
}

export interface WorkerOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: () => number;
  readonly locks: SubjectLocks;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly sync: (subject: AnySubject, signal: AbortSignal) => Promise<Result<Synced, Problem>>;
  /** How many subjects are worked on at once. @default 4 */
  readonly most?: number;
}

export interface SubjectWorker {
  /** Takes up what is due, as far as there is room; does not wait for it. */
  takeUp(): Promise<void>;
  /** Settles when what was taken up is done. */
  idle(): Promise<void>;
  /** The locks are lost, or the server stops: whoever works publishes nothing more. */
  abort(): void;
}

const MOST_AT_ONCE = 4;
const LOOK_AT = 100;

const nameOf = ({ kind, at, key }: AnySubject): string => `github ${kind} ${at.host} ${at.id} ${key}`;

/** Works on dirty subjects, one worker a subject. What is marked while it is worked on stays dirty and is worked on again. */
export function subjectWorker(on: WorkerOptions): SubjectWorker {
  const busy = new Map<string, Promise<void>>();
  const stop = new AbortController();
  const most = on.most ?? MOST_AT_ONCE;
  return {
    takeUp: async () => {
      if (busy.size >= most) return;
      for (const { subject } of await dueSubjects(on.db, on.clock.now(), LOOK_AT)) {
        const name = nameOf(subject);
        if (busy.size >= most || stop.signal.aborted) return;
        // A session's lock is given twice to the same session: within the process it is for us to know, before anything is awaited.
        if (busy.has(name)) continue;
        const done = lockAndWork(on, name, subject, stop.signal)
          .catch((error: unknown) => on.logger.error('A GitHub subject could not be settled', { error }))
          .finally(() => busy.delete(name));
        busy.set(name, done);
      }
    },
    idle: async () => {
      while (busy.size > 0) await Promise.all(busy.values());
    },
    abort: () => stop.abort(),
  };
}

async function lockAndWork(
  on: WorkerOptions,
  name: string,
  subject: AnySubject,
  signal: AbortSignal,
): Promise<void> {
  if (!(await on.locks.tryLock(name))) return;
  try {
    await workOn(on, subject, signal);
  } finally {
    await on.locks.unlock(name);
  }
}

async function workOn(on: WorkerOptions, subject: AnySubject, signal: AbortSignal): Promise<void> {
  const due = await stillDue(on.db, subject, on.clock.now());
  if (due === undefined || signal.aborted) return;
  const synced = await syncSafely(on, due, signal);
  if (signal.aborted) return;
  const now = on.clock.now();
  if (synced.ok) return settleSynced(on.db, due, { isOpen: synced.value.isOpen, now });
  const againMs = backOffMs(due.attempts, on.random());
  const { rule, message } = synced.error;
  on.logger.warn('GitHub could not be brought up to date', {
    ...subject.at,
    ...logged(subject),
    rule,
    againMs,
  });
  await settleFailed(on.db, due, { now, againMs, problem: `${rule}: ${message}`.slice(0, 500) });
}

const logged = ({ kind, key }: AnySubject) => ({ subject: kind, number: key });

interface Failure {
  readonly rule: string;
  readonly message: string;
}

/** A bug in one subject's use-case must not stop the others, nor be tried without a pause. */
async function syncSafely(
  on: WorkerOptions,
  { subject }: DueSubject,
  signal: AbortSignal,
): Promise<{ readonly ok: true; readonly value: Synced } | { readonly ok: false; readonly error: Failure }> {
  try {
    const synced = await on.sync(subject, signal);
    if (synced.ok) return ok(synced.value);
    const [{ rule, message }] = synced.error.reasons;
    return { ok: false, error: { rule, message: message.en } };
  } catch (error) {
    on.logger.error('A GitHub subject failed unexpectedly', { error, ...logged(subject) });
    // Its words may hold anything; the log masks them, the database would not.
    return {
      ok: false,
      error: { rule: 'github.bug', message: 'An unexpected error; see the server’s log.' },
    };
  }
}
