import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { passkeysInShort, type RequirePerson } from '#accounts';
import type { Organization, Person, ServerSettings } from '#accounts/core';
import { ENVIRONMENTS, type EpochMs, formatTime } from '#core-values';
import { connectedApps } from '#github';
import {
  type AddRoutes,
  createRoute,
  type Db,
  PEOPLE,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import type { BuiltKeyring } from './build-keyring.ts';

export interface SettingsOptions {
  readonly db: Db;
  readonly requirePerson: RequirePerson;
  readonly organization: () => Organization;
  readonly settings: () => ServerSettings;
  readonly keyring: Pick<BuiltKeyring, 'keys' | 'placeOf'>;
  /** Under which passkeys are kept. */
  readonly sessionKey: string;
  readonly about: {
    readonly version: string;
    readonly startedAt: EpochMs;
    readonly embeddedDatabase: boolean;
    /** IANA name. */
    readonly timeZone: string;
  };
}

const names = z.array(z.string());
const time = z.iso.datetime();

const settingsAnswer = z.object({
  about: z.object({
    version: z.string(),
    node: z.string(),
    publicUrl: z.string(),
    timeZone: z.string().describe('By whose clock policies tell the hour'),
    startedAt: time,
    database: z.enum(['embedded', 'own']),
  }),
  organization: z.object({ name: z.string(), administrators: names, breakGlass: names }),
  people: z.array(
    z.object({
      name: z.string(),
      teams: names,
      administrator: z.boolean(),
      mayBreakGlass: z.boolean(),
      identities: z.array(z.object({ issuer: z.string(), id: z.string(), login: z.string().optional() })),
      keys: z
        .array(
          z.object({
            kind: z.enum(['ssh', 'passkey']),
            type: z.string().optional(),
            fingerprint: z.string(),
          }),
        )
        .describe('Those of sekisho.yaml'),
      passkeys: z
        .object({
          active: z.number(),
          suspended: z.number().describe('Maybe copied: they sign nothing any more'),
          lastUsedAt: time.optional(),
          standsOn: names.describe('By whose links they were enrolled, unless sekisho.yaml lists them'),
        })
        .describe('Those enrolled at this server; `GET /v1/passkeys?person=` tells each'),
    }),
  ),
  teams: z.array(
    z.object({
      name: z.string(),
      github: z.string().optional().describe('`acme/sre`: only whom GitHub has in it too'),
      people: names,
      stacks: names,
    }),
  ),
  issuers: z.array(z.object({ name: z.string(), kind: z.string(), url: z.string() })),
  freezes: z.array(
    z.object({
      name: z.string(),
      reason: z.string(),
      environments: z.array(z.enum(ENVIRONMENTS)),
      from: time,
      to: time,
    }),
  ),
  connections: z.object({
    github: z.array(
      z.object({ host: z.string(), slug: z.string(), connectedAt: time, connectedBy: z.string() }),
    ),
    messages: names.describe('Destinations; `GET /v1/messages` tells how they do'),
    trail: z.boolean().describe('Grants are compared with CloudTrail'),
    signIn: z.array(z.object({ name: z.string(), label: z.string() })),
    aws: z.enum(['ambient', 'web-identity']),
  }),
  encryption: z.object({
    keys: z
      .array(
        z.object({
          id: z.string(),
          newest: z.boolean(),
          firstUsedAt: time.optional(),
          place: z.string().optional().describe('As sekisho.yaml has it; for administrators'),
        }),
      )
      .describe('The newest first'),
  }),
});

const show = createRoute({
  method: 'get',
  path: '/v1/settings',
  summary: 'How Sekisho is set up: people, teams, connections, age of the encryption key, version; no secret',
  security: PEOPLE,
  responses: {
    200: { description: 'As it is in force', content: { 'application/json': { schema: settingsAnswer } } },
    ...problemResponses,
  },
});

/** `GET /v1/settings`, for people: what of it stands in sekisho.yaml they may read there too. */
export const settingsRoutes =
  (on: SettingsOptions): AddRoutes =>
  (app) => {
    app.openapi(show, async (c) => {
      const person = await on.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const organization = on.organization();
      const isAdministrator = organization.administrators.includes(person.value.name);
      const freezes = organization.freezes.map(({ name, reason, environments, from, to }) => ({
        ...{ name, reason: reason[c.var.language], environments: [...environments] },
        ...{ from: formatTime(from), to: formatTime(to) },
      }));
      return c.json(
        {
          about: aboutOf(on),
          ...organizationPart(organization),
          people: await peopleOf(on, organization),
          freezes,
          connections: await connectionsOf(on),
          encryption: { keys: await keysOf(on, isAdministrator) },
        },
        200,
      );
    });
  };

const aboutOf = ({ about, settings }: SettingsOptions): z.infer<typeof settingsAnswer>['about'] => ({
  version: about.version,
  node: process.version,
  publicUrl: settings().publicUrl,
  timeZone: about.timeZone,
  startedAt: formatTime(about.startedAt),
  database: about.embeddedDatabase ? 'embedded' : 'own',
});

function organizationPart(organization: Organization) {
  const { name, administrators, breakGlass, people, teams, stacks, issuers } = organization;
  return {
    organization: { name, administrators: [...administrators], breakGlass: [...breakGlass] },
    teams: teams.map(({ name: team, github }) => ({
      name: team,
      ...(github === undefined ? {} : { github: `${github.organization}/${github.slug}` }),
      people: people.filter((one) => one.teams.includes(team)).map((one) => one.name),
      stacks: stacks.filter(({ approval }) => approval.team === team).map((one) => one.name),
    })),
    issuers: issuers.map(({ name: issuer, kind, url }) => ({ name: issuer, kind, url })),
  };
}

async function peopleOf({ db, sessionKey }: SettingsOptions, organization: Organization) {
  const { administrators, breakGlass, people } = organization;
  const passkeys = await passkeysInShort(db, people, sessionKey);
  return people.map((person) => {
    const { active = 0, suspended = 0, lastUsedAt, standsOn = [] } = passkeys.get(person.name) ?? {};
    return {
      ...{ name: person.name, teams: [...person.teams] },
      administrator: administrators.includes(person.name),
      mayBreakGlass: breakGlass.includes(person.name),
      identities: person.identities.map(({ issuer, id, login }) => ({
        ...{ issuer, id },
        ...(login === undefined ? {} : { login }),
      })),
      keys: keysOfPerson(person),
      passkeys: {
        ...{ active, suspended, standsOn: [...standsOn] },
        ...(lastUsedAt === undefined ? {} : { lastUsedAt: formatTime(lastUsedAt) }),
      },
    };
  });
}

const keysOfPerson = ({ keys, passkeys }: Person) => [
  ...keys.map(({ type, blob }) => ({ kind: 'ssh' as const, type, fingerprint: fingerprintOf(blob) })),
  ...passkeys.map((fingerprint) => ({ kind: 'passkey' as const, fingerprint })),
];

/** As `ssh-keygen -l` shows it. */
const fingerprintOf = (blob: string): string =>
  `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`;

async function connectionsOf({
  db,
  settings,
}: SettingsOptions): Promise<z.infer<typeof settingsAnswer>['connections']> {
  const { messages = [], trail, signIn = [], aws } = settings();
  const apps = await connectedApps(db);
  return {
    github: apps.map(({ host, slug, connectedAt, connectedBy }) => ({
      ...{ host, slug, connectedAt: connectedAt.toISOString(), connectedBy },
    })),
    messages: messages.map(({ name }) => name),
    trail: trail !== undefined,
    signIn: signIn.map(({ name, label }) => ({ name, label })),
    aws: aws.kind,
  };
}

async function keysOf({ db, keyring }: SettingsOptions, isAdministrator: boolean) {
  const { rows } = await sql<{ key_id: string; first_used_at: Date }>`
    SELECT key_id, first_used_at FROM encryption_key`.execute(db);
  return keyring.keys.map(({ keyId }, index) => {
    const used = rows.find(({ key_id }) => key_id === keyId);
    return {
      ...{ id: keyId, newest: index === 0 },
      ...(used === undefined ? {} : { firstUsedAt: used.first_used_at.toISOString() }),
      ...(isAdministrator ? { place: keyring.placeOf(keyId) } : {}),
    };
  });
}
