import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { err, formatTime, ok } from '#core-values';
import {
  bearerToken,
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  inTransaction,
  notSignedIn,
  problemDocumentSchema,
  type z,
} from '#platform';
import { correctionChanged, correctionsAnswer } from '../core/api/corrections-api.ts';
import { incidentChanged, incidentsAnswer } from '../core/api/incidents-api.ts';
import { screenDetailAnswer, screensAnswer } from '../core/api/screens-api.ts';
import { sloDetailAnswer, slosAnswer } from '../core/api/slos-api.ts';
import { bucketOf } from '../core/index.ts';
import { keepIncidents } from '../incidents/keep-incidents.ts';
import { replaceCounts } from '../store/counts.ts';
import { replaceJudged } from '../store/judged.ts';
import { AVAILABILITY, type NameHere, openIncidentsRoom } from '../testing/incidents-room.ts';
import { sloRoutes } from './index.ts';

const SCREEN = `---
apiVersion: sekisho/v1
kind: Screen
metadata: { name: item }
spec:
  service: shop
  requests:
    - { route: "GET /items/{id}", weight: 5, threshold: 500ms }
    - { route: GET /api/price, weight: 3, required: true, threshold: 300ms, after: "GET /items/{id}" }
  bar: 0.9
  threshold: 1s
---
apiVersion: openslo/v1
kind: SLO
metadata: { name: item-views }
spec:
  service: shop
  indicator:
    metadata: { name: item-views }
    spec:
      ratioMetric:
        bad: { metricSource: { type: access-log, spec: { views: below-bar } } }
        total: { metricSource: { type: access-log, spec: { screen: item } } }
  timeWindow: [{ duration: 30d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.9 }]
`;

let shop: Awaited<ReturnType<typeof openIncidentsRoom>>;
let app: ReturnType<typeof createHttpApp>;
beforeEach(async () => {
  shop = await openIncidentsRoom();
  shop.define(AVAILABILITY + SCREEN);
  app = appOf();
});
afterEach(() => shop.close());

function appOf() {
  const room = shop.newRoom();
  return createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'error', destination: { write: () => undefined } }),
    metrics: createMetrics({ processMetrics: false }),
    clock: shop.clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: sloRoutes({
      ...room,
      requirePerson: async (c) => {
        const name = bearerToken(c)?.replace(/^sks_/, '');
        const person = room.organization().people.find((known) => known.name === name);
        return person === undefined ? err(notSignedIn) : ok(person);
      },
    }),
  });
}

