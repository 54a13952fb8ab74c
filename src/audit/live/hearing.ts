import { type Db, type Loop, startLoop } from '#platform';
import { auditSize } from '../counts.ts';
import { auditAfter } from '../follow.ts';
import { type HeardEvent, heardOf } from './live-event.ts';

export interface HearingOptions {
  readonly db: Db;
  /** How long after one look at the log comes the next, while anybody listens. */
  readonly everyMs: number;
  readonly onError: (cause: unknown) => void;
}

/** What follows a position: at once what there is, `too-much` when that is more than anybody wants told one by one. */
export type Heard = readonly HeardEvent[] | 'too-much';

/** One reader of the log for everybody who listens. */
export interface Hearing {
  /** Position of the next entry, as far as the log was read. */
  head(): Promise<number>;
  after(position: number): Promise<Heard>;
  /** Settles when there is something at the position, or when nothing comes any more. */
  changed(position: number, signal: AbortSignal): Promise<void>;
  /** Counts one who listens, until the answer is called. */
  listen(): () => void;
  isStopped(): boolean;
  stop(): Promise<void>;
}

/** Of the latest entries, in memory; who is further behind is told from the log. */
const KEPT = 1_000;
/** More at once than that, and whoever listens had better read everything anew. */
const MOST_AT_ONCE = 500;

/** Follows the log for whoever listens, with one question to the database each time however many they are, and with none while nobody does. */
export function hearing({ db, everyMs, onError }: HearingOptions): Hearing {
  let ring = newRing(db);
  let listeners = 0;
  let loop: Loop | undefined;
  let stopped = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const go of [...waiting]) go();
  };
  const begin = (): void => {
    // Whatever was read before anybody listened may be long ago.
    const into = newRing(db);
    ring = into;
    loop = startLoop(async () => ((await look(db, into)) ? wake() : undefined), {
      pauseMs: everyMs,
      onError,
    });
  };
  return {
    head: () => ring.head(),
    after: async (position) => {
      const until = await ring.head();
      const { recent } = ring;
      if (position >= until) return [];
      if (until - position > MOST_AT_ONCE) return 'too-much';
      return position >= until - recent.length
        ? recent.slice(position - until)
        : (await auditAfter(db, position, until - position)).map(heardOf);
    },
    changed: (position, signal) =>
      new Promise((resolve) => {
        const go = (): void => {
          waiting.delete(go);
          signal.removeEventListener('abort', go);
          resolve();
        };
        if (signal.aborted || stopped || (ring.end ?? 0) > position) return resolve();
        waiting.add(go);
        signal.addEventListener('abort', go, { once: true });
      }),
    listen: () => {
      listeners += 1;
      if (loop === undefined && !stopped) begin();
      let isCounted = true;
      return () => {
        if (!isCounted) return;
        isCounted = false;
        listeners -= 1;
        if (listeners > 0) return;
        void loop?.stop();
        loop = undefined;
      };
    },
    isStopped: () => stopped,
    stop: async () => {
      stopped = true;
      wake();
      await loop?.stop();
    },
  };
}

/** The latest of the log. */
interface Ring {
  /** Where it began to be followed, or the end of what was read since: of all who ask at the beginning, one asks the database. */
  head(): Promise<number>;
  end: number | undefined;
  recent: readonly HeardEvent[];
}

function newRing(db: Db): Ring {
  let asked: Promise<number> | undefined;
  const ring: Ring = {
    end: undefined,
    recent: [],
    head: async () => {
      if (ring.end !== undefined) return ring.end;
      asked ??= auditSize(db).finally(() => {
        asked = undefined;
      });
      const size = await asked;
      ring.end ??= size;
      return ring.end;
    },
  };
  return ring;
}

/** Reads on; `true` when there was anything. */
async function look(db: Db, ring: Ring): Promise<boolean> {
  const from = await ring.head();
  const records = await auditAfter(db, from, KEPT);
  ring.recent = [...ring.recent, ...records.map(heardOf)].slice(-KEPT);
  ring.end = from + records.length;
  return records.length > 0;
}
