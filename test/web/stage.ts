import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import {
  giveSession,
  type MadeLink,
  makeFirstLink,
  type Provider,
  passkeyParty,
  requirePerson,
  type SessionRoom,
  sessionRoutes,
  signInBy,
  stillSignedIn,
} from '#accounts';
import { eventRoutes, hearing } from '#audit';
import { changesRoutes } from '#changes';
import {
  type AddRoutes,
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  readPages,
  serveHttp,
} from '#platform';
import { grantCallsRoutes } from '#trail';
import { freePort } from '../../demo/server-process.ts';
import { WEB_DIST } from '../../scripts/setup/web.ts';
import { type NameAtShop, openShop, type Shop } from '../../src/changes/testing/shop.ts';
import { statusRoutes } from '../../src/main/status.ts';
import { openBrowser } from './browser.ts';
import { logAndPolicyRoutes, shopLog } from './log-and-policy-routes.ts';
import { peopleRoutes } from './people-routes.ts';

export const LANGUAGES = ['en', 'ja'] as const;
export const THEMES = ['light', 'dark'] as const;
/** A phone, a tablet, a desk. */
export const WIDTHS = [360, 768, 1440] as const;

/** How somebody looks at a page. */
export interface View {
  readonly language: (typeof LANGUAGES)[number];
  readonly theme: (typeof THEMES)[number];
  readonly width: (typeof WIDTHS)[number];
}

export const EVERY_VIEW: readonly View[] = LANGUAGES.flatMap((language) =>
  THEMES.flatMap((theme) => WIDTHS.map((width) => ({ language, theme, width }))),
);

/** Each language, theme and an end of the widths once: for the states of a page whose content is looked at in every view. */
export const SOME_VIEWS: readonly View[] = [
  { language: 'en', theme: 'light', width: 1440 },
  { language: 'ja', theme: 'dark', width: 360 },
];

/** A person's browser at a page, with what went wrong in it. */
export interface Visit {
  readonly page: Page;
  readonly view: View;
  /** Violations of the content security policy, errors and requests to others, since the visit began. */
  wrongs(): readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** The shop's server with its pages, and a Chromium in front of it. */
export interface Stage {
  readonly url: string;
  readonly shop: Shop;
  visit(path: string, view: View, as?: NameAtShop): Promise<Visit>;
  /** As the server's terminal shows it. */
  firstLink(): Promise<MadeLink | undefined>;
  close(): Promise<void>;
}

const SIGN_IN = '/v1/test/sign-in';

/** `providers` are where people sign in besides passkeys. */
export async function openStage(providers: readonly Provider[] = []): Promise<Stage> {
  const shop = await openShop();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const server = await serveShop({ shop, url, port, providers });
  const browser = await openBrowser();
  return {
    url,
    shop,
    visit: (path, view, as) => visit({ browser, url, path, view, as }),
    firstLink: server.firstLink,
    close: async () => {
      await browser.close();
      await server.close();
      await shop.close();
    },
  };
}

interface Served {
  readonly shop: Shop;
  readonly url: string;
  readonly port: number;
  readonly providers: readonly Provider[];
}

async function serveShop({ shop, url, port, providers }: Served) {
  const { room, clock } = shop;
  const logger = createLogger({ level: 'error', destination: process.stderr });
  const sessions: SessionRoom = {
    ...{ db: room.db, inTransaction: room.inTransaction, clock, organization: room.organization },
    publicUrl: url,
    sessionLifeMs: 12 * 3_600_000,
    sessionKey: room.passkeys.key,
  };
  const person = requirePerson(sessions);
  const ear = hearing({ db: room.db, everyMs: 50, onError: (error) => logger.error('Deaf', { error }) });
  const log = shopLog(shop);
  const pages = await readPages(WEB_DIST);
  if (pages === undefined) throw new Error('The pages were not built');
  const app = createHttpApp({
    ...{ version: '0.0.0', logger, metrics: createMetrics({ processMetrics: false }), clock, pages },
    newRequestId: () => 'request-of-a-test',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [
      sessionRoutes(sessions),
      signInWithoutProof(sessions),
      ...peopleRoutes(sessions, providers),
      ...changesRoutes({ ...room, passkeys: passkeyParty(url, room.passkeys.key), requirePerson: person }),
      ...logAndPolicyRoutes(shop, log, person),
      eventRoutes({ hearing: ear, requirePerson: person, stillSignedIn: (c) => stillSignedIn(sessions, c) }),
      statusRoutes({
        ...{ db: room.db, clock, requirePerson: person, policySet: room.policySet, startedAt: clock.now() },
        ...{ auditState: () => log.verification.state(), destinations: [], isCompared: false },
      }),
      grantCallsRoutes({ db: room.db, clock, requirePerson: person, organization: room.organization }),
    ],
  });
  const server = await serveHttp(app, { host: '127.0.0.1', port, logger, shutdownMs: 1_000 });
  if (!server.ok) throw new Error(server.error.reasons[0].message.en);
  return {
    firstLink: () => makeFirstLink(sessions),
    close: async () => {
      await ear.stop();
      await server.value.close();
    },
  };
}

/** For tests that are not about signing in. */
const signInWithoutProof =
  (room: SessionRoom): AddRoutes =>
  (app) =>
    void app.post(`${SIGN_IN}/:name`, async (c) => {
      const name = c.req.param('name');
      const person = room.organization().people.find((one) => one.name === name);
      if (person === undefined) return c.notFound();
      const how = { kind: 'passkey', credential: 'of-a-test' } as const;
      const opened = await room.inTransaction((tx) => signInBy(room, tx, { person, how, c }));
      giveSession(room, c, opened);
      return c.body(null, 204);
    });

interface Visitor {
  readonly browser: Browser;
  readonly url: string;
  readonly path: string;
  readonly view: View;
  readonly as: NameAtShop | undefined;
}

export async function visit({ browser, url, path, view, as }: Visitor): Promise<Visit> {
  const context = await browser.newContext(contextOf(view));
  const wrongs: string[] = [];
  await context.exposeFunction('reportToTest', (words: string) => void wrongs.push(words));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
      const { reportToTest } = globalThis as unknown as { reportToTest(words: string): void };
      reportToTest(`violation of ${violatedDirective}: ${blockedURI} in ${sourceFile}`);
    });
  });
  if (as !== undefined) {
    const answer = await context.request.post(`${url}${SIGN_IN}/${as}`);
    if (!answer.ok()) throw new Error(`Nobody was signed in: ${await answer.text()}`);
  }
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.on('pageerror', (error) => wrongs.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    // That a request was refused is Chromium's way of telling of every answer from 400 on.
    const isRefusal = message.text().startsWith('Failed to load resource: the server responded');
    if (['error', 'warning'].includes(message.type()) && !isRefusal)
      wrongs.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) wrongs.push(`request to another: ${request.url()}`);
  });
  await page.goto(`${url}${path}`);
  const leave = async (): Promise<void> => {
    // A request that a test answers in the server's place may be under way.
    for (const open of context.pages()) await open.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  };
  return { page, view, wrongs: () => wrongs, [Symbol.asyncDispose]: leave };
}

const contextOf = ({ language, theme, width }: View): BrowserContextOptions => ({
  viewport: { width, height: width === 360 ? 740 : 900 },
  isMobile: width === 360,
  hasTouch: width === 360,
  locale: language === 'ja' ? 'ja-JP' : 'en-US',
  timezoneId: 'Asia/Tokyo',
  colorScheme: theme,
  reducedMotion: 'reduce',
});
