import { createHash, randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import { type AuditEntry, appendAudit, appendBounded } from '#audit';
import {
  type EpochMs,
  epochMs,
  err,
  ok,
  type PersonName,
  type Problem,
  problem,
  type Result,
} from '#core-values';
import { type HttpContext, refuseForeignOrigin, sshSignerOf, uuidV7 } from '#platform';
import {
  LINK_NAMESPACE,
  LINK_STATEMENT_SKEW_MS,
  type LinkPurpose,
  type LinkStatement,
  mayVouchFor,
  type Person,
  parseLinkStatement,
  personByKey,
  personByName,
} from '../core/index.ts';
import type { PasskeyAssertion } from '../core/passkey.ts';
import { acceptAssertion, type StoredPasskey, statementChallenge } from '../passkeys/index.ts';
import { endEverySession, type OpenedBrowserSession, originOf, signInBy } from '../sessions/index.ts';
import { insertLink, type SignInLink, spendLink, statementMadeLink } from './link-store.ts';
import * as problems from './problems.ts';
import { hasPasskey, type LinkRoom, partyOf, type SignInRoom } from './room.ts';

const HOUR_MS = 3_600_000;
/** Whoever reads the terminal is there now; whoever is invited may sleep first. */
const LIFE_MS: Readonly<Record<LinkPurpose, number>> = {
  first: HOUR_MS,
  invite: 24 * HOUR_MS,
  recovery: 24 * HOUR_MS,
};
/** Enough to see who tries; more are counted. */
const REFUSALS_PER_HOUR = 100;

export interface MadeLink {
  readonly person: PersonName;
  /** Shown once; what follows `#` reaches neither logs nor other sites. */
  readonly url: string;
  readonly expiresAt: EpochMs;
}

/** Words that ask for a link, and who says so: with an SSH key, or with a passkey whose challenge is their SHA-256. */
export type SignedRequest = { readonly statement: string } & (
  | { readonly kind: 'ssh'; readonly signature: string }
  | { readonly kind: 'passkey'; readonly assertion: PasskeyAssertion }
);

const sha256 = (words: string): string => createHash('sha256').update(words).digest('hex');

/**
 * Makes a link for whoever asks with a signature: no session does it, or a stolen one could enrol a passkey for anybody. An administrator
 * asks for others; everybody may ask for themselves with the SSH key that they approve with.
 */
export async function makeLink(room: LinkRoom, request: SignedRequest): Promise<Result<MadeLink, Problem>> {
  const now = room.clock.now();
  let suspended: StoredPasskey | undefined;
  const made = await room.inTransaction<Result<MadeLink, Problem>>(async (tx) => {
    const asked = await askedFor(room, tx, request);
    suspended = asked.ok ? undefined : asked.error.suspended;
    if (!asked.ok) return refuse(tx, asked.error.why, { now });
    const { maker, statement } = asked.value;
    const fault = await faultOf(room, tx, { ...asked.value, byKey: request.kind === 'ssh' });
    const about = { now, maker, person: statement.person };
    if (fault !== undefined) return refuse(tx, fault, about);
    const { link, url } = newLink(room, {
      ...{ person: statement.person, purpose: statement.purpose, madeBy: maker.name, now },
      ...{ reason: statement.reason ?? null, statementSha256: sha256(request.statement) },
    });
    if (!(await insertLink(tx, link, room.sessionKey))) return refuse(tx, problems.USED_STATEMENT, about);
    await recordMade(tx, link, { kind: 'person', name: maker.name });
    return ok({ person: link.person, url, expiresAt: link.expiresAt });
  });
  if (suspended !== undefined) room.alarm(suspended);
  return made;
}

interface Asked {
  readonly maker: Person;
  readonly statement: LinkStatement;
}

interface NotAsked {
  readonly why: Problem;
  /** Its counter went back just now. */
  readonly suspended?: StoredPasskey;
}

/** What is asked, that it is asked here, now and for the first time, and then who asks: whoever sends old words again touches no passkey with them. */
async function askedFor(
  room: SignInRoom,
  tx: Transaction<object>,
  request: SignedRequest,
): Promise<Result<Asked, NotAsked>> {
  const parsed = parseLinkStatement(request.statement);
  if (!parsed.ok) return err({ why: parsed.error });
  const { value: statement } = parsed;
  const at = room.clock.now();
  if (statement.server !== room.publicUrl) return err({ why: problems.otherServer(room.publicUrl) });
  if (Math.abs(at - statement.at) > LINK_STATEMENT_SKEW_MS) return err({ why: problems.STALE });
  if (await statementMadeLink(tx, sha256(request.statement))) return err({ why: problems.USED_STATEMENT });
  const organization = room.organization();
  if (request.kind === 'ssh') {
    const key = sshSignerOf(request.statement, request.signature, LINK_NAMESPACE);
    const maker = key === undefined ? undefined : personByKey(organization, key);
    return maker === undefined ? err({ why: problems.BAD_SIGNATURE }) : ok({ maker, statement });
  }
  const challenge = statementChallenge(request.statement);
  const accepted = await acceptAssertion(tx, partyOf(room), { assertion: request.assertion, challenge, at });
  if (!accepted.ok) {
    const { why, ...more } = accepted.error;
    return err({ why: problem('unauthenticated', why), ...more });
  }
  const maker = personByName(organization, accepted.value.person);
  return maker === undefined ? err({ why: problems.BAD_SIGNATURE }) : ok({ maker, statement });
}

async function faultOf(
  room: SignInRoom,
  tx: Transaction<object>,
  { maker, statement, byKey }: Asked & { readonly byKey: boolean },
): Promise<Problem | undefined> {
  const organization = room.organization();
  const isForSelf = byKey && maker.name === statement.person;
  if (!isForSelf && !organization.administrators.includes(maker.name)) return problems.ONLY_ADMINISTRATORS;
  if (personByName(organization, statement.person) === undefined)
    return problems.unknownPerson(statement.person);
  const isInvited = statement.purpose === 'invite';
  return isInvited && (await hasPasskey(tx, room, statement.person))
    ? problems.hasOne(statement.person)
    : undefined;
}

/**
 * The link of the server's own terminal, for the first administrator of `sekisho.yaml`, while no administrator has a passkey; `undefined`
 * otherwise. Each start makes a new one in place of the one before.
 */
export async function makeFirstLink(room: SignInRoom): Promise<MadeLink | undefined> {
  const now = room.clock.now();
  return room.inTransaction(async (tx) => {
    const person = await firstAdministrator(room, tx);
    if (person === undefined) return undefined;
    const { link, url } = newLink(room, {
      ...{ person, purpose: 'first', madeBy: null, reason: null, statementSha256: null, now },
    });
    await insertLink(tx, link, room.sessionKey);
    await recordMade(tx, link, { kind: 'server', name: 'sekisho' });
    return { person, url, expiresAt: link.expiresAt };
  });
}

async function firstAdministrator(
  room: SignInRoom,
  tx: Transaction<object>,
): Promise<PersonName | undefined> {
  const { administrators } = room.organization();
  for (const name of administrators) {
    if (await hasPasskey(tx, room, name)) return undefined;
  }
  return administrators[0];
}

function newLink(
  room: SignInRoom,
  {
    now,
    ...about
  }: Pick<SignInLink, 'person' | 'purpose' | 'madeBy' | 'reason' | 'statementSha256'> & {
    readonly now: EpochMs;
  },
): { readonly link: SignInLink; readonly url: string } {
  const token = `skl_${randomBytes(32).toString('base64url')}`;
  const link: SignInLink = {
    ...about,
    ...{ id: `sil_${uuidV7(now)}`, tokenSha256: sha256(token), madeAt: now },
    expiresAt: epochMs(now + LIFE_MS[about.purpose]),
  };
  return { link, url: `${room.publicUrl}/welcome#${token}` };
}

/**
 * Signs a browser in by a link, once, to enrol a passkey. Whatever stands against it is looked at now, not when the link was made, and the
 * link is spent all the same. A recovery ends every session of the person: whoever lost a device lost its sessions too.
 */
export async function openLink(
  room: SignInRoom,
  c: HttpContext,
  token: string,
): Promise<Result<{ readonly opened: OpenedBrowserSession; readonly link: SignInLink }, Problem>> {
  const foreign = refuseForeignOrigin(c, originOf(room));
  if (foreign !== undefined) return err(foreign);
  const now = room.clock.now();
  return room.inTransaction<Awaited<ReturnType<typeof openLink>>>(async (tx) => {
    const spent = { tokenSha256: sha256(token), key: room.sessionKey, now };
    const link = await spendLink(tx, spent);
    if (link === undefined) return refuse(tx, problems.SPENT, { now });
    const person = personByName(room.organization(), link.person);
    if (person === undefined || !(await stillStands(room, tx, link))) {
      return refuse(tx, problems.NO_LONGER, { now, person: link.person });
    }
    if (link.purpose === 'recovery') {
      await endEverySession(room, tx, { person: person.name, because: { link: link.id } });
    }
    const how = { kind: 'link', link: link.id, purpose: link.purpose, vouchedBy: link.madeBy } as const;
    return ok({ opened: await signInBy(room, tx, { person, how, c }), link });
  });
}

/** Whoever made it may still do so, and nobody needs it less than when it was made. */
async function stillStands(room: SignInRoom, tx: Transaction<object>, link: SignInLink): Promise<boolean> {
  if (link.purpose === 'first') return (await firstAdministrator(room, tx)) === link.person;
  if (!mayVouchFor(room.organization(), link.madeBy, link.person)) return false;
  return link.purpose === 'recovery' || !(await hasPasskey(tx, room, link.person));
}

const recordMade = (
  tx: Transaction<object>,
  { id, person, purpose, reason, madeAt, expiresAt }: SignInLink,
  actor: AuditEntry['actor'],
): Promise<unknown> =>
  appendAudit(tx, {
    ...{ at: madeAt, kind: 'sign-in-link.made', actor, outcome: 'allowed' },
    subject: { person, other: `sign-in-link:${id}` },
    evidence: {
      ...{ purpose, until: new Date(expiresAt).toISOString() },
      ...(reason === null ? {} : { reason }),
    },
  });

/** Anybody may try, so what is written is bounded (docs/adr/0024). */
async function refuse(
  tx: Transaction<object>,
  why: Problem,
  { now, maker, person }: { readonly now: EpochMs; readonly maker?: Person; readonly person?: PersonName },
): Promise<Result<never, Problem>> {
  const entry: AuditEntry = {
    ...{ at: now, kind: 'sign-in-link.refused', outcome: 'denied' },
    actor: { kind: 'person', name: maker?.name ?? '(unknown)' },
    subject: person === undefined ? {} : { person },
    reasons: why.reasons,
  };
  await appendBounded(tx, entry, [{ topic: 'refused sign-in links', mostPerHour: REFUSALS_PER_HOUR }]);
  return err(why);
}
