import type { Transaction } from 'kysely';
import { appendAudit } from '#audit';
import { err, ok, type PersonName, type Problem, problem, type Reason, type Result } from '#core-values';
import type { HttpContext } from '#platform';
import { personByName, type SignInHow } from '../core/index.ts';
import { type PasskeyAssertion, standsOnNow } from '../core/passkey.ts';
import { type BrowserSession, type OpenedBrowserSession, signInBy } from '../sessions/index.ts';
import { clientDataOf } from './assertion.ts';
import { endOfChallenge, spendChallenge } from './challenges.ts';
import { activePasskeys, challengeFor, confirmationOptions, confirmed } from './confirm.ts';
import { creationOptions, type requestOptions } from './options.ts';
import * as reasons from './reasons.ts';
import { type PasskeyRegistration, verifyRegistration } from './registration.ts';
import { type PasskeyRoom, partyOf } from './room.ts';
import { endSessionsOf } from './sessions-of.ts';
import {
  insertPasskey,
  lockPasskeysOf,
  passkeyFingerprint,
  passkeysOf,
  type StoredPasskey,
  updatePasskey,
} from './store.ts';

const MOST_PASSKEYS = 20;
/** A session by a provider is good for a first passkey only while who opened it sits there. */
const FRESH_MS = 15 * 60_000;

export interface EnrolmentOptions {
  readonly creation: ReturnType<typeof creationOptions>;
  /** Present where the person must confirm with a passkey that they have. */
  readonly confirmation?: ReturnType<typeof requestOptions>;
}

/** What the browser asks the authenticator with. */
export async function beginEnrolment(room: PasskeyRoom, session: BrowserSession): Promise<EnrolmentOptions> {
  const person = session.person.name;
  const known = await activePasskeys(room, room.db, person);
  const challenge = challengeFor(room, { purpose: 'enrol', person });
  const confirmation = isRecovery(session.how) ? undefined : await confirmationOptions(room, person);
  return {
    creation: creationOptions(partyOf(room), challenge, { person, known }),
    ...(confirmation === undefined ? {} : { confirmation }),
  };
}

const isRecovery = (how: SignInHow): boolean => how.kind === 'link' && how.purpose === 'recovery';

export interface Enrolling {
  readonly session: BrowserSession;
  readonly name: string;
  readonly registration: PasskeyRegistration;
  readonly confirmation?: PasskeyAssertion;
}

export interface Enrolled {
  readonly passkey: StoredPasskey;
  /** In place of the link's, which could do nothing else. */
  readonly opened?: OpenedBrowserSession;
}

/**
 * Enrols a passkey. Who has one confirms with it; a first one needs a link or a provider's fresh sign-in. A recovery removes all others in
 * the same breath. By a link it also signs the browser in as by the passkey: the authenticator has just verified the person.
 */
export async function enrol(
  room: PasskeyRoom,
  c: HttpContext,
  enrolling: Enrolling,
): Promise<Result<Enrolled, Problem>> {
  const { session } = enrolling;
  const { name: person } = session.person;
  let suspended: StoredPasskey | undefined;
  const done = await room.inTransaction<Result<Enrolled, Problem>>(async (tx) => {
    await lockPasskeysOf(tx, person);
    const taken = await take(room, tx, enrolling);
    suspended = taken.ok ? undefined : taken.error.suspended;
    if (!taken.ok) return refuse(room, tx, person, taken.error.why);
    const { passkey, replaced } = taken.value;
    for (const one of replaced) await endSessionsOf(room, tx, one);
    await recordEnrolled(room, tx, taken.value);
    if (session.how.kind !== 'link') return ok({ passkey });
    const how = { kind: 'passkey', credential: passkey.credentialId } as const;
    return ok({ passkey, opened: await signInBy(room, tx, { person: session.person, how, c }) });
  });
  if (suspended !== undefined) room.alarm(suspended);
  return done;
}

interface Taken {
  readonly passkey: StoredPasskey;
  /** What it stands in the place of, after a recovery. */
  readonly replaced: readonly StoredPasskey[];
  readonly by?: StoredPasskey;
}

