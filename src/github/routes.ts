import type { RequirePerson } from '#accounts';
import type { Person } from '#accounts/core';
import type { AuditActor } from '#audit';
import { ERROR_KINDS, formatTime, type Problem } from '#core-values';
import {
  type AddRoutes,
  createRoute,
  type HttpContext,
  PEOPLE,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import { administratorIn } from './app/access.ts';
import { appAnswer, checkGitHub } from './app/check.ts';
import { beginConnect, completeConnect, connectByHand, disconnect, openLink } from './app/connect.ts';
import { connectedPage, connectPage, type Page, problemPage } from './app/pages.ts';
import type { AppRoom } from './app/room.ts';
import {
  githubApp,
  githubAppByHandRequest,
  githubAppsAnswer,
  githubCheckAnswer,
  githubConnectAnswer,
  githubConnectRequest,
} from './core/app-answers.ts';
import { connectedApps } from './store/apps.ts';
import { lastDeliveries } from './store/deliveries.ts';
import { type Received, receiveDelivery } from './webhooks/receive.ts';

export interface GitHubRoutesOptions extends AppRoom {
  readonly requirePerson: RequirePerson;
  readonly poke: () => void;
  /** Counts deliveries, for the metrics. */
  readonly received: (outcome: Received | 'refused') => void;
}

/** GitHub's own limit of a delivery. https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap */
export const WEBHOOK_LIMITS = {
  'POST /v1/github/webhooks/:app': { maxBodyBytes: 25 * 1024 * 1024 },
  'GET /v1/github/check': { timeoutMs: 120_000 },
  'POST /v1/plans/:id/again': { timeoutMs: 120_000 },
} as const;

const json = <S>(schema: S) => ({ 'application/json': { schema } });
const security = PEOPLE;
const byId = { params: z.object({ id: z.string().max(64) }) };
/** A browser that brings too little or too much gets a page too: what is empty opens nothing. */
const inLink = z.string().max(256).catch('').openapi({ type: 'string' });
const html = {
  200: { description: 'A page', content: { 'text/html': { schema: z.string() } } },
  ...problemResponses,
};

const routes = {
  list: createRoute({
    method: 'get',
    path: '/v1/github/apps',
    summary: 'GitHub Apps that are connected',
    security,
    responses: { 200: { description: 'The Apps', content: json(githubAppsAnswer) }, ...problemResponses },
  }),
  connectByHand: createRoute({
    method: 'post',
    path: '/v1/github/apps',
    summary: 'Connect a GitHub App that was made by hand',
    security,
    request: { body: { required: true, content: json(githubAppByHandRequest) } },
    responses: { 201: { description: 'Connected', content: json(githubApp) }, ...problemResponses },
  }),
  disconnect: createRoute({
    method: 'post',
    path: '/v1/github/apps/{id}/disconnect',
    summary: 'Forget the keys of a GitHub App',
    security,
    request: byId,
    responses: { 200: { description: 'Disconnected', content: json(githubApp) }, ...problemResponses },
  }),
  check: createRoute({
    method: 'get',
    path: '/v1/github/check',
    summary: 'Ask each GitHub who we are, what we may do and what is left of its limits',
    security,
    responses: {
      200: { description: 'What was found', content: json(githubCheckAnswer) },
      ...problemResponses,
    },
  }),
  begin: createRoute({
    method: 'post',
    path: '/v1/github/connects',
    summary: 'Begin to connect a new GitHub App: a link for a browser, good once and for an hour',
    security,
    request: { body: { required: true, content: json(githubConnectRequest) } },
    responses: { 201: { description: 'The link', content: json(githubConnectAnswer) }, ...problemResponses },
  }),
  open: createRoute({
    method: 'get',
    path: '/v1/github/connect',
    summary: 'The page behind the link: posts the App’s manifest to GitHub',
    request: { query: z.object({ ticket: inLink }) },
    responses: html,
  }),
  callback: createRoute({
    method: 'get',
    path: '/v1/github/callback',
    summary: 'Where GitHub sends the browser back to, with a code for the App’s keys',
    request: { query: z.object({ code: inLink, state: inLink }) },
    responses: html,
  }),
  webhook: createRoute({
    method: 'post',
    path: '/v1/github/webhooks/{app}',
    summary: 'Where GitHub delivers an App’s webhooks, signed with its secret',
    request: { params: z.object({ app: z.string().max(64) }) },
    responses: { 202: { description: 'Taken' }, ...problemResponses },
  }),
};

/** Everything about the App itself: connecting it, checking it, and what GitHub delivers. */
export const githubRoutes =
  (on: GitHubRoutesOptions): AddRoutes =>
  (app) => {
    app.openapi(routes.list, async (c) => {
      const person = await administratorIn(on, c);
      if (!person.ok) return person.error;
      const last = await lastDeliveries(on.db);
      const apps = (await connectedApps(on.db)).map((one) => appAnswer(on.publicUrl, one, last.get(one.id)));
      return c.json({ apps }, 200);
    });
    app.openapi(routes.connectByHand, async (c) => {
      const person = await administratorIn(on, c);
      if (!person.ok) return person.error;
      const made = await connectByHand(on, actorOf(person.value), c.req.valid('json'));
      if (!made.ok) return problemResponse(c, made.error);
      return c.json(appAnswer(on.publicUrl, made.value, undefined), 201);
    });
    app.openapi(routes.disconnect, async (c) => {
      const person = await administratorIn(on, c);
      if (!person.ok) return person.error;
      const ended = await disconnect(on, actorOf(person.value), c.req.valid('param').id);
      if (!ended.ok) return problemResponse(c, ended.error);
      return c.json(appAnswer(on.publicUrl, ended.value, undefined), 200);
    });
    app.openapi(routes.check, async (c) => {
      const person = await administratorIn(on, c);
      return person.ok ? c.json(await checkGitHub(on, c.var.language), 200) : person.error;
    });
    addConnectRoutes(on, app);
    addWebhookRoute(on, app);
  };

const addConnectRoutes = (on: GitHubRoutesOptions, app: Parameters<AddRoutes>[0]): void => {
  app.openapi(routes.begin, async (c) => {
    const person = await administratorIn(on, c);
    if (!person.ok) return person.error;
    const { host, organization } = c.req.valid('json');
    const begun = await beginConnect(on, actorOf(person.value), {
      host,
      ...(organization !== undefined && { organization }),
    });
    if (!begun.ok) return problemResponse(c, begun.error);
    return c.json({ ...begun.value, expiresAt: formatTime(begun.value.expiresAt) }, 201);
  });
  app.openapi(routes.open, async (c) => {
    const browser = browserOf(c);
    const opened = await openLink(on, {
      ticket: c.req.valid('query').ticket,
      ...(browser !== undefined && { browser }),
    });
    if (!opened.ok) return pageResponse(c, problemPage(opened.error, c.var.language), opened.error);
    c.header('Set-Cookie', cookieOf(on.publicUrl, opened.value.browser));
    return pageResponse(c, connectPage(opened.value, c.var.language));
  });
  app.openapi(routes.callback, async (c) => {
    const browser = browserOf(c);
    const done = await completeConnect(on, {
      ...c.req.valid('query'),
      ...(browser !== undefined && { browser }),
    });
    return done.ok
      ? pageResponse(c, connectedPage(done.value, c.var.language))
      : pageResponse(c, problemPage(done.error, c.var.language), done.error);
  });
};

const addWebhookRoute = (on: GitHubRoutesOptions, app: Parameters<AddRoutes>[0]): void => {
  app.openapi(routes.webhook, async (c) => {
    const { req } = c;
    const received = await receiveDelivery(on, {
      app: req.valid('param').app,
      delivery: req.header('x-github-delivery') ?? '',
      event: req.header('x-github-event') ?? '',
      signature: req.header('x-hub-signature-256'),
      body: async () => new Uint8Array(await req.arrayBuffer()),
    });
    on.received(received.ok ? received.value : 'refused');
    return received.ok ? c.body(null, 202) : problemResponse(c, received.error);
  });
};

const actorOf = ({ name }: Person): AuditActor => ({ kind: 'person', name });

const COOKIE = 'sekisho-github-connect';

/** What this browser was given when it opened the link. */
const browserOf = (c: HttpContext): string | undefined =>
  new RegExp(`(?:^|; )${COOKIE}=([A-Za-z0-9_-]{43})(?:;|$)`).exec(c.req.header('cookie') ?? '')?.[1];

/** `Lax`, because GitHub sends the browser back by a link; nobody else's form or frame brings it along. */
const cookieOf = (publicUrl: string, browser: string): string =>
  [
    `${COOKIE}=${browser}`,
    ...['Path=/v1/github', 'Max-Age=3600', 'HttpOnly', 'SameSite=Lax'],
    ...(publicUrl.startsWith('https:') ? ['Secure'] : []),
  ].join('; ');

function pageResponse(c: HttpContext, { html: words, policy }: Page, why?: Problem) {
  c.header('Content-Security-Policy', policy);
  c.header('Vary', 'Accept-Language', { append: true });
  return c.html(words, why === undefined ? 200 : ERROR_KINDS[why.code].httpStatus);
}
