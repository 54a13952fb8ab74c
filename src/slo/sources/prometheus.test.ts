import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MinuteCounts } from '../core/index.ts';
import { prometheusSource } from './prometheus.ts';
import { BEGIN, everySource, SECRET } from './testing/contract.ts';
import { eventsSlo, minutesSlo, sloOf } from './testing/slos.ts';
import { type Answer, type Asked, impatient, standIn } from './testing/stand-in.ts';

/* A stand-in for Prometheus: it answers as its documentation says. The real one is asked in prometheus.integration.test.ts. */

const query = (words: string): string =>
  `{ metricSource: { type: Prometheus, spec: { query: '${words}' } } }`;
const RATIO = `{ ratioMetric: { bad: ${query('bad')}, total: ${query('total')} } }`;
const minutes: readonly MinuteCounts[] = Array.from({ length: 60 }, (_, index) => ({
  minute: BEGIN + index,
  good: 90 + index,
  total: 100 + 2 * index,
}));

const matrix = (values: readonly (readonly [number, number | string])[], metric: object = {}): Answer => ({
  status: 200,
  body: {
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [{ metric, values: values.map(([at, value]) => [at, String(value)]) }],
    },
  },
});

everySource('Prometheus', minutes, async () => {
  let told: readonly MinuteCounts[] = [];
  let [failures, isLocked] = [0, false];
  const server = await standIn(({ form, headers }) => {
    if (failures > 0) {
      failures -= 1;
      return { status: 503, body: { status: 'error', error: SECRET } };
    }
    if (isLocked || headers.authorization !== `Bearer ${SECRET}`) return { status: 401 };
    const [start, end] = [Number(form.get('start')), Number(form.get('end'))];
    const seen = told.map(
      ({ minute, good, total }) =>
        [(minute + 1) * 60, form.get('query') === 'bad' ? total - good : total] as const,
    );
    return matrix(seen.filter(([at]) => at >= start && at <= end));
  });
  return {
    source: prometheusSource(impatient(), {
      name: 'main',
      url: server.url,
      authorization: `Bearer ${SECRET}`,
    }),
    slo: sloOf(eventsSlo(RATIO)),
    tell: (given) => {
      told = given;
    },
    fail: (times) => {
      failures = times;
    },
    lock: () => {
      isLocked = true;
    },
    close: server.close,
  };
});

