import { setTimeout } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';
import {
  browserSessionRoutes,
  linkRoutes,
  type MadeLink,
  makeFirstLink,
  type PasskeyRoom,
  type Provider,
  passkeyParty,
  passkeyRoutes,
  passkeySignInRoutes,
  providerRoutes,
  type RequirePerson,
  requirePerson,
  type SessionRoom,
  sessionRoutes,
} from '#accounts';
import { type AuditSigner, auditRoutes, verification } from '#audit';
import {
  type Alarm,
  changesRoutes,
  isApplied,
  type ReviewsPort,
  type RouteRoom,
  reviewedPlan,
} from '#changes';
import { issuerKeys, verifyWorkloadToken } from '#credentials';
import { againRoutes } from '#github';
import { type MessagesRoom, messagesRoutes, type Reachable } from '#messages';
import {
  type AddRoutes,
  type HttpEnv,
  inTransaction,
  type Logger,
  problemResponse,
  systemClock,
  uuidV7,
} from '#platform';
import { pushRoutes, sourceRoutes } from '#slo';
import {
  experienceOf,
  observedNeedsRoutes,
  type TrailRoom,
  type TrailRoutesOptions,
  trailRoutes,
} from '#trail';
import { buildBudgets } from './build-budgets.ts';
import type { BuiltConfiguration } from './build-configuration.ts';
import type { BuiltCredentials } from './build-credentials.ts';
import type { BuiltDatabase } from './build-database.ts';
import { type BuiltEvents, buildEvents } from './build-events.ts';
import { type BuiltGitHub, buildGitHub } from './build-github.ts';
import type { BuiltKeyring } from './build-keyring.ts';
import { messagesRoom } from './build-messages.ts';
import type { BuiltSlo } from './build-slo.ts';
import { buildTrail } from './build-trail.ts';
import { encryptionRoutes } from './encryption.ts';
import type { Environment } from './environment.ts';
import { pageRoutes } from './page-routes.ts';

export interface Foundations {
  readonly logger: Logger;
  readonly environment: Environment;
  readonly configured: BuiltConfiguration;
  readonly database: BuiltDatabase;
  readonly keyring: BuiltKeyring;
  readonly credentials: BuiltCredentials;
  readonly signer: AuditSigner;
  /** Whom `server.messages` tells what happens. */
  readonly destinations: readonly Reachable[];
  /** Where people sign in besides passkeys. */
  readonly providers: readonly Provider[];
  /** Under which people's sessions are authenticated. */
  readonly sessionKey: string;
  readonly slo: BuiltSlo;
}

export interface BuiltRooms {
  readonly changes: RouteRoom;
  /** Absent where sekisho.yaml names no trail. */
  readonly trail?: TrailRoom;
  readonly messages: MessagesRoom;
  readonly github: BuiltGitHub;
  readonly events: BuiltEvents;
  /** Looks at the alerts of all SLOs. */
  keepIncidents(): Promise<void>;
  readonly routes: readonly AddRoutes[];
  /** For whoever reads the terminal; `undefined` once an administrator has a passkey. */
  firstLink(): Promise<MadeLink | undefined>;
}

const ALARMS: Readonly<Record<Alarm['kind'], string>> = {
  'break-glass-given': 'ALARM: break-glass',
  'break-glass-used': 'ALARM: break-glass',
  'passkey-suspended': 'ALARM: passkey suspended',
};

const SESSION_LIFE_MS = 12 * 3_600_000;
const APPROVAL_LIFE_MS = 7 * 24 * 3_600_000;

