import { err, ok, type PersonName } from '#core-values';
import {
  type AddRoutes,
  bearerToken,
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  notSignedIn,
  problemDocumentSchema,
  type z,
} from '#platform';
import type { RouteRoom } from '../routes/access.ts';
import { changesRoutes } from '../routes/index.ts';
import type { NameAtShop, Shop } from './shop.ts';

export interface ShopApp {
  /** The answer to a person's GET, of its schema. */
  get<T>(path: string, schema: z.ZodType<T>, as?: NameAtShop, language?: string): Promise<T>;
  /** Status and first rule of an answer that is a problem. */
  refusal(path: string, headers?: Record<string, string>): Promise<readonly [number, string | undefined]>;
  request(path: string, init?: RequestInit): Promise<Response>;
}

/** The routes of the room at the shop: whoever shows `sks_hanako` is Hanako; how people sign in is the sessions' own test. */
export function shopApp(shop: Shop, more: (room: RouteRoom) => readonly AddRoutes[] = () => []): ShopApp {
  const room: RouteRoom = {
    ...shop.room,
    requirePerson: async (c) => {
      const name = bearerToken(c)?.replace(/^sks_/, '') as PersonName | undefined;
      const person = shop.room.organization().people.find((known) => known.name === name);
      return person === undefined ? err(notSignedIn) : ok(person);
    },
  };
  const app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'error', destination: { write: () => undefined } }),
    metrics: createMetrics({ processMetrics: false }),
    clock: shop.clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [...changesRoutes(room), ...more(room)],
  });
  const request: ShopApp['request'] = async (path, init) => app.request(path, init);
  return {
    request,
    get: async (path, schema, as = 'hanako', language = 'en') => {
      const answer = await request(path, {
        headers: { authorization: `Bearer sks_${as}`, 'accept-language': language },
      });
      const body: unknown = await answer.json();
      if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(body)}`);
      return schema.parse(body);
    },
    refusal: async (path, headers = { authorization: 'Bearer sks_hanako' }) => {
      const answer = await request(path, { headers });
      const body = problemDocumentSchema.parse(await answer.json());
      return [answer.status, body.reasons[0]?.rule];
    },
  };
}
