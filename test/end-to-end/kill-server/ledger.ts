import type { Acting } from './organization.ts';
import type { TerraformState } from './plan-files.ts';

/**
 * What the clients were told by an answer that arrived whole: the server may never forget any of it. Nothing that a
 * client only sent is in here.
 */
export interface Ledger {
  readonly uploads: {
    readonly plan: string;
    readonly stack: string;
    readonly digest: string;
    readonly auditEntry: string;
  }[];
  readonly approvals: {
    readonly plan: string;
    readonly stack: string;
    readonly fingerprint: string;
    readonly person: Acting;
    readonly statement: string;
    readonly signature: string;
    readonly auditEntry: string;
  }[];
  readonly grants: AcknowledgedGrant[];
  readonly fetches: { readonly plan: string; readonly digest: string; readonly sha256: string }[];
  readonly reports: AcknowledgedReport[];
  readonly revocations: { readonly grant: string; readonly auditEntry: string }[];
  readonly refusals: { readonly rules: readonly string[]; readonly auditEntry: string | undefined }[];
  readonly checkpoints: { readonly note: string; readonly key: string }[];
  /** Requests whose answer never came, by what they asked. */
  readonly unanswered: Map<string, number>;
  /** What no client of a sound server would ever see. */
  readonly surprises: string[];
}

export interface AcknowledgedGrant {
  readonly grant: string;
  readonly purpose: 'plan' | 'apply';
  readonly stack: string;
  readonly account: string;
  readonly plan: string | undefined;
  readonly secretSha256: string | undefined;
  readonly accessKeyId: string;
  readonly auditEntry: string;
}

export interface AcknowledgedReport {
  readonly grant: string;
  readonly plan: string;
  readonly stack: string;
  readonly outcome: 'applied' | 'failed';
  readonly state: TerraformState;
  readonly auditEntry: string;
}

export const emptyLedger = (): Ledger => ({
  uploads: [],
  approvals: [],
  grants: [],
  fetches: [],
  reports: [],
  revocations: [],
  refusals: [],
  checkpoints: [],
  unanswered: new Map(),
  surprises: [],
});
