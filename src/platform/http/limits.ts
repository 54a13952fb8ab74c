import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { HttpContext, HttpEnv } from './app.ts';
import { problemResponse } from './problem-response.ts';
import { tookTooLong, tooLarge } from './problems.ts';
import { routeOf } from './routing.ts';

export interface RouteLimits {
  readonly maxBodyBytes: number;
  /** Until the head of the answer. */
  readonly timeoutMs: number;
}

export interface HttpLimits {
  readonly byDefault: RouteLimits;
  /** By method and pattern: `{ 'POST /v1/plans': { maxBodyBytes: … } }`. */
  readonly byRoute?: Readonly<Record<string, Partial<RouteLimits>>>;
}

export const DEFAULT_ROUTE_LIMITS: RouteLimits = { maxBodyBytes: 64 * 1024, timeoutMs: 30_000 };

const TIMED_OUT = Symbol('timed out');

export const enforceLimits =
  ({ byDefault, byRoute = {} }: HttpLimits): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const key = `${c.req.method} ${routeOf(c) ?? ''}`;
    const { maxBodyBytes, timeoutMs } = {
      ...byDefault,
      ...(Object.hasOwn(byRoute, key) ? byRoute[key] : {}),
    };
    const refuse = (): Response => problemResponse(c, tooLarge(maxBodyBytes));
    const declaredBytes = declaredLength(c);
    if (declaredBytes !== undefined && declaredBytes > maxBodyBytes) return refuse();
    const proceed: MiddlewareHandler =
      declaredBytes === undefined ? bodyLimit({ maxSize: maxBodyBytes, onError: refuse }) : goOn;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<typeof TIMED_OUT>((resolve) => {
      timer = setTimeout(() => resolve(TIMED_OUT), timeoutMs);
    });
    try {
      const outcome = await Promise.race([proceed(c, next), timeout]);
      if (outcome === TIMED_OUT) return problemResponse(c, tookTooLong(timeoutMs));
      return outcome ?? undefined;
    } finally {
      clearTimeout(timer);
    }
  };

const goOn: MiddlewareHandler = (_, next) => next();

/**
 * What the request says of its body's length; no server reads on behind it. hono's `bodyLimit` believes it too, but makes a stream of
 * the body before it looks, which costs more than all the rest of a request.
 */
function declaredLength(c: HttpContext): number | undefined {
  const words = c.req.header('content-length');
  const isChunked = c.req.header('transfer-encoding') !== undefined;
  return words !== undefined && /^\d+$/.test(words) && !isChunked ? Number(words) : undefined;
}