async function take(
  room: PasskeyRoom,
  tx: Transaction<object>,
  enrolling: Enrolling,
): Promise<Result<Taken, { readonly why: Reason; readonly suspended?: StoredPasskey }>> {
  const { session, name, registration } = enrolling;
  const person = session.person.name;
  const [party, at] = [partyOf(room), room.clock.now()];
  const kept = (await passkeysOf(tx, person, party.key)).filter(({ state }) => state !== 'removed');
  const replaced = isRecovery(session.how) ? kept : [];
  if (kept.length - replaced.length >= MOST_PASSKEYS) return err({ why: reasons.TOO_MANY });
  const challenge = clientDataOf(registration.clientDataJSON)?.challenge ?? '';
  const end = endOfChallenge(party, challenge, { purpose: 'enrol', person }, at);
  if (end === undefined) return err({ why: reasons.OTHER_CHALLENGE });
  const verified = await verifyRegistration(registration, { party, challenge });
  if (!verified.ok) return err({ why: verified.error });
  const standing = await standingOf(room, tx, enrolling);
  if (!standing.ok) return standing;
  if (!(await spendChallenge(tx, challenge, end))) return err({ why: reasons.OTHER_CHALLENGE });
  const { publicKey, counter } = verified.value;
  const { by, ...word } = standing.value;
  const passkey: StoredPasskey = {
    ...{ credentialId: registration.credentialId, person, name, publicKey, counter },
    ...{ fingerprint: passkeyFingerprint(publicKey), transports: registration.transports },
    ...{ state: 'active', addedAt: at, ...word },
  };
  if (!(await insertPasskey(tx, passkey, party.key))) return err({ why: reasons.KNOWN_ALREADY });
  for (const one of replaced) await updatePasskey(tx, { ...one, state: 'removed' }, party.key);
  return ok({ passkey, replaced, ...(by === undefined ? {} : { by }) });
}

interface Standing extends Pick<StoredPasskey, 'addedBy' | 'standsOn'> {
  /** The passkey that confirmed it. */
  readonly by?: StoredPasskey;
}

/** How it is known whose the new passkey is, and on whose word. */
async function standingOf(
  room: PasskeyRoom,
  tx: Transaction<object>,
  { session: { person, how, openedAt }, confirmation }: Enrolling,
): Promise<Result<Standing, { readonly why: Reason; readonly suspended?: StoredPasskey }>> {
  const active = await activePasskeys(room, tx, person.name);
  if (active.length > 0 && !isRecovery(how)) {
    const by = await confirmed(room, tx, person.name, confirmation);
    if (!by.ok) return by;
    return ok({ addedBy: 'passkey', standsOn: standsOnNow(by.value, person), by: by.value });
  }
  switch (how.kind) {
    case 'passkey':
      return err({ why: reasons.NOT_BY_THIS_SESSION });
    case 'provider':
      return room.clock.now() - openedAt <= FRESH_MS
        ? ok({ addedBy: 'provider', standsOn: [] })
        : err({ why: reasons.NOT_BY_THIS_SESSION });
    case 'link': {
      if (how.vouchedBy === null) return ok({ addedBy: 'terminal', standsOn: [] });
      const word = await wordOf(room, tx, how.vouchedBy);
      return ok({ addedBy: 'link', standsOn: word.filter((name) => name !== person.name) });
    }
  }
}

/**
 * Whoever made a link, and everybody who might be them: those on whose word any of their own passkeys ever stood. Of a link for oneself, too:
 * it may have been asked for with such a passkey.
 */
async function wordOf(
  room: PasskeyRoom,
  tx: Transaction<object>,
  maker: PersonName,
): Promise<readonly PersonName[]> {
  const owner = personByName(room.organization(), maker) ?? { passkeys: [] };
  const theirs = await passkeysOf(tx, maker, room.sessionKey);
  return [...new Set([maker, ...theirs.flatMap((passkey) => standsOnNow(passkey, owner))])];
}

const recordEnrolled = (
  room: PasskeyRoom,
  tx: Transaction<object>,
  { passkey, replaced, by }: Taken,
): Promise<unknown> =>
  appendAudit(tx, {
    ...{ at: room.clock.now(), kind: 'passkey.enrolled', outcome: 'done' },
    actor: { kind: 'person', name: passkey.person },
    subject: { person: passkey.person, other: `passkey:${passkey.fingerprint}` },
    evidence: {
      ...{ name: passkey.name, by: passkey.addedBy, standsOn: passkey.standsOn },
      ...(by === undefined ? {} : { confirmedBy: by.fingerprint }),
      ...(replaced.length === 0 ? {} : { replaced: replaced.map(({ fingerprint }) => fingerprint) }),
    },
  });

async function refuse(
  room: PasskeyRoom,
  tx: Transaction<object>,
  person: PersonName,
  why: Reason,
): Promise<Result<never, Problem>> {
  await appendAudit(tx, {
    ...{ at: room.clock.now(), kind: 'passkey.refused', outcome: 'denied', reasons: [why] },
    actor: { kind: 'person', name: person },
    subject: { person },
  });
  return err(problem('denied', why));
}
