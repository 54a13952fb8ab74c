import type { HttpBindings } from '@hono/node-server';
import {
  OpenAPIHono,
  type OpenAPIHonoOptions,
  createRoute as openApiRoute,
  type RouteConfig,
} from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { type Clock, type Language, languageOf, problem } from '#core-values';
import { reasonsOf, valueAt } from '../core/index.ts';
import { type Logger, maskSecrets } from '../logging/index.ts';
import type { Metrics } from '../metrics/index.ts';
import { guardStream } from './guard-stream.ts';
import { addHealthRoutes, type ReadinessCheck } from './health.ts';
import { enforceLimits, type HttpLimits } from './limits.ts';
import { SECURITY_SCHEMES } from './open-api-security.ts';
import { addPageRoutes, answerDeepLink, type Pages, PERMISSIONS_POLICY } from './pages/index.ts';
import { problemResponse } from './problem-response.ts';
import { internalProblem, malformed, noSuchRoute } from './problems.ts';
import { allowedMethods, routeOf } from './routing.ts';

/** What every handler finds in `c.var`. */
export interface HttpVariables {
  readonly requestId: string;
  readonly language: Language;
  /** Writes the request id into every line. */
  readonly log: Logger;
}

export interface HttpEnv {
  readonly Variables: HttpVariables;
  /** Absent where a test calls the app without a socket. */
  readonly Bindings: Partial<HttpBindings>;
}

export type HttpApp = OpenAPIHono<HttpEnv>;
export type HttpContext = Context<HttpEnv>;

/** How a room adds its routes: `(app) => { app.openapi(createRoute(…), handler); }`. */
export type AddRoutes = (app: HttpApp) => void;

export interface HttpAppOptions {
  /** Of the product, for the API document. */
  readonly version: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** A UUID in production. */
  readonly newRequestId: () => string;
  readonly readiness: readonly ReadinessCheck[];
  readonly limits: HttpLimits;
  readonly routes: readonly AddRoutes[];
  /** What browsers get; without them the server speaks to programs only. */
  readonly pages?: Pages;
}

/** The whole HTTP surface: rooms' routes, wrapped so that every answer has an id, a limit, a log line and safe headers. */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const app: HttpApp = new OpenAPIHono<HttpEnv>({ defaultHook: refuseInvalid });
  app.use(
    identifyRequest(options),
    observeRequest(options),
    secureHeaders,
    guardStream,
    enforceLimits(options.limits),
  );
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status < 500) return problemResponse(c, malformed);
    c.var.log.error('A request failed unexpectedly', { error });
    return problemResponse(c, internalProblem(c.var.requestId));
  });
  app.notFound((c) => {
    const allowed = allowedMethods(app, c.req.path);
    const page = options.pages && allowed.length === 0 ? answerDeepLink(c, options.pages) : undefined;
    if (page !== undefined) return page;
    if (allowed.length > 0) c.header('Allow', allowed.join(', '));
    return problemResponse(c, noSuchRoute(c.req.method, allowed));
  });
  addHealthRoutes(app, options.readiness, options.metrics);
  for (const addRoutes of options.routes) addRoutes(app);
  addApiDocument(app, options.version);
  if (options.pages !== undefined) addPageRoutes(app, options.pages);
  return app;
}

/**
 * Describes a route. A body must be `required`: without it, a request of another content type would reach the handler
 * unchecked.
 */
export function createRoute<P extends string, R extends Omit<RouteConfig, 'path'> & { path: P }>(route: R) {
  if (route.request?.body !== undefined && route.request.body.required !== true) {
    throw new TypeError(`${route.method} ${route.path}: write \`required: true\` into request.body`);
  }
  return openApiRoute<P, R>(route);
}

const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{7,127}$/;

/** Keeps a caller's well-formed id, unless it has the shape of a secret; otherwise makes one. */
const identifyRequest =
  ({ logger, newRequestId }: HttpAppOptions): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const given = c.req.header('x-request-id') ?? '';
    const requestId = REQUEST_ID.test(given) && maskSecrets(given) === given ? given : newRequestId();
    c.set('requestId', requestId);
    c.set('language', languageOf(c.req.header('accept-language')));
    c.set('log', logger.with({ requestId }));
    await next();
    c.header('X-Request-Id', requestId);
  };

/** One line and one measurement for each request: pattern, status, time; never query, headers or body. */
const observeRequest =
  ({ clock, metrics }: HttpAppOptions): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const started = clock.now();
    await next();
    const route = routeOf(c);
    const { method, path } = c.req;
    const { status } = c.res;
    const durationMs = clock.now() - started;
    metrics.observeRequest({
      route: route ?? '(none)',
      method: route === undefined ? '(any)' : method,
      status,
      durationSeconds: durationMs / 1000,
    });
    const quiet = path === '/healthz' || path === '/readyz' || path === '/metrics';
    const level = status >= 500 ? 'error' : quiet ? 'debug' : 'info';
    c.var.log[level]('request', { method, route, path: path.slice(0, 512), status, durationMs });
  };

const SECURE_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': PERMISSIONS_POLICY,
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

/** What a route sets itself stays. Browsers ignore Strict-Transport-Security over plain HTTP. */
const secureHeaders: MiddlewareHandler<HttpEnv> = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(SECURE_HEADERS)) {
    if (!c.res.headers.has(name)) c.header(name, value);
  }
};

const PARTS: Readonly<Record<string, string>> = {
  json: 'body',
  form: 'body',
  param: 'path',
  header: 'headers',
};

type Refuse = NonNullable<OpenAPIHonoOptions<HttpEnv>['defaultHook']>;

/** A request that does not fit its schema: `bad-input`, each reason with the JSON path. */
const refuseInvalid: Refuse = (result, c) => {
  if (result.success) return;
  const part = PARTS[result.target] ?? result.target;
  const issues = result.error.issues.map((issue) => ({ ...issue, path: [part, ...issue.path] }));
  const input = { [part]: valueAt(result, ['data']) };
  const [first, ...more] = reasonsOf(issues, { input, ruleRoom: 'request' });
  return problemResponse(c, first === undefined ? malformed : problem('bad-input', first, ...more));
};

function addApiDocument(app: HttpApp, version: string): void {
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES)) {
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme);
  }
  app.doc31('/v1/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Sekisho', version, license: { name: 'Apache-2.0' } },
  });
}
