import type { Clock, Problem, Result } from '#core-values';
import type { Db, Tx } from '#platform';
import type { Definition } from './core/definitions/documents.ts';
import type { Definitions } from './core/definitions/resolve.ts';
import type { LogRequest } from './core/logs/batch.ts';
import type { Pseudonym } from './core/spool/gather.ts';

/** What the use-cases of this room stand on; `main/` puts it together. */
export interface SloRoom {
  readonly db: Db;
  /** Whatever `work` answers is committed; see `inTransaction` of #platform. */
  readonly inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  /** `newId('inc', now)` → `inc_…`, in the order of time. */
  readonly newId: (prefix: string, now: number) => string;
  /** In force now. Without any document: empty lists, and nothing is judged. */
  readonly definitions: () => DefinitionsInForce;
  /** How requests are kept, and for how long. */
  readonly keeping: () => Keeping;
  /** Texts that tell who somebody is, as numbers that only this server can make: see docs/slo-data.md. */
  readonly pseudonym: Pseudonym;
  /** For the server's own log. */
  readonly report: (event: SloEvent) => void;
}

export interface DefinitionsInForce {
  readonly definitions: Definitions;
  /** Changes with their meaning: SHA-256 of what the files say. */
  readonly digest: string;
  /** As they were read; pages show them as YAML. */
  readonly documents?: readonly Definition[];
  /** Where they were read from. */
  readonly folder?: string;
  /** Newer ones are wrong: these still hold. */
  readonly problem?: Problem;
  /** None could be read since the start: which SLOs there are is not known. */
  readonly isUnread?: boolean;
}

export interface Keeping {
  /** Requests stay in the spool for so long, and can be judged again. */
  readonly retentionMs: number;
  /** Counts by minute are kept for so long. */
  readonly countsRetentionMs: number;
  /** Requests come so much later than they began, at most: what is younger is not judged yet. */
  readonly latenessMs: number;
}

export interface SloEvent {
  readonly kind: 'source-failed' | 'judging-failed' | 'definitions';
  readonly about: string;
  readonly why?: string;
}

/** A request that comes with an id of its own: of the same source and id only one counts, however often it is told. */
export interface IntakeRequest extends LogRequest {
  readonly id?: string;
}

/** What does not come as lines of a log: spans, beacons, pushed logs. */
export interface Delivery {
  /** As people know it: `otlp`, `beacon`, a source of sekisho.yaml. */
  readonly source: string;
  /** Of the same source and id only the first counts; up to 200 characters. */
  readonly deliveryId: string;
  readonly requests: readonly IntakeRequest[];
}

/** Takes requests to be judged; they are in the database when it answers. */
export interface RequestIntake {
  take(delivery: Delivery): Promise<Result<'taken' | 'repeated', Problem>>;
}
