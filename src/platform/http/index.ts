export { z } from '@hono/zod-openapi';
export {
  type AddRoutes,
  createHttpApp,
  createRoute,
  type HttpApp,
  type HttpAppOptions,
  type HttpContext,
  type HttpEnv,
  type HttpVariables,
} from './app.ts';
export { bearerToken, notSignedIn } from './bearer.ts';
export { type OwnCookie, ownCookie } from './cookies.ts';
export { eventStream, eventText, HEARTBEAT, type NextEvents } from './event-stream.ts';
export type { ReadinessCheck } from './health.ts';
export { DEFAULT_ROUTE_LIMITS, type HttpLimits, type RouteLimits } from './limits.ts';
export { JOBS, PEOPLE } from './open-api-security.ts';
export { type Pages, readPages } from './pages/index.ts';
export { type ProblemDocument, problemDocumentSchema } from './problem-document.ts';
export { problemResponse, problemResponses } from './problem-response.ts';
export { refuseForeignOrigin } from './same-origin.ts';
export { type RunningServer, type ServeOptions, serveHttp } from './serve.ts';
