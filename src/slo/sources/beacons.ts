import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, type Problem, problem, text } from '#core-values';
import { type AddRoutes, createRoute, type HttpContext, problemResponse, problemResponses } from '#platform';
import {
  type Beacon,
  type BeaconRequest,
  MOST_BEACON_BYTES,
  readBeacon,
  requestsOfBeacon,
} from '../core/sources/beacon.ts';
import type { RequestIntake } from '../room.ts';

export interface BeaconOptions {
  readonly intake: RequestIntake;
  readonly clock: Clock;
  /** Whose pages may send beacons: `https://shop.example`. */
  readonly origins: readonly string[];
}

/** More pages than a server like this is for; what is above it is refused. */
const MOST_A_SECOND = 200;
const SOURCE = 'beacon';

export const BEACON_LIMITS = { 'POST /v1/beacons': { maxBodyBytes: MOST_BEACON_BYTES } } as const;

const script = createRoute({
  method: 'get',
  path: '/beacon.js',
  summary: 'The script for pages whose views are told by browsers',
  responses: { 200: { description: 'JavaScript' } },
});

const take = createRoute({
  method: 'post',
  path: '/v1/beacons',
  summary: 'What a browser tells of one view of a page; only from pages of configured origins',
  responses: { 204: { description: 'Taken' }, ...problemResponses },
});

/** `/beacon.js` and `POST /v1/beacons`. No cookie is read, and no address is kept. */
export function beaconRoutes(options: BeaconOptions): AddRoutes {
  const code = readFileSync(join(import.meta.dirname, 'beacon-script.gen.js'), 'utf8');
  const etag = `"${createHash('sha256').update(code).digest('base64url')}"`;
  const mayCome = rateLimit(options.clock, MOST_A_SECOND);
  const takeTogether = together(options.intake);
  return (app) => {
    app.openapi(script, (c) => {
      c.header('ETag', etag);
      c.header('Cache-Control', 'public, max-age=3600');
      c.header('Cross-Origin-Resource-Policy', 'cross-origin');
      c.header('Content-Type', 'text/javascript; charset=utf-8');
      if (c.req.header('if-none-match') === etag) return c.body(null, 304);
      return c.body(code, 200);
    });
    app.openapi(take, async (c) => {
      const origin = c.req.header('origin') ?? '';
      c.header('Vary', 'Origin', { append: true });
      if (!options.origins.includes(origin)) return problemResponse(c, FOREIGN);
      c.header('Access-Control-Allow-Origin', origin);
      c.header('Cross-Origin-Resource-Policy', 'cross-origin');
      if (!mayCome()) return problemResponse(c, TOO_MANY);
      const beacon = readBeacon(await c.req.text());
      if (beacon === undefined) return problemResponse(c, NO_BEACON);
      const failed = await takeTogether(requestsOf(beacon, origin, c, options));
      return failed === undefined ? c.body(null, 204) : problemResponse(c, failed);
    });
  };
}

const MOST_AGENT = 512;

function requestsOf(
  beacon: Beacon,
  origin: string,
  c: HttpContext,
  { clock }: BeaconOptions,
): readonly BeaconRequest[] {
  const userAgent = c.req.header('user-agent')?.slice(0, MOST_AGENT);
  return requestsOfBeacon(beacon, {
    origin,
    receivedMs: clock.now(),
    ...(userAgent === undefined ? {} : { userAgent }),
  });
}

/** While some are written, those that come are gathered and written together: one transaction for many pages. */
function together({
  take: takeAll,
}: RequestIntake): (requests: readonly BeaconRequest[]) => Promise<Problem | undefined> {
  let waiting: BeaconRequest[] = [];
  let next: Promise<Problem | undefined> | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const write = async (): Promise<Problem | undefined> => {
    await running.catch(() => undefined);
    const requests = waiting;
    [waiting, next] = [[], undefined];
    const ids = requests.map(({ id }) => id).join(' ');
    const deliveryId = createHash('sha256').update(ids).digest('hex');
    const taken = takeAll({ source: SOURCE, deliveryId, requests });
    running = taken;
    const result = await taken;
    return result.ok ? undefined : result.error;
  };
  return (requests) => {
    if (requests.length === 0) return Promise.resolve(undefined);
    waiting.push(...requests);
    next ??= write();
    return next;
  };
}

/** As many as this in a second, and as many at once. */
function rateLimit(clock: Clock, aSecond: number): () => boolean {
  let left = aSecond;
  let before = clock.now();
  return () => {
    const now = clock.now();
    left = Math.min(aSecond, left + (Math.max(0, now - before) * aSecond) / 1000);
    before = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

const FOREIGN = problem('denied', {
  rule: 'slo.beacon-origin',
  message: text(
    'Pages of this origin may not send beacons.',
    'このオリジンのページからのビーコンは受け付けていません。',
  ),
  remedy: text(
    'Add it to server.slo.beacons.origins in sekisho.yaml.',
    'sekisho.yaml の server.slo.beacons.origins に追加してください。',
  ),
});
const TOO_MANY = problem('too-many-requests', {
  rule: 'slo.beacon-rate',
  message: text(
    `More than ${MOST_A_SECOND} beacons in a second.`,
    `ビーコンが毎秒 ${MOST_A_SECOND} 件を超えています。`,
  ),
  remedy: text(
    'Load the script on a share of the views only.',
    'スクリプトを読み込む割合を減らしてください。',
  ),
});
const NO_BEACON = problem('bad-input', {
  rule: 'slo.beacon-body',
  message: text('The body is no beacon.', '本文がビーコンの形式ではありません。'),
  remedy: text(
    'Load the script from this server: `/beacon.js`.',
    'このサーバーの `/beacon.js` を読み込んでください。',
  ),
});
