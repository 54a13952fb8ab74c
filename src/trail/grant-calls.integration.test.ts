import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Organization, Person } from '#accounts/core';
import { listAudit } from '#audit';
import { epochMs, ok, parsePersonName } from '#core-values';
import { beginGrant, completeGrant } from '#credentials';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  handClock,
  inTransaction,
  problemDocumentSchema,
} from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { exampleGrantId, exampleRequest } from '../credentials/core/example-grant.ts';
import { grantCallsAnswer } from './core/grant-calls-api.ts';
import { grantCallsRoutes } from './grant-calls-routes.ts';
import { insertCall, insertFile, insertFinding } from './store.ts';

const START = epochMs(Date.UTC(2026, 10, 2, 3));
const grant = exampleGrantId(1);
const request = exampleRequest(1);
let database: TestDatabase;
let app: HttpApp;
let who: { name: string; teams: string[] };

beforeAll(async () => {
  database = await testDatabase();
  const clock = handClock(START);
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['sns:CreateTopic', 'sns:TagResource'], Resource: '*' }],
  };
  const sessionPolicy = { policy: JSON.stringify(policy), managedPolicyArns: [] };
  const session = { assumedRoleId: `AROAEXAMPLE:${grant}`, expiresAt: epochMs(START + 3_600_000) };
  await inTransaction(database.db, (tx) => beginGrant(tx, { ...request, sessionPolicy }, START));
  await inTransaction(database.db, (tx) => completeGrant(tx, grant, session, START));
  await inTransaction(database.db, async (tx) => {
    const file = { name: 'log-1', kind: 'log' as const, account: request.account, region: 'ap-northeast-1' };
    await insertFile(tx, { ...file, at: START }, START);
    for (let n = 0; n < 5; n += 1)
      await insertCall(tx, {
        ...{ eventId: `event-${n}`, file: 'log-1', at: epochMs(START + n), grant, roleArn: request.roleArn },
        ...{ session: 'session', account: request.account, region: 'ap-northeast-1', readOnly: false },
        action: n < 4 ? 'sns:CreateTopic' : 's3:DeleteBucket',
        ...(n < 4 ? {} : { errorCode: 'AccessDenied', resource: 'arn:aws:s3:::orders' }),
      });
    const finding = { key: 'k', rule: 'trail.call-outside-policy', severity: 'high', grant, facts: {} };
    await insertFinding(tx, finding as unknown as Parameters<typeof insertFinding>[1], START);
  });
  const organization = {
    administrators: [parsePersonName('hanako')],
    stacks: [{ name: request.stack, approval: { team: 'shop' } }],
  } as unknown as Organization;
  app = createHttpApp({
    version: '0',
    logger: createLogger({ level: 'error' }),
    metrics: createMetrics({ processMetrics: false }),
    clock,
    newRequestId: () => 'request',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [
      grantCallsRoutes({
        db: database.db,
        clock,
        organization: () => organization,
        requirePerson: async () => ok(who as unknown as Person),
      }),
    ],
  });
});
afterAll(() => database.close());

const TARO = { name: 'taro', teams: ['shop'] };
const HANAKO = { name: 'hanako', teams: [] };
const KENJI = { name: 'kenji', teams: ['data'] };

async function ask(as: typeof who, query = '', id: string = grant) {
  who = as;
  return app.request(`/v1/grants/${id}/calls${query}`);
}

describe('what a grant called', () => {
  it('is shown page by page, with what it never used and what was found', async () => {
    const first = grantCallsAnswer.parse(await (await ask(TARO, '?limit=3')).json());
    expect(first).toMatchObject({
      ...{ grant, total: 5, next: 3, compared: false, neverUsed: ['sns:TagResource'] },
      actions: [
        { action: 's3:DeleteBucket', calls: 1, failed: 1 },
        { action: 'sns:CreateTopic', calls: 4, failed: 0 },
      ],
      findings: [{ rule: 'trail.call-outside-policy', severity: 'high' }],
    });
    const second = grantCallsAnswer.parse(await (await ask(HANAKO, '?limit=3&cursor=3')).json());
    expect(second.calls.map(({ event, error }) => [event, error])).toEqual([
      ['event-3', undefined],
      ['event-4', 'AccessDenied'],
    ]);
    expect(second).not.toHaveProperty('next');
  });

  it('is for the team that owns the stack and for administrators; others are refused, and recorded', async () => {
    for (const id of [grant, exampleGrantId(2), 'grt_nonsense']) {
      const answer = await ask(KENJI, '', id);
      const { reasons } = problemDocumentSchema.parse(await answer.json());
      expect([answer.status, reasons[0]?.rule], id).toEqual([403, 'trail.not-administrator']);
    }
    const { entries } = await listAudit(database.db);
    expect(
      entries.filter(({ kind, actor }) => kind === 'trail.refused' && actor.name === 'kenji'),
    ).toHaveLength(3);
    expect((await ask(HANAKO, '', exampleGrantId(2))).status).toBe(404);
  });
});
