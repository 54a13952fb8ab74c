import type { Transaction } from 'kysely';
import { err, type PersonName, type Reason, type Result } from '#core-values';
import type { PasskeyAssertion } from '../core/passkey.ts';
import { acceptAssertion } from './accept.ts';
import { clientDataOf } from './assertion.ts';
import { type ChallengeUse, endOfChallenge, makeChallenge, spendChallenge, wasSpent } from './challenges.ts';
import { requestOptions } from './options.ts';
import * as reasons from './reasons.ts';
import { type PasskeyRoom, partyOf } from './room.ts';
import { passkeysOf, type StoredPasskey } from './store.ts';

/** An answer to one of our own challenges, good once and within five minutes. Suspends a passkey whose counter goes back. */
export async function acceptAnswer(
  room: PasskeyRoom,
  tx: Transaction<object>,
  assertion: PasskeyAssertion,
  use: ChallengeUse,
): Promise<Result<StoredPasskey, { readonly why: Reason; readonly suspended?: StoredPasskey }>> {
  const [party, at] = [partyOf(room), room.clock.now()];
  const challenge = clientDataOf(assertion.clientDataJSON)?.challenge ?? '';
  const end = endOfChallenge(party, challenge, use, at);
  if (end === undefined || (await wasSpent(tx, challenge))) return err({ why: reasons.OTHER_CHALLENGE });
  const accepted = await acceptAssertion(tx, party, { assertion, challenge, at });
  if (!accepted.ok) return accepted;
  const { person } = accepted.value;
  if (use.person !== undefined && use.person !== person) return err({ why: reasons.notTheirs(use.person) });
  return (await spendChallenge(tx, challenge, end)) ? accepted : err({ why: reasons.OTHER_CHALLENGE });
}

/** What a browser asks the person's passkeys with, to confirm an act; `undefined` where the person has none that works. */
export async function confirmationOptions(
  room: PasskeyRoom,
  person: PersonName,
): Promise<ReturnType<typeof requestOptions> | undefined> {
  const party = partyOf(room);
  const active = await activePasskeys(room, room.db, person);
  if (active.length === 0) return undefined;
  return requestOptions(party, challengeFor(room, { purpose: 'confirm', person }), active);
}

export const challengeFor = (room: PasskeyRoom, use: ChallengeUse): string =>
  Buffer.from(makeChallenge(partyOf(room), use, room.clock.now())).toString('base64url');

export const activePasskeys = async (
  room: PasskeyRoom,
  db: PasskeyRoom['db'],
  person: PersonName,
): Promise<readonly StoredPasskey[]> =>
  (await passkeysOf(db, person, room.sessionKey)).filter(({ state }) => state === 'active');

/** Whether the person confirms with a passkey of theirs, now. */
export async function confirmed(
  room: PasskeyRoom,
  tx: Transaction<object>,
  person: PersonName,
  assertion: PasskeyAssertion | undefined,
): Promise<Result<StoredPasskey, { readonly why: Reason; readonly suspended?: StoredPasskey }>> {
  if (assertion === undefined) return err({ why: reasons.CONFIRM_FIRST });
  return acceptAnswer(room, tx, assertion, { purpose: 'confirm', person });
}