const asking = (as: NameHere | undefined, body?: object): RequestInit => ({
  headers: {
    ...(as === undefined ? {} : { authorization: `Bearer sks_${as}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  },
  ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
});

async function asked<T>(
  schema: z.ZodType<T>,
  path: string,
  as: NameHere = 'yuki',
  body?: object,
): Promise<T> {
  const answer = await app.request(path, asking(as, body));
  const found: unknown = await answer.json();
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(found)}`);
  return schema.parse(found);
}

async function refusal(path: string, as?: NameHere, body?: object) {
  const answer = await app.request(path, asking(as, body));
  const { reasons, auditEntry } = problemDocumentSchema.parse(await answer.json());
  return { status: answer.status, rule: reasons[0]?.rule, isRecorded: auditEntry !== undefined };
}

const outage = async () => {
  const hour = shop.minute() - 60;
  await shop.count('availability', shop.minute() - 43_200, (minute) => [minute < hour ? 100 : 50, 100]);
  await keepIncidents(shop.newRoom());
};

describe('the list of SLOs', () => {
  it('says of each service what is left and what burns, and of what was never counted that nothing is known', async () => {
    await outage();
    const { services, state } = await asked(slosAnswer, '/v1/slos');
    const [service] = services;
    expect([state, service?.name, service?.stacks, service?.burning]).toEqual([
      'ok',
      'shop',
      ['shop-production'],
      true,
    ]);
    const [first, second] = service?.slos ?? [];
    expect(first).toMatchObject({
      ...{ name: 'availability', data: { state: 'ok' }, incident: { state: 'open', severity: 'page' } },
      objectives: [
        {
          targetPpm: 990_000,
          budget: { unit: 'events', whole: 4_320_000, lost: 3000, allowed: 43_200, remainingPpm: 930_555 },
          sli: { good: 4_317_000, ppm: 999_305, proof: 'kept' },
        },
      ],
    });
    expect(service?.worstRemainingPpm).toBe(930_555);
    expect(first?.objectives[0]?.sparkline.remainingPpm.at(-1)).toBe(930_555);
    expect(second).toMatchObject({ name: 'item-views', data: { state: 'none' }, objectives: [] });
  });

  it('and everything else is for people alone', async () => {
    for (const path of [
      '/v1/slos',
      '/v1/slos/x',
      '/v1/slo/screens',
      '/v1/slo/screens/x',
      '/v1/slo/incidents',
      '/v1/slo/corrections',
    ])
      expect((await refusal(path)).status).toBe(401);
    const bodies = {
      acknowledgement: {},
      silence: { until: formatTime(shop.clock.now()), reason: 'none' },
      resolution: { reason: 'none' },
    };
    for (const [act, body] of Object.entries(bodies))
      expect((await refusal(`/v1/slo/incidents/x/${act}`, undefined, body)).status).toBe(401);
  });
});

describe('an SLO', () => {
  it('is shown with its course, its alerts, its incident, and who its customers are', async () => {
    await outage();
    const detail = await asked(sloDetailAnswer, '/v1/slos/availability');
    const [objective] = detail.objectives;
    expect(objective?.hours.total.reduce((sum, count) => sum + count, 0)).toBe(4_320_000);
    expect(objective?.burnDown.remainingPpm.at(-1)).toBe(930_555);
    expect(objective?.firing.map(({ severity }) => severity)).toContain('page');
    expect(detail.incidents).toMatchObject([{ slo: 'availability', state: 'open', firing: true }]);
    const from = formatTime(shop.at(shop.minute() - 120));
    const short = await asked(sloDetailAnswer, `/v1/slos/availability?from=${from}`);
    expect(short.objectives[0]?.hours.total.reduce((sum, count) => sum + count, 0)).toBe(12_000);
  });

  it('that is not there, or a time that cannot be shown, is told', async () => {
    expect(await refusal('/v1/slos/nothing', 'yuki')).toMatchObject({ status: 404, rule: 'slo.unknown' });
    await outage();
    for (const query of [
      'from=2020-01-01T00:00:00Z',
      'to=2030-01-01T00:00:00Z',
      'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    ])
      expect(await refusal(`/v1/slos/availability?${query}`, 'yuki')).toMatchObject({
        status: 400,
        rule: 'slo.span',
      });
  });
});

describe('a screen', () => {
  it('is shown as a waterfall with blame, times and how sure its views are', async () => {
    const minute = shop.minute() - 10;
    const slot = Math.floor(minute / 5);
    const series = [
      { kind: 'screen', name: 'item' },
      { kind: 'slo', name: 'item-views' },
    ] as const;
    await inTransaction(shop.db, async (tx) => {
      const bounds = { fromMinute: slot * 5, toMinute: slot * 5 + 5 };
      const minutes = [{ minute: slot * 5, good: 90, total: 100 }];
      await replaceCounts(tx, { series, ...bounds, counts: series.map((one) => ({ series: one, minutes })) });
      const ways = { 'page-view-id': 0, trace: 0, referer: 95, client: 5, alone: 0 };
      const sums = { total: 100, abandoned: 3, bots: 2, sure: 95, incomplete: 1, unmeasured: 0 };
      await replaceJudged(tx, {
        slot,
        screens: [{ screen: 'item', customer: '', ...sums, ways }],
        causes: [
          { screen: 'item', customer: '', kind: 'alone', requests: [1], views: 8 },
          { screen: 'item', customer: '', kind: 'together', requests: [0, 1], views: 2 },
        ],
        routes: [
          {
            route: 'GET /items/{id}',
            total: 105,
            failed: 0,
            abandoned: 3,
            latencies: [[bucketOf(100), 100]],
          },
          { route: 'GET /api/price', total: 100, failed: 8, abandoned: 0, latencies: [[bucketOf(50), 100]] },
        ],
      });
    });
    const { screens } = await asked(screensAnswer, '/v1/slo/screens');
    expect(screens).toMatchObject([
      {
        ...{ name: 'item', service: 'shop', slos: ['item-views'] },
        views: { good: 90, total: 100, ppm: 900_000, abandoned: 3, bots: 2 },
        confidence: { sure: 95, ways: { referer: 95, client: 5 } },
      },
    ]);
    const detail = await asked(screenDetailAnswer, '/v1/slo/screens/item');
    expect(detail.requests).toMatchObject([
      { document: true, blame: { alone: 0, givesBack: 0 }, times: { startsMs: 0 } },
      {
        failed: 8,
        after: 0,
        blame: { alone: 8, givesBack: 8, ofLostPpm: 800_000, fixedRemainingPpm: 800_000 },
      },
    ]);
    expect(detail.requests[1]?.times?.startsMs).toBeCloseTo(100, -1);
    expect(detail.shared).toEqual([{ kind: 'together', requests: [0, 1], views: 2 }]);
    expect(detail.objective).toMatchObject({ slo: 'item-views', budget: { lost: 10, allowed: 10 } });
    expect(await refusal('/v1/slo/screens/none', 'yuki')).toMatchObject({
      status: 404,
      rule: 'slo.unknown-screen',
    });
  });
});

describe('incidents', () => {
  it('are acknowledged, silenced and resolved by who may, and by nobody else', async () => {
    await outage();
    const { incidents, mayAct } = await asked(incidentsAnswer, '/v1/slo/incidents?state=open');
    expect([incidents.length, mayAct]).toEqual([1, true]);
    const path = `/v1/slo/incidents/${incidents[0]?.id}`;
    const until = formatTime(shop.at(shop.minute() + 60));
    expect(await refusal(`${path}/acknowledgement`, 'kenji', {})).toEqual({
      ...{ status: 403, rule: 'policy.not-permitted', isRecorded: true },
    });
    expect((await asked(incidentsAnswer, '/v1/slo/incidents', 'kenji')).mayAct).toBe(false);
    const { incident } = await asked(incidentChanged, `${path}/acknowledgement`, 'yuki', {});
    expect(incident).toMatchObject({ state: 'acknowledged', firing: true, acknowledged: { byWhom: 'yuki' } });
    const silenced = await asked(incidentChanged, `${path}/silence`, 'taro', { until, reason: 'we know' });
    expect(silenced.incident).toMatchObject({ state: 'silenced', silenced: { until, reason: 'we know' } });
    const resolved = await asked(incidentChanged, `${path}/resolution`, 'hanako', { reason: 'rolled back' });
    expect(resolved.incident).toMatchObject({ state: 'resolved', resolved: { byWhom: 'hanako' } });
    expect(await refusal(`${path}/resolution`, 'hanako', { reason: 'again' })).toMatchObject({ status: 409 });
    expect((await refusal('/v1/slo/incidents/none/acknowledgement', 'yuki', {})).status).toBe(404);
  });
});

describe('corrections', () => {
  it('are made, seen and undone by who may', async () => {
    await outage();
    const of = { kind: 'slo', name: 'availability' };
    const span = { from: formatTime(shop.at(shop.minute() - 60)), to: formatTime(shop.at(shop.minute())) };
    const body = { of, ...span, reason: 'announced maintenance' };
    expect(await refusal('/v1/slo/corrections', 'kenji', body)).toMatchObject({
      status: 403,
      isRecorded: true,
    });
    expect(await refusal('/v1/slo/corrections', 'yuki', { ...body, reason: ' ' })).toMatchObject({
      status: 400,
    });
    const { correction } = await asked(correctionChanged, '/v1/slo/corrections', 'yuki', body);
    const shown = await asked(sloDetailAnswer, '/v1/slos/availability');
    expect(shown.corrections).toEqual([correction]);
    expect(shown.objectives[0]?.budget.lost).toBe(0);
    expect(shown.objectives[0]?.hours.leftOutMinutes.reduce((sum, count) => sum + count, 0)).toBe(60);
    const undo = `/v1/slo/corrections/${correction.id}/undo`;
    expect((await refusal(undo, 'kenji', { reason: 'not mine' })).status).toBe(403);
    await asked(correctionChanged, undo, 'taro', { reason: 'it was none' });
    const { corrections, mayCorrect } = await asked(
      correctionsAnswer,
      '/v1/slo/corrections?slo=availability',
    );
    expect([corrections[0]?.undone?.byWhom, mayCorrect]).toEqual(['taro', true]);
  });
});
