import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { appendAudit } from '#audit';
import { type EpochMs, err, ok, type Reason, type Result } from '#core-values';
import type { PasskeyAssertion } from '../core/passkey.ts';
import { verifyAssertion } from './assertion.ts';
import type { PasskeyParty } from './party.ts';
import { REMOVED, SUSPENDED, UNKNOWN } from './reasons.ts';
import { endSessionsOf } from './sessions-of.ts';
import { lockPasskey, type StoredPasskey, updatePasskey } from './store.ts';

export interface GivenAssertion {
  readonly assertion: PasskeyAssertion;
  /** What the assertion must answer. Base64 for URLs. */
  readonly challenge: string;
  readonly at: EpochMs;
}

export interface AssertionRefused {
  readonly why: Reason;
  /** The counter went back just now: people are to be alarmed once this is committed. */
  readonly suspended?: StoredPasskey;
}

/**
 * Verifies what a passkey says now, and remembers how far it has counted. One whose counter does not go on is suspended at once: the
 * caller commits that although it is answered a refusal. The very same answer again is a repeated request, and no copy.
 */
export async function acceptAssertion(
  tx: Transaction<object>,
  party: PasskeyParty,
  { assertion, challenge, at }: GivenAssertion,
): Promise<Result<StoredPasskey, AssertionRefused>> {
  const passkey = await lockPasskey(tx, assertion.credentialId, party.key);
  if (passkey === undefined) return err({ why: UNKNOWN });
  if (passkey.state !== 'active') return err({ why: passkey.state === 'removed' ? REMOVED : SUSPENDED });
  const verified = await verifyAssertion(assertion, { party, passkey, challenge });
  // Whether anything else is wrong with an answer that the key did not sign, is nobody's business.
  if (!verified.ok) return err({ why: verified.error });
  const lastSha256 = digestOf(assertion);
  if (lastSha256 === passkey.lastSha256) return ok(passkey);
  const { counter } = verified.value;
  if (!countsOn(passkey.counter, counter)) {
    const suspended = { ...passkey, state: 'suspended' } as const;
    await updatePasskey(tx, suspended, party.key);
    await endSessionsOf({ clock: { now: () => at }, sessionKey: party.key }, tx, passkey);
    await recordSuspension(tx, passkey, { counter, at });
    return err({ why: SUSPENDED, suspended });
  }
  const used = { ...passkey, counter, lastSha256, lastUsedAt: at };
  await updatePasskey(tx, used, party.key);
  return ok(used);
}

/** WebAuthn, section 6.1.1: a counter goes up with each use, or stays 0 for ever. */
export const countsOn = (kept: number, shown: number): boolean =>
  kept === 0 && shown === 0 ? true : shown > kept;

/** Of what was signed: an ECDSA signature has two spellings. */
const digestOf = ({ clientDataJSON, authenticatorData }: PasskeyAssertion): string =>
  createHash('sha256').update(`${authenticatorData}.${clientDataJSON}`).digest('hex');

const recordSuspension = (
  tx: Transaction<object>,
  passkey: StoredPasskey,
  { counter, at }: { readonly counter: number; readonly at: EpochMs },
): Promise<unknown> =>
  appendAudit(tx, {
    at,
    kind: 'passkey.suspended',
    actor: { kind: 'server', name: 'sekisho' },
    subject: { person: passkey.person, other: `passkey:${passkey.fingerprint}` },
    outcome: 'denied',
    reasons: [SUSPENDED],
    evidence: { name: passkey.name, counterKept: passkey.counter, counterShown: counter },
  });
