import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { err } from '#core-values';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  notSignedIn,
} from '#platform';
import { jobStacksAnswer } from '../core/job-stacks-api.ts';
import { type Claims, openShop, type Shop } from '../testing/shop.ts';
import { jobStacksRoutes } from './job-stacks.ts';

let shop: Shop;
let app: HttpApp;

beforeAll(async () => {
  shop = await openShop();
  app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'debug', destination: { write: () => undefined } }),
    metrics: createMetrics({ processMetrics: false }),
    clock: shop.clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [jobStacksRoutes({ ...shop.room, requirePerson: async () => err(notSignedIn) })],
  });
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const ask = async (claims: Claims = {}) => askWith(await shop.token(claims));
const askWith = (token?: string) =>
  app.request('/v1/job-stacks', {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
const namesFor = async (claims: Claims): Promise<readonly string[]> => {
  const answer = await ask(claims);
  expect(answer.status).toBe(200);
  return jobStacksAnswer.parse(await answer.json()).stacks.map(({ name }) => name);
};

describe('the stacks of a job’s repository', () => {
  it('are told with what affects them, and nothing of roles or trust', async () => {
    shop.reconfigure((configuration) => {
      const stack = configuration.stacks.find(({ name }) => name === 'web-production');
      Object.assign(stack ?? {}, { alsoAffectedBy: ['shared/**'] });
      Object.assign(stack?.apply ?? {}, { environment: 'production' });
    });
    const { stacks } = jobStacksAnswer.strict().parse(await (await ask()).json());
    expect(stacks.map(({ name }) => name)).toEqual(['shop-staging', 'shop-production', 'web-production']);
    expect(stacks[2]).toEqual({
      ...{ name: 'web-production', path: 'stacks/web-production', region: 'ap-northeast-1' },
      account: { id: '333333333333', name: 'production', environment: 'production' },
      ...{ applyEnvironment: 'production', dependsOn: ['shop-production'], alsoAffectedBy: ['shared/**'] },
    });
  });

  it('are told to no job of another repository, nor of another owner', async () => {
    expect(await namesFor({ repository_id: '1' })).toEqual([]);
    expect(await namesFor({ repository_owner_id: '1' })).toEqual([]);
    expect(await namesFor({ repository: 'somebody/else' })).toHaveLength(3);
  });

  it('are told to any event and ref, and the same token may ask again', async () => {
    expect(await namesFor({ event_name: 'schedule', ref: 'refs/heads/other' })).toHaveLength(3);
    const token = await shop.token();
    expect([(await askWith(token)).status, (await askWith(token)).status]).toEqual([200, 200]);
  });

  it('are told to nobody without a token that verifies', async () => {
    const statuses = [await askWith(), await askWith('sks_x'), await ask({ aud: 'https://elsewhere' })];
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401]);
  });
});
