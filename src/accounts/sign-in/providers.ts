import { createHash, createHmac, randomBytes } from 'node:crypto';
import { type AuditEntry, appendBounded } from '#audit';
import { epochMs, err, ok, type Problem, type Result } from '#core-values';
import { type HttpContext, type OwnCookie, ownCookie, refuseForeignOrigin } from '#platform';
import { personBySignIn, safeReturnTo } from '../core/index.ts';
import { type OpenedBrowserSession, originOf, signInBy } from '../sessions/index.ts';
import { insertAttempt, takeAttempt } from './attempt-store.ts';
import * as problems from './problems.ts';
import type { Provider, SignInSecrets } from './provider.ts';
import type { SignInRoom } from './room.ts';

export interface ProvidersRoom extends SignInRoom {
  readonly providers: readonly Provider[];
}

/** As long as somebody may take at the provider. */
const ATTEMPT_LIFE_MS = 10 * 60_000;
const REFUSALS_PER_HOUR = 100;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

const sha256 = (words: string): string => createHash('sha256').update(words).digest('hex');
const newSecret = (): string => randomBytes(32).toString('base64url');

/** Known to this browser alone. Lax: it must come along when the provider sends the browser back. */
const attemptCookie = ({ publicUrl }: SignInRoom): OwnCookie =>
  ownCookie(publicUrl, 'sekisho-sign-in', 'Lax');

const callbackUrl = ({ publicUrl }: SignInRoom, { name }: Provider): string =>
  `${publicUrl}/v1/sign-in/providers/${name}/callback`;

/**
 * Nonce and PKCE verifier follow from what this browser alone keeps, anew for each sign-in, under the server's key: they are nowhere in the
 * database, and an answer that was begun elsewhere does not fit.
 */
function secretsOf({ sessionKey }: SignInRoom, browser: string, state: string): SignInSecrets {
  const derived = (use: string): string =>
    createHmac('sha256', sessionKey)
      .update(JSON.stringify(['sekisho-sign-in/1', use, browser]))
      .digest('base64url');
  return { state, nonce: derived('nonce'), verifier: derived('verifier') };
}

/** Where the browser goes to sign in at a provider; the answer carries the cookie that ties it to this browser. */
export async function beginSignIn(
  room: ProvidersRoom,
  c: HttpContext,
  { name, returnTo }: { readonly name: string; readonly returnTo?: string | undefined },
): Promise<Result<string, Problem>> {
  const foreign = refuseForeignOrigin(c, originOf(room));
  if (foreign !== undefined) return err(foreign);
  const provider = room.providers.find((known) => known.name === name);
  if (provider === undefined) return err(problems.NO_SUCH_PROVIDER);
  const [browser, state] = [newSecret(), newSecret()];
  const url = await provider.begin(callbackUrl(room, provider), secretsOf(room, browser, state));
  if (!url.ok) return url;
  const now = room.clock.now();
  const attempt = {
    ...{ stateSha256: sha256(state), browserSha256: sha256(browser), provider: name },
    ...{ returnTo: returnTo ?? '/', expiresAt: epochMs(now + ATTEMPT_LIFE_MS) },
  };
  const wasKept = await room.inTransaction((tx) => insertAttempt(tx, attempt, now));
  if (!wasKept) return err(problems.TOO_MANY);
  attemptCookie(room).give(c, browser, ATTEMPT_LIFE_MS);
  return url;
}

export interface SignedIn {
  readonly opened: OpenedBrowserSession;
  /** A path of our own pages. */
  readonly returnTo: string;
}

/**
 * Back from the provider: the attempt is ended first, whatever follows, and only for the browser that began it; then the provider is asked
 * who came. Only who `people[].signIn` names by id is let in.
 */
export async function finishSignIn(
  room: ProvidersRoom,
  c: HttpContext,
  name: string,
): Promise<Result<SignedIn, Problem>> {
  const provider = room.providers.find((known) => known.name === name);
  if (provider === undefined) return err(problems.NO_SUCH_PROVIDER);
  const browser = attemptCookie(room).read(c) ?? '';
  attemptCookie(room).forget(c);
  const answered = new URL(callbackUrl(room, provider));
  answered.search = new URL(c.req.url).search;
  const state = answered.searchParams.get('state') ?? '';
  if (!SECRET.test(state) || !SECRET.test(browser)) return refuse(room, name, problems.BAD_STATE);
  const attempt = { stateSha256: sha256(state), browserSha256: sha256(browser), provider: name };
  const returnTo = await room.inTransaction((tx) => takeAttempt(tx, attempt, room.clock.now()));
  if (returnTo === undefined) return refuse(room, name, problems.BAD_STATE);
  const subject = await provider.subject(answered, secretsOf(room, browser, state));
  if (!subject.ok) return refuse(room, name, subject.error);
  const account = { provider: name, subject: subject.value };
  const person = personBySignIn(room.organization(), account);
  if (person === undefined) return refuse(room, name, problems.NOT_KNOWN, subject.value);
  const how = { kind: 'provider', ...account } as const;
  const opened = await room.inTransaction((tx) => signInBy(room, tx, { person, how, c }));
  // As late as possible: it comes from whoever began, and lay in the database since.
  return ok({ opened, returnTo: safeReturnTo(returnTo) });
}

/** Anybody may come back with anything, so what is written is bounded (docs/adr/0024). */
async function refuse(
  { inTransaction, clock }: SignInRoom,
  provider: string,
  why: Problem,
  subject?: string,
): Promise<Result<never, Problem>> {
  const entry: AuditEntry = {
    ...{ at: clock.now(), kind: 'session.refused', outcome: 'denied', reasons: why.reasons },
    ...{ actor: { kind: 'person', name: '(unknown)' }, subject: {} },
    evidence: { provider, ...(subject === undefined ? {} : { subject: subject.slice(0, 255) }) },
  };
  await inTransaction((tx) =>
    appendBounded(tx, entry, [{ topic: 'refused sign-ins', mostPerHour: REFUSALS_PER_HOUR }]),
  );
  return err(why);
}