/** Wires the rooms to their adapters. */
export function buildRooms(on: Foundations): BuiltRooms {
  const { db } = on.database;
  const clock = systemClock;
  const sessions = sessionRoom(on);
  const person = requirePerson(sessions);
  const passkeys: PasskeyRoom = {
    ...sessions,
    alarm: (about) => on.logger.warn(ALARMS['passkey-suspended'], { ...about }),
  };
  const github = buildGitHub(on, person);
  const events = buildEvents(on, sessions, person);
  const { correctionsKey, pushed, room: slo } = on.slo;
  const budgets = buildBudgets(on, slo, { correctionsKey, requirePerson: person });
  const changes = { ...changesRoom(on, person, github.reviews), budgets: budgets.port };
  const trail = buildTrail(on);
  const log = verification(db, on.signer, clock);
  const compared = trailRoom(on);
  const messages = messagesRoom(on.destinations, changes, on.logger);
  return {
    changes,
    github,
    events,
    ...(trail === undefined ? {} : { trail: { ...compared, trail } }),
    messages,
    keepIncidents: budgets.keepIncidents,
    firstLink: () => makeFirstLink(sessions),
    routes: [
      sessionRoutes(sessions),
      browserSessionRoutes(sessions, person),
      linkRoutes(passkeys),
      passkeySignInRoutes(passkeys),
      passkeyRoutes(passkeys, person),
      providerRoutes({ ...sessions, providers: on.providers }),
      ...changesRoutes(changes),
      auditRoutes({ db, clock, signer: on.signer, verification: log, authorize: onlyPeople(person) }),
      encryptionRoutes({
        db,
        keyring: on.keyring,
        clock,
        person,
        organization: () => on.configured.configuration.current().organization,
      }),
      trailRoutes({ ...compared, requirePerson: person, ...(trail === undefined ? {} : { trail }) }),
      observedNeedsRoutes({ ...compared, requirePerson: person }),
      messagesRoutes({ ...messages, requirePerson: person }),
      github.routes,
      againRoutes({ changes, connections: github.connections }),
      events.routes,
      ...budgets.routes,
      sourceRoutes({ ...slo, requirePerson: person }),
      pushRoutes(slo, pushed),
      ...on.slo.routes,
      ...pageRoutes(on, { changes, trail, log }),
      ...on.credentials.routes,
    ],
  };
}

const sessionRoom = ({ database, configured, sessionKey }: Foundations): SessionRoom => ({
  db: database.db,
  inTransaction: (work) => inTransaction(database.db, work),
  clock: systemClock,
  organization: () => configured.configuration.current().organization,
  publicUrl: configured.configuration.current().server.publicUrl,
  sessionLifeMs: SESSION_LIFE_MS,
  sessionKey,
});

function changesRoom(on: Foundations, person: RequirePerson, reviews: ReviewsPort): RouteRoom {
  const { database, configured, credentials, keyring, environment } = on;
  const { server } = configured.configuration.current();
  const organization = () => configured.configuration.current().organization;
  const keys = issuerKeys({ clock: systemClock });
  return {
    db: database.db,
    inTransaction: (work) => inTransaction(database.db, work),
    clock: systemClock,
    newId: (prefix, now) => `${prefix}_${uuidV7(now)}`,
    organization,
    policySet: () => configured.policies.current(),
    verifyWorkload: (token) =>
      verifyWorkloadToken(token, { issuers: organization().issuers, keys, now: systemClock.now() }),
    keyring,
    sts: credentials.sts,
    rolePolicies: credentials.rolePolicies,
    grantPolicies: credentials.grantPolicies,
    pause: (ms) => setTimeout(ms),
    grantDurations: {
      planSeconds: server.grant.planDurationSeconds,
      applySeconds: server.grant.applyDurationSeconds,
    },
    planLifeMs: server.planRetentionSeconds * 1000,
    approvalLifeMs: APPROVAL_LIFE_MS,
    experience: (about) => experienceOf(database.db, { ...about, atLeast: believeAfter(on) }),
    passkeys: passkeyParty(server.publicUrl, on.sessionKey),
    reviews,
    alarm: ({ kind, ...about }) => on.logger.warn(ALARMS[kind], { kind, ...about }),
    timeZone: environment.timeZone,
    requirePerson: person,
  };
}

/** A default for what was observed before the trail was taken out of the configuration. */
const believeAfter = ({ configured }: Foundations): number =>
  configured.configuration.current().server.trail?.believeAfter ?? 3;

const trailRoom = (on: Foundations): Omit<TrailRoom, 'trail'> & Pick<TrailRoutesOptions, 'organization'> => ({
  db: on.database.db,
  clock: systemClock,
  organization: () => on.configured.configuration.current().organization,
  reviewOf: (plan) => reviewedPlan({ db: on.database.db, keyring: on.keyring }, plan),
  wasApplied: (plan) => isApplied(on.database.db, plan),
  appliesToBelieve: believeAfter(on),
  alarm: (alarm) => on.logger.warn('ALARM: trail', { ...alarm }),
});

/** The audit log is for everybody who is signed in: a team that cannot read it cannot trust it. */
const onlyPeople =
  (person: RequirePerson): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const known = await person(c);
    return known.ok ? next() : problemResponse(c, known.error);
  };