describe('Prometheus', () => {
  let answer: (asked: Asked) => Answer = () => ({ status: 500 });
  let asked: Asked[] = [];
  let server: Awaited<ReturnType<typeof standIn>>;
  beforeEach(async () => {
    asked = [];
    server = await standIn((one) => {
      asked.push(one);
      return answer(one);
    });
  });
  afterEach(() => server.close());
  const read = async (yaml: string, count = 60, asking = impatient()) => {
    const slo = sloOf(yaml);
    const source = prometheusSource(asking, { name: 'main', url: `${server.url}/prometheus/` });
    const answered = (await source.read([slo], { fromMinute: BEGIN, toMinute: BEGIN + count })).get(slo);
    if (answered === undefined) throw new Error('not read');
    return answered;
  };
  const reasonOf = async (yaml: string): Promise<string> => {
    const answered = await read(yaml);
    return answered.ok ? '' : `${answered.error.reasons[0].rule}: ${answered.error.reasons[0].message.en}`;
  };

  test('is asked in ranges that stay below its limit of points, with a point at the end of every minute', async () => {
    answer = ({ form }) => matrix([[Number(form.get('end')), 7]]);
    const month = 30 * 24 * 60;
    const answered = await read(eventsSlo(RATIO), month);
    const ranges = asked.map(({ form }) => [Number(form.get('start')), Number(form.get('end'))] as const);
    const ofOneQuery = ranges.slice(0, ranges.length / 2);
    expect(asked[0]?.path).toBe('/prometheus/api/v1/query_range');
    expect(ofOneQuery.map(([start, end]) => (end - start) / 60 + 1)).toEqual([
      10_000, 10_000, 10_000, 10_000, 3200,
    ]);
    expect(ofOneQuery[0]?.[0]).toBe((BEGIN + 1) * 60);
    expect(answered.ok && answered.value.minutes.map(({ minute }) => minute - BEGIN)).toEqual([
      9999, 19_999, 29_999, 39_999, 43_199,
    ]);
  });

  test('is asked for what a counter was before, so that its first minute is known', async () => {
    answer = ({ form }) =>
      matrix(
        [
          [BEGIN * 60, 5],
          [(BEGIN + 1) * 60, 9],
        ].filter(([at = 0]) => at >= Number(form.get('start'))) as [number, number][],
        { __name__: form.get('query') },
      );
    const answered = await read(
      eventsSlo(`{ ratioMetric: { counter: true, bad: ${query('bad')}, total: ${query('total')} } }`),
      1,
    );
    expect(answered.ok && answered.value.minutes).toEqual([{ minute: BEGIN, good: 0, total: 4 }]);
  });

  test('gets Sloth’s queries with a window, and its rates as events of a minute', async () => {
    answer = () => matrix([[(BEGIN + 1) * 60, 0.5]]);
    const sloth = (of: string) => query(`sum(rate(${of}[{{.window}}]))`);
    const answered = await read(eventsSlo(`{ ratioMetric: { bad: ${sloth('a')}, total: ${sloth('b')} } }`));
    expect(asked.map(({ form }) => form.get('query'))).toEqual(['sum(rate(a[2m]))', 'sum(rate(b[2m]))']);
    expect(answered.ok && answered.value.minutes).toEqual([{ minute: BEGIN, good: 0, total: 30 }]);
  });

  test('says which query is wrong, with its own words', async () => {
    answer = () => ({
      status: 400,
      body: { status: 'error', errorType: 'bad_data', error: '1:5: parse error: unexpected <EOF>' },
    });
    expect(await reasonOf(eventsSlo(RATIO))).toBe(
      'slo.source-query: Prometheus main cannot answer `bad`: 1:5: parse error: unexpected <EOF>',
    );
  });

  test('is not believed what is no answer of its API', async () => {
    answer = () => ({ status: 200, body: { status: 'success', data: { resultType: 'vector', result: [] } } });
    expect(await reasonOf(eventsSlo(RATIO))).toContain('slo.source-answer');
    answer = () => ({ status: 302, headers: { location: 'https://sign-in.example' } });
    expect(await reasonOf(eventsSlo(RATIO))).toContain('slo.source-answer');
  });

  test('has one series where values are compared', async () => {
    const one = { metric: {}, values: [[(BEGIN + 1) * 60, '0.2']] };
    const result = [one, { ...one, metric: { pod: 'b' } }];
    answer = () => ({ status: 200, body: { status: 'success', data: { resultType: 'matrix', result } } });
    const yaml = minutesSlo(`{ thresholdMetric: ${query('latency')} }`, 'op: lte, value: 0.3');
    expect(await reasonOf(yaml)).toContain('it answers with 2 series');
    result.pop();
    const answered = await read(yaml);
    expect(answered.ok && answered.value.minutes).toEqual([{ minute: BEGIN, good: 1, total: 1 }]);
  });

  test('makes no budget of events of a ratio', async () => {
    const raw = `{ ratioMetric: { rawType: success, raw: ${query('ratio')} } }`;
    expect(await reasonOf(eventsSlo(raw))).toContain('slo.ratio-of-no-events');
    expect(asked).toEqual([]);
    answer = () =>
      matrix([
        [(BEGIN + 1) * 60, 'NaN'],
        [(BEGIN + 2) * 60, 0.5],
      ]);
    const answered = await read(minutesSlo(raw));
    expect(answered.ok && answered.value).toMatchObject({
      minutes: [{ minute: BEGIN + 1, good: 500_000, total: 1_000_000 }],
      odd: { notNumbers: 1 },
    });
  });

  test('is waited for as long as it asks, then longer with each try', async () => {
    answer = () => (asked.length === 1 ? { status: 429, headers: { 'retry-after': '7' } } : { status: 503 });
    const asking = impatient();
    await read(eventsSlo(RATIO), 60, asking);
    expect(asking.pauses).toEqual([7000, 2000, 4000]);
  });
});
