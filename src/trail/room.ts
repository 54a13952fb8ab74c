import type { Account, Organization, Stack } from '#accounts/core';
import type { Clock, GrantId, JsonObject, PlanId, Problem, Result } from '#core-values';
import type { Db } from '#platform';
import type { FindingRule, Severity } from './core/index.ts';
import type { DeliveredFiles, DigestKeys } from './delivered-files.ts';

type Roles = Partial<Pick<Stack, 'planRole' | 'applyRole'>>;

/** What this room reads of sekisho.yaml. */
export interface TrailOrganization {
  readonly accounts: readonly (Pick<Account, 'id'> & Roles)[];
  readonly stacks: readonly (Pick<Stack, 'name'> & Roles)[];
}

/** For routes that only administrators may use. */
export interface AdministeredRoom {
  readonly organization: () => TrailOrganization & Pick<Organization, 'administrators'>;
}

/** What the use-cases of this room stand on; `main/` puts it together. */
export interface TrailRoom {
  readonly db: Db;
  readonly clock: Clock;
  /** As configured now: whose roles are Sekisho's. */
  readonly organization: () => TrailOrganization;
  readonly trail: Trail;
  /** The review of an apply's plan, as its JSON. */
  readonly reviewOf: (plan: PlanId) => Promise<Result<JsonObject, Problem>>;
  /** Whether its apply was reported as done. */
  readonly wasApplied: (plan: PlanId) => Promise<boolean>;
  /** After so many applies of different plans what they called is believed: docs/adr/0032. */
  readonly appliesToBelieve: number;
  /** Tells people at once; may be told the same again after a crash. */
  readonly alarm: (alarm: TrailAlarm) => void;
}

/** Where the files are, and the keys of their digests. */
export interface Trail {
  readonly files: DeliveredFiles;
  readonly keys: DigestKeys;
  /** The folder that holds `AWSLogs/`, with `/` at its end; empty for the root. */
  readonly prefix: string;
  /** Compared with what digests say of themselves; absent for a folder of copies. */
  readonly bucket?: string;
}

export interface TrailAlarm {
  readonly rule: FindingRule;
  readonly severity: Severity;
  readonly message: string;
  readonly grant?: GrantId;
}
