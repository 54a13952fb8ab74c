import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { HttpApp, HttpEnv } from './app.ts';

const isPattern = (path: string): boolean => !path.endsWith('*');

/** The pattern of the route that answers (`/v1/plans/:id`), known before it does; `undefined` where none will. */
export const routeOf = (c: Context<HttpEnv>): string | undefined =>
  matchedRoutes(c).findLast(({ path }) => isPattern(path))?.path;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The methods that some route answers at this path. */
export const allowedMethods = (app: HttpApp, path: string): readonly string[] =>
  METHODS.filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method !== 'ALL' && isPattern(route.path)),
  );
