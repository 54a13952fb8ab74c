import { type Organization, personByName } from '#accounts/core';
import { type AuditActor, type AuditEntry, appendAudit, appendBounded } from '#audit';
import { type EpochMs, epochMs, err, ok, type Problem, parsePersonName, type Result } from '#core-values';
import { inTransaction, z } from '#platform';
import { ask } from '../api/asking.ts';
import { asApp, privateKeyOf } from '../api/authorities.ts';
import type { Authority } from '../api/client.ts';
import { isLoopback } from '../api/host.ts';
import { disconnectApp, type GitHubApp, insertApp, type SealedApp, sealSecrets } from '../store/apps.ts';
import { type Connect, insertConnect, openConnect, useConnect } from '../store/connects.ts';
import { sha256 } from '../webhooks/events.ts';
import { manifestOf, newAppUrl } from './manifest.ts';
import {
  alreadyConnected,
  BAD_CODE,
  BAD_HOST,
  BAD_KEY,
  BAD_SECRET,
  BAD_STATE,
  LINK_SPENT,
  NO_SUCH_APP,
} from './problems.ts';
import type { AppRoom } from './room.ts';

/** GitHub keeps a code for an hour. */
const CONNECT_LIFE_MS = 3_600_000;
const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?$/;
const REFUSALS_PER_HOUR = 100;

export interface BegunConnect {
  readonly app: string;
  /** For the browser of whoever asked; opens once. */
  readonly url: string;
  readonly expiresAt: EpochMs;
}

/** Plain HTTP is spoken with stand-ins on this machine, and only by a server that itself is reached on this machine. */
const mayConnect = (room: AppRoom, host: string): boolean =>
  HOST.test(host) && (!isLoopback(host) || isLoopback(new URL(room.publicUrl).host));

/** Begins the manifest flow for an administrator. */
export async function beginConnect(
  room: AppRoom,
  actor: AuditActor,
  { host, organization }: { readonly host: string; readonly organization?: string },
): Promise<Result<BegunConnect, Problem>> {
  if (!mayConnect(room, host)) return err(BAD_HOST);
  const now = room.clock.now();
  const [app, ticket] = [room.newAppId(), room.newSecret()];
  const expiresAt = epochMs(now + CONNECT_LIFE_MS);
  const connect = { app, host, begunBy: actor.name, ...(organization !== undefined && { organization }) };
  await inTransaction(room.db, async (tx) => {
    await insertConnect(tx, { ...connect, ticketSha256: sha256(ticket), now, expiresAt });
    await appendAudit(tx, {
      ...entryOf('github.connect-begun', 'allowed', actor, app, now),
      evidence: { host, ...(organization !== undefined && { organization }) },
    });
  });
  const url = new URL('/v1/github/connect', room.publicUrl);
  url.searchParams.set('ticket', ticket);
  return ok({ app, url: url.href, expiresAt });
}

export interface OpenedConnect {
  readonly action: string;
  readonly manifest: string;
  readonly host: string;
  /** What the browser must show again. */
  readonly browser: string;
}

/** What the browser posts to GitHub. A browser that opened the link before brings back what it was given. */
export async function openLink(
  room: AppRoom,
  { ticket, browser: known }: { readonly ticket: string; readonly browser?: string },
): Promise<Result<OpenedConnect, Problem>> {
  const [browser, state] = [known ?? room.newSecret(), room.newSecret()];
  const by = { ticketSha256: sha256(ticket), browserSha256: sha256(browser), stateSha256: sha256(state) };
  const connect = await inTransaction(room.db, (tx) => openConnect(tx, by, room.clock.now()));
  if (connect === undefined) return err(LINK_SPENT);
  const manifest = manifestOf({
    publicUrl: room.publicUrl,
    app: connect.app,
    organizationName: room.organization().name,
  });
  return ok({
    host: connect.host,
    action: newAppUrl(connect.host, connect.organization, state),
    manifest: JSON.stringify(manifest),
    browser,
  });
}

const CODE = /^[A-Za-z0-9_-]{1,128}$/;

/** Whether whoever began it may still do so: an administrator who left in the meantime connects nothing. */
function administratorNow(organization: Organization, name: string): boolean {
  const person = parsePersonName(name);
  return (
    person !== undefined &&
    personByName(organization, person) !== undefined &&
    organization.administrators.includes(person)
  );
}

/** Back from GitHub: the state is used up first, whatever follows; then the code is exchanged for the App's keys. */
export async function completeConnect(
  room: AppRoom,
  { code, state, browser }: { readonly code: string; readonly state: string; readonly browser?: string },
): Promise<Result<GitHubApp, Problem>> {
  const now = room.clock.now();
  const by = { stateSha256: sha256(state), browserSha256: sha256(browser ?? '') };
  const connect = await inTransaction(room.db, (tx) => useConnect(tx, by, now));
  const stranger: AuditActor = { kind: 'person', name: '(unknown)' };
  if (connect === undefined) return refused(room, stranger, 'callback', BAD_STATE);
  const actor: AuditActor = { kind: 'person', name: connect.begunBy };
  if (!administratorNow(room.organization(), connect.begunBy))
    return refused(room, actor, connect.app, BAD_STATE);
  const converted = CODE.test(code) ? await convert(room, connect, code) : err(BAD_CODE);
  if (!converted.ok) return failed(room, actor, connect.app, converted.error);
  const { id, slug, pem, webhook_secret } = converted.value;
  const about = { id: connect.app, host: connect.host, appId: id, slug };
  return keepApp(room, actor, about, { privateKey: pem, webhookSecret: webhook_secret });
}

