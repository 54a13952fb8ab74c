import type { Transaction } from 'kysely';
import { appendBounded } from '#audit';
import { err, ok, type PersonName, type Problem, problem, type Reason, type Result } from '#core-values';
import { type HttpContext, refuseForeignOrigin } from '#platform';
import { personByName } from '../core/index.ts';
import type { PasskeyAssertion } from '../core/passkey.ts';
import { type OpenedBrowserSession, originOf, signInBy } from '../sessions/index.ts';
import { acceptAnswer, challengeFor } from './confirm.ts';
import { requestOptions } from './options.ts';
import * as reasons from './reasons.ts';
import { type PasskeyRoom, partyOf } from './room.ts';
import type { StoredPasskey } from './store.ts';

/** Enough to see who tries; more are counted. */
const REFUSALS_PER_HOUR = 100;

/** What a browser asks with whom it is; nothing is kept of it. */
export const signInOptions = (room: PasskeyRoom): ReturnType<typeof requestOptions> =>
  requestOptions(partyOf(room), challengeFor(room, { purpose: 'sign-in' }), []);

/** Signs a browser in by a discoverable passkey: the passkey says who it is. */
export async function signInByPasskey(
  room: PasskeyRoom,
  c: HttpContext,
  assertion: PasskeyAssertion,
): Promise<Result<OpenedBrowserSession, Problem>> {
  const foreign = refuseForeignOrigin(c, originOf(room));
  if (foreign !== undefined) return err(foreign);
  let suspended: StoredPasskey | undefined;
  const done = await room.inTransaction<Result<OpenedBrowserSession, Problem>>(async (tx) => {
    const accepted = await acceptAnswer(room, tx, assertion, { purpose: 'sign-in' });
    suspended = accepted.ok ? undefined : accepted.error.suspended;
    if (!accepted.ok) return refuse(room, tx, accepted.error.why, accepted.error.suspended?.person);
    const person = personByName(room.organization(), accepted.value.person);
    if (person === undefined) return refuse(room, tx, reasons.UNKNOWN, accepted.value.person);
    const how = { kind: 'passkey', credential: accepted.value.credentialId } as const;
    return ok(await signInBy(room, tx, { person, how, c }));
  });
  if (suspended !== undefined) room.alarm(suspended);
  return done;
}

/** Anybody may try, so what is written is bounded (docs/adr/0024). */
async function refuse(
  room: PasskeyRoom,
  tx: Transaction<object>,
  why: Reason,
  person: PersonName | undefined,
): Promise<Result<never, Problem>> {
  await appendBounded(
    tx,
    {
      ...{ at: room.clock.now(), kind: 'session.refused', outcome: 'denied', reasons: [why] },
      actor: { kind: 'person', name: person ?? '(unknown)' },
      subject: person === undefined ? {} : { person },
      evidence: { by: 'passkey' },
    },
    [{ topic: 'refused sign-ins', mostPerHour: REFUSALS_PER_HOUR }],
  );
  return err(problem('unauthenticated', why));
}
