import { epochMs } from '#core-values';
import { type Logger, startLoop } from '#platform';
import { connectedApps } from './store/apps.ts';
import { pruneDeliveries } from './store/deliveries.ts';
import { pruneDispatchedRuns } from './store/dispatched-runs.ts';
import { type FollowingRoom, followAudit } from './subjects/follow.ts';
import { type HeldLocks, sessionLocks } from './subjects/locks.ts';
import { pruneSubjects } from './subjects/queue.ts';
import { type ReconcilingRoom, syncAny } from './subjects/reconcile.ts';
import type { Syncs } from './subjects/subject.ts';
import { type SubjectWorker, subjectWorker } from './subjects/worker.ts';

export interface KeepingRoom extends ReconcilingRoom, FollowingRoom {
  readonly databaseUrl: string;
  readonly logger: Logger;
  readonly random: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly syncs: Syncs;
}

export interface KeepingGitHub {
  /** Something may be due now. */
  poke(): void;
  /** Takes up nothing more, tells who works to publish nothing more, and waits for them a while. */
  stop(): Promise<void>;
}

const EVERY_MS = 1_000;
const STOP_MS = 20_000;

interface Session {
  readonly locks: HeldLocks;
  readonly worker: SubjectWorker;
}

/** Follows the log and works on what is dirty, on every replica; asks nobody while no App is connected. */
export function keepGitHub(on: KeepingRoom): KeepingGitHub {
  let session: Session | undefined;
  const end = async (): Promise<void> => {
    const ended = session;
    session = undefined;
    ended?.worker.abort();
    await Promise.race([ended?.worker.idle(), on.pause(STOP_MS)]);
    await ended?.locks.release().catch(() => undefined);
  };
  const work = async (): Promise<void> => {
    if ((await connectedApps(on.db)).length === 0) return end();
    session ??= await begin(on);
    await session.locks.check();
    while (await followAudit(on));
    await session.worker.takeUp();
  };
  const onError = (error: unknown): void => on.logger.error('GitHub could not be kept up to date', { error });
  const guarded = (): Promise<void> =>
    work().catch(async (error: unknown) => {
      onError(error);
      // The locks may be gone with their connection: begin anew.
      await end();
    });
  const loop = startLoop(guarded, { pauseMs: EVERY_MS, onError });
  return {
    poke: () => void session?.worker.takeUp().catch(onError),
    stop: async () => {
      await loop.stop();
      await end();
    },
  };
}

async function begin(on: KeepingRoom): Promise<Session> {
  const held = await sessionLocks(on.databaseUrl);
  // As every other failure here: reported, and tried again.
  if (!held.ok) throw new Error(held.error.reasons[0].message.en);
  const locks = held.value;
  return { locks, worker: subjectWorker({ ...on, locks, sync: syncAny(on, on.syncs) }) };
}

const DAY_MS = 86_400_000;
/** GitHub delivers again for three days. */
const DELIVERIES_KEPT_MS = 14 * DAY_MS;
const SUBJECTS_KEPT_MS = 30 * DAY_MS;
/** GitHub runs again for 30 days what ran; a run may take 35. https://docs.github.com/en/actions/reference/limits */
const DISPATCHED_RUNS_KEPT_MS = 90 * DAY_MS;

/** Forgets deliveries and runs that nobody can repeat any more, and subjects that were finished long ago. */
export async function forgetOldGitHub({ db, clock }: Pick<KeepingRoom, 'db' | 'clock'>): Promise<void> {
  await pruneDeliveries(db, epochMs(clock.now() - DELIVERIES_KEPT_MS));
  await pruneSubjects(db, epochMs(clock.now() - SUBJECTS_KEPT_MS));
  await pruneDispatchedRuns(db, epochMs(clock.now() - DISPATCHED_RUNS_KEPT_MS));
}