/** GitHub's answer has more (a client secret): what nobody uses is not kept. */
const conversion = z.object({
  id: z.int().positive(),
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/),
  pem: z.string().refine((pem) => privateKeyOf(pem) !== undefined),
  webhook_secret: z.string().min(16),
});

async function convert(room: AppRoom, { app, host }: Connect, code: string) {
  const nobody: Authority = {
    host,
    rateKey: `${app} connect`,
    scope: app,
    token: async () => ok(undefined),
    forget: () => undefined,
  };
  const route = 'POST /app-manifests/{code}/conversions';
  const answer = await ask(room.connections.client, nobody, route, { code });
  if (!answer.ok) return answer.error.code === 'not-found' ? err(BAD_CODE) : answer;
  const parsed = conversion.safeParse(answer.value);
  return parsed.success ? ok(parsed.data) : err(BAD_CODE);
}

export interface AppByHand {
  readonly host: string;
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
}

/** An App that somebody made by hand: GitHub is asked who it is, with its key, before it is kept. */
export async function connectByHand(
  room: AppRoom,
  actor: AuditActor,
  { host, appId, privateKey, webhookSecret }: AppByHand,
): Promise<Result<GitHubApp, Problem>> {
  if (!mayConnect(room, host)) return err(BAD_HOST);
  const key = privateKeyOf(privateKey);
  if (key === undefined) return err(BAD_KEY);
  // GitHub's own are 40 characters; a short one could be guessed from one delivery.
  if (webhookSecret.length < 16) return err(BAD_SECRET);
  const id = room.newAppId();
  const app = { id, host, appId, slug: '', key };
  const answer = await ask(room.connections.client, asApp(room.clock, app), 'GET /app', {});
  if (!answer.ok) return answer;
  const { slug } = answer.value ?? {};
  if (answer.value?.id !== appId || slug === undefined) return err(BAD_KEY);
  return keepApp(room, actor, { id, host, appId, slug }, { privateKey, webhookSecret });
}

async function keepApp(
  room: AppRoom,
  actor: AuditActor,
  about: Pick<GitHubApp, 'id' | 'host' | 'appId' | 'slug'>,
  secrets: { readonly privateKey: string; readonly webhookSecret: string },
): Promise<Result<GitHubApp, Problem>> {
  const sealed = await sealSecrets(room.keyring, about, secrets);
  if (!sealed.ok) return sealed;
  const now = room.clock.now();
  const app: SealedApp = {
    ...about,
    connectedAt: new Date(now),
    connectedBy: actor.name,
    sealed: sealed.value,
  };
  return inTransaction<Result<GitHubApp, Problem>>(room.db, async (tx) => {
    const isNew = await insertApp(tx, app);
    const why = alreadyConnected(app);
    const { host, appId, slug } = app;
    await appendAudit(tx, {
      ...entryOf(
        isNew ? 'github.connected' : 'github.connect-failed',
        isNew ? 'done' : 'failed',
        actor,
        app.id,
        now,
      ),
      evidence: { host, appId, slug },
      ...(isNew ? {} : { reasons: why.reasons }),
    });
    return isNew ? ok(app) : err(why);
  });
}

/** Forgets the keys of an App. It still exists on GitHub until somebody deletes it there. */
export async function disconnect(
  room: AppRoom,
  actor: AuditActor,
  id: string,
): Promise<Result<GitHubApp, Problem>> {
  const now = room.clock.now();
  return inTransaction<Result<GitHubApp, Problem>>(room.db, async (tx) => {
    const app = await disconnectApp(tx, id, { by: actor.name, at: now });
    if (app === undefined) return err(NO_SUCH_APP);
    const { host, appId, slug } = app;
    await appendAudit(tx, {
      ...entryOf('github.disconnected', 'done', actor, id, now),
      evidence: { host, appId, slug },
    });
    return ok(app);
  });
}

const entryOf = (
  kind: AuditEntry['kind'],
  outcome: AuditEntry['outcome'],
  actor: AuditActor,
  about: string,
  at: EpochMs,
): AuditEntry => ({ at, kind, actor, subject: { other: `github-app:${about}` }, outcome });

/** Anybody may call the address that GitHub sends browsers back to, so what is written of it is bounded (docs/adr/0024). */
async function refused(
  { db, clock }: AppRoom,
  actor: AuditActor,
  about: string,
  why: Problem,
): Promise<Result<never, Problem>> {
  const entry: AuditEntry = {
    ...entryOf('github.connect-refused', 'denied', actor, about, clock.now()),
    reasons: why.reasons,
  };
  await inTransaction(db, (tx) =>
    appendBounded(tx, entry, [{ topic: 'refused GitHub connections', mostPerHour: REFUSALS_PER_HOUR }]),
  );
  return err(why);
}

async function failed(
  { db, clock }: AppRoom,
  actor: AuditActor,
  about: string,
  why: Problem,
): Promise<Result<never, Problem>> {
  const entry: AuditEntry = {
    ...entryOf('github.connect-failed', 'failed', actor, about, clock.now()),
    reasons: why.reasons,
  };
  await inTransaction(db, (tx) => appendAudit(tx, entry));
  return err(why);
}
