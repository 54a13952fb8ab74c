import type { MiddlewareHandler } from 'hono';
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
    const proceed = async (): Promise<Response | undefined> => {
      if (declaredBytes === undefined && !(await readWhole(c, maxBodyBytes))) return refuse();
      await next();
      return undefined;
    };
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<typeof TIMED_OUT>((resolve) => {
      timer = setTimeout(() => resolve(TIMED_OUT), timeoutMs);
    });
    try {
      const outcome = await Promise.race([proceed(), timeout]);
      if (outcome === TIMED_OUT) return problemResponse(c, tookTooLong(timeoutMs));
      return outcome;
    } finally {
      clearTimeout(timer);
    }
  };

/**
 * Reads a body of a length that nobody declared, and puts it in the stream's place; `false` when it is larger. hono's `bodyLimit` does this
 * too, but makes its request out of the server's own kind, which Node's refuses.
 */
async function readWhole(c: HttpContext, mostBytes: number): Promise<boolean> {
  const { body, method, headers, signal } = c.req.raw;
  if (body === null) return true;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes) return false;
    chunks.push(chunk);
  }
  c.req.raw = new Request(c.req.url, { method, headers, signal, body: Buffer.concat(chunks) });
  return true;
}

/**
 * What the request says of its body's length; no server reads on behind it, so the body itself need not be looked at.
 */
function declaredLength(c: HttpContext): number | undefined {
  const words = c.req.header('content-length');
  const isChunked = c.req.header('transfer-encoding') !== undefined;
  return words !== undefined && /^\d+$/.test(words) && !isChunked ? Number(words) : undefined;
}
