import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { HttpEnv } from './app.ts';
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
    const limited = bodyLimit({
      maxSize: maxBodyBytes,
      onError: (context) => problemResponse(context, tooLarge(maxBodyBytes)),
    });
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<typeof TIMED_OUT>((resolve) => {
      timer = setTimeout(() => resolve(TIMED_OUT), timeoutMs);
    });
    try {
      const outcome = await Promise.race([limited(c, next), timeout]);
      if (outcome === TIMED_OUT) return problemResponse(c, tookTooLong(timeoutMs));
      return outcome ?? undefined;
    } finally {
      clearTimeout(timer);
    }
  };
