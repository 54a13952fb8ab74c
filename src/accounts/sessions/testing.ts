import { expect } from 'vitest';
import {
  type AddRoutes,
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HandClock,
  type HttpApp,
  handClock,
  inTransaction,
  problemResponse,
} from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import type { Organization, Person, SignInHow } from '../core/index.ts';
import { loadConfiguration } from '../load.ts';
import { giveSession, signInBy, stillSignedIn } from './browser.ts';
import { browserSessionRoutes } from './manage-routes.ts';
import { requirePerson, sessionRoutes } from './routes.ts';
import type { SessionRoom } from './service.ts';

const SERVER = 'https://sekisho.shop.example';

export const BROWSER_YAML = `version: 1
organization: { name: shop }
accounts:
  - { id: "111111111111", name: staging, environment: staging, planRole: "arn:aws:iam::111111111111:role/plan", applyRole: "arn:aws:iam::111111111111:role/apply" }
issuers:
  - { name: github, kind: github-actions, url: "https://token.actions.githubusercontent.com" }
teams: [{ name: shop }]
people:
  - { name: hanako, identities: [{ issuer: github, id: "1001" }], teams: [shop], signIn: [{ provider: google, subject: "1001" }] }
  - { name: taro, identities: [{ issuer: github, id: "1002" }], teams: [shop] }
administrators: [hanako]
server:
  publicUrl: "${SERVER}"
  encryption: { key: { env: SEKISHO_KEY } }
  signIn: [{ name: google, kind: oidc, url: "https://accounts.google.com", clientId: c, clientSecret: { env: SECRET } }]
`;

export function organizationOf(words: string): Organization {
  const loaded = loadConfiguration({ file: 'sekisho.yaml', bytes: Buffer.from(words) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error.reasons));
  return loaded.value.organization;
}

export interface Asked {
  readonly cookie?: string;
  readonly method?: string;
  readonly body?: string;
  /** Over those of our own page; an empty one is left out. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server with browsers' sessions alone, for tests. */
export interface BrowserWorld {
  readonly database: TestDatabase;
  readonly clock: HandClock;
  readonly room: SessionRoom;
  readonly app: HttpApp;
  readonly origin: string;
  /** Changes `sekisho.yaml`; answers what it was. */
  configure(change: (yaml: string) => string): string;
  asked(path: string, asked: Asked): Promise<Response>;
  signInAnswer(person: string, how: SignInHow, asked?: Asked): Promise<Response>;
  /** The cookie, as a browser sends it. */
  signIn(person: string, how: SignInHow): Promise<string>;
  logged(): string;
  close(): Promise<void>;
}

/** What the answer gives a browser to send, if anything. */
export const cookieOf = (answer: Response, name = '__Host-sekisho'): string | undefined =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .findLast((cookie) => cookie.startsWith(`${name}=`) && !cookie.endsWith('='));

export interface BrowserWorldOptions {
  readonly yaml?: string;
  readonly publicUrl?: string;
  readonly routes?: (room: SessionRoom) => readonly AddRoutes[];
}

export async function browserWorld({
  yaml = BROWSER_YAML,
  publicUrl = SERVER,
  routes = () => [],
}: BrowserWorldOptions = {}): Promise<BrowserWorld> {
  const [database, clock, logged] = [await testDatabase(), handClock(), [] as string[]];
  let [configured, organization] = [yaml, organizationOf(yaml)];
  const room: SessionRoom = {
    db: database.db,
    inTransaction: (work) => inTransaction(database.db, work),
    clock,
    organization: () => organization,
    publicUrl,
    sessionLifeMs: 12 * 3_600_000,
    sessionKey: 'key-of-the-server',
  };
  const app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'debug', destination: { write: (line) => void logged.push(line) } }),
    metrics: createMetrics({ processMetrics: false }),
    clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [
      sessionRoutes(room),
      browserSessionRoutes(room, requirePerson(room)),
      testRoutes(room),
      ...routes(room),
    ],
  });
  const { origin } = new URL(publicUrl);
  const asked = async (path: string, { cookie, method = 'GET', body, headers }: Asked): Promise<Response> => {
    const all = Object.entries({
      origin,
      'user-agent': 'Test/1.0',
      ...(cookie === undefined ? {} : { cookie }),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': `${body.length}` }),
      ...headers,
    }).filter(([, value]) => value !== '');
    return app.request(path, { method, headers: all, ...(body === undefined ? {} : { body }) });
  };
  const signInAnswer = (person: string, how: SignInHow, more: Asked = {}): Promise<Response> =>
    asked('/test/sign-in', { ...more, method: 'POST', body: JSON.stringify({ person, how }) });
  return {
    ...{ database, clock, room, app, origin, asked, signInAnswer },
    configure: (change) => {
      const before = configured;
      configured = change(before);
      organization = organizationOf(configured);
      return before;
    },
    signIn: async (person, how) => cookieOf(await signInAnswer(person, how)) ?? expect.unreachable(),
    logged: () => logged.join(''),
    close: () => database.close(),
  };
}

/** What other folders do with the doors of sessions. */
const testRoutes =
  (room: SessionRoom): AddRoutes =>
  (app) => {
    app.post('/test/sign-in', async (c) => {
      const { person, how }: { readonly person: string; readonly how: SignInHow } = await c.req.json();
      const known: Person =
        room.organization().people.find(({ name }) => name === person) ?? expect.unreachable();
      const opened = await room.inTransaction((tx) => signInBy(room, tx, { person: known, how, c }));
      giveSession(room, c, opened);
      return c.body(null, 204);
    });
    app.on('GET', '/test/still', async (c) => c.json(await stillSignedIn(room, c)));
    app.post('/test/change', async (c) => {
      const person = await requirePerson(room)(c);
      return person.ok ? c.json({}) : problemResponse(c, person.error);
    });
  };
