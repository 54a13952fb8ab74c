import { type Clock, type EpochMs, err, ok, type Problem, type Result } from '#core-values';
import type { Db } from '#platform';
import { continues } from './checkpoint.ts';
import { rootOf } from './core/index.ts';
import { type AuditSigner, noteCrypto } from './signer.ts';
import { readHead, readLastCheckpoint } from './store.ts';
import { type DatabaseVerdict, verifyAudit } from './verify.ts';

export interface VerifiedAt {
  readonly at: EpochMs;
  readonly verdict: DatabaseVerdict;
}

export interface LogState {
  readonly size: number;
  /** The last one that was signed here. */
  readonly checkpoint?: { readonly size: number; readonly at: EpochMs };
  /** Whether the log as it is now continues that checkpoint; `true` before the first. */
  readonly continues: boolean;
  /** When every entry was looked at last, since this server runs. */
  readonly verified?: VerifiedAt;
}

export interface Verification {
  state(): Promise<LogState>;
  /** Looks at every entry. Whoever asks while that goes on gets its answer too, and within a minute the one before. */
  verify(): Promise<Result<VerifiedAt, Problem>>;
}

const FRESH_MS = 60_000;

/** What this server knows of its log; a copy kept elsewhere and `sekisho audit verify` know more than a server that may lie. */
export function verification(db: Db, signer: AuditSigner, clock: Clock): Verification {
  let last: VerifiedAt | undefined;
  let running: Promise<Result<VerifiedAt, Problem>> | undefined;
  const verifyAll = async (): Promise<Result<VerifiedAt, Problem>> => {
    const verdict = await verifyAudit(db, { keys: [signer.key], checkpoints: [] });
    if (!verdict.ok) return err(verdict.error);
    last = { at: clock.now(), verdict: verdict.value };
    return ok(last);
  };
  return {
    state: async () => ({ ...(await stateOf(db)), ...(last === undefined ? {} : { verified: last }) }),
    verify: async () => {
      if (running === undefined && last !== undefined && clock.now() < last.at + FRESH_MS) return ok(last);
      running ??= verifyAll().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

async function stateOf(db: Db): Promise<Omit<LogState, 'verified'>> {
  const kept = await readLastCheckpoint(db);
  const { tree } = await readHead(db);
  const { size } = tree;
  if (kept === undefined) return { size, continues: true };
  return {
    size,
    checkpoint: { size: kept.size, at: kept.madeAt },
    continues: await continues(db, kept, { size, root: rootOf(tree, noteCrypto.sha256) }),
  };
}
