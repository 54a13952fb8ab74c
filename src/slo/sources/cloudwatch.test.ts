import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import type { MinuteCounts, Slo } from '../core/index.ts';
import { cloudwatchSource, type GetMetricData } from './cloudwatch.ts';
import { BEGIN, everySource, SECRET } from './testing/contract.ts';
import { eventsSlo, sloOf, slosOf } from './testing/slos.ts';
import { impatient } from './testing/stand-in.ts';

/* A stand-in that answers as the API's reference says, for what moto cannot show: pages, throttling, partial data. */

const metric = (name: string): string =>
  `{ metricSource: { type: CloudWatch, spec: { namespace: AWS/ApplicationELB, metricName: ${name}, dimensions: { LoadBalancer: app/shop/1 } } } }`;
const RATIO = `{ ratioMetric: { bad: ${metric('HTTPCode_Target_5XX_Count')}, total: ${metric('RequestCount')} } }`;
const minutes: readonly MinuteCounts[] = Array.from({ length: 60 }, (_, index) => ({
  minute: BEGIN + index,
  good: 90,
  total: 91 + index,
}));

const failure = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error(SECRET), { name, $metadata: { httpStatusCode } });
const output = (results: MetricDataResult[], NextToken?: string): GetMetricDataCommandOutput => ({
  $metadata: {},
  MetricDataResults: results,
  ...(NextToken === undefined ? {} : { NextToken }),
});
const resultOf = (
  Id: string,
  told: readonly (readonly [number, number])[],
  more: Partial<MetricDataResult> = {},
): MetricDataResult => ({
  ...{
    Id,
    StatusCode: 'Complete',
    Timestamps: told.map(([minute]) => new Date(minute * 60_000)),
    Values: told.map(([, value]) => value),
  },
  ...more,
});

everySource('CloudWatch', minutes, async () => {
  let told: readonly MinuteCounts[] = [];
  let [failures, isLocked] = [0, false];
  const getMetricData: GetMetricData = async () => {
    if (failures > 0) {
      failures -= 1;
      throw failure('ThrottlingException', 400);
    }
    if (isLocked) throw failure('AccessDenied', 403);
    return output([
      resultOf(
        'q0',
        told.map(({ minute, good, total }) => [minute, total - good] as const),
      ),
      resultOf(
        'q0t',
        told.map(({ minute, total }) => [minute, total] as const),
      ),
    ]);
  };
  return {
    source: cloudwatchSource(impatient(), { name: 'tokyo', getMetricData }),
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
    close: async () => undefined,
  };
});

describe('CloudWatch', () => {
  const bounds = { fromMinute: BEGIN, toMinute: BEGIN + 60 };
  const read = async (
    slos: readonly Slo[],
    answer: (input: GetMetricDataCommandInput) => GetMetricDataCommandOutput,
  ) => {
    const inputs: GetMetricDataCommandInput[] = [];
    const getMetricData: GetMetricData = async (input) => {
      inputs.push(input);
      return answer(input);
    };
    const answers = await cloudwatchSource(impatient(), { name: 'tokyo', getMetricData }).read(slos, bounds);
    return { inputs, answers: slos.map((slo) => answers.get(slo)) };
  };

  test('is asked page after page, and what several pages say of one query is one series', async () => {
    const { inputs, answers } = await read([sloOf(eventsSlo(RATIO))], ({ NextToken }) =>
      NextToken === undefined
        ? output(
            [resultOf('q0', [[BEGIN, 1]]), resultOf('q0t', [[BEGIN, 5]], { StatusCode: 'PartialData' })],
            'page-2',
          )
        : output([resultOf('q0t', [[BEGIN + 1, 7]])]),
    );
    expect(inputs.map(({ NextToken }) => NextToken)).toEqual([undefined, 'page-2']);
    expect(answers[0]?.ok && answers[0].value.minutes).toEqual([
      { minute: BEGIN, good: 4, total: 5 },
      { minute: BEGIN + 1, good: 7, total: 7 },
    ]);
  });

  test('is asked 500 queries at once, at most', async () => {
    const slos = slosOf(
      Array.from({ length: 260 }, (_, index) => eventsSlo(RATIO, `slo-${index}`)).join('---'),
    );
    const { inputs, answers } = await read(slos, () => output([]));
    expect(inputs.map(({ MetricDataQueries }) => MetricDataQueries?.length)).toEqual([500, 20]);
    expect(answers.every((answer) => answer?.ok)).toBe(true);
  });

  test('gets calculations with names of their own, for each minute', async () => {
    const spec = `{ expression: 'm1 + FILL(m2, 0)', metrics: { m1: { namespace: A, metricName: B }, m2: { namespace: A, metricName: C, stat: SampleCount } } }`;
    const calculated = `{ metricSource: { type: CloudWatch, spec: ${spec} } }`;
    const yaml = eventsSlo(`{ ratioMetric: { bad: ${metric('X')}, total: ${calculated} } }`);
    const { inputs } = await read([sloOf(yaml)], () => output([]));
    const queries = inputs[0]?.MetricDataQueries ?? [];
    expect(queries.map(({ Id, Expression, ReturnData }) => [Id, Expression, ReturnData])).toEqual([
      ['q0', undefined, true],
      ['q0t', 'q0t_m1 + FILL(q0t_m2, 0)', true],
      ['q0t_m1', undefined, false],
      ['q0t_m2', undefined, false],
    ]);
    expect(queries[0]?.MetricStat).toMatchObject({
      Period: 60,
      Stat: 'Sum',
      Metric: { Namespace: 'AWS/ApplicationELB' },
    });
    expect(queries[1]?.Period).toBe(60);
  });

  test('that refuses one query is asked again for each SLO alone, and the others are counted', async () => {
    const slos = slosOf(
      ['good', 'wrong'].map((name) => eventsSlo(RATIO.replaceAll('app/shop/1', name), name)).join('---'),
    );
    const { answers } = await read(slos, ({ MetricDataQueries = [] }) => {
      const isWrong = JSON.stringify(MetricDataQueries).includes('"wrong"');
      if (isWrong)
        throw Object.assign(failure('ValidationError', 400), { message: 'The dimension is wrong' });
      return output([resultOf('q0t', [[BEGIN, 5]])]);
    });
    expect(answers[0]?.ok && answers[0].value.minutes).toEqual([{ minute: BEGIN, good: 5, total: 5 }]);
    expect(answers[1]?.ok === false && answers[1].error.reasons[0].message.en).toBe(
      'CloudWatch tokyo cannot answer `wrong`: The dimension is wrong',
    );
  });

  test('that could not do a part of it is told of that SLO', async () => {
    const { answers } = await read([sloOf(eventsSlo(RATIO))], () =>
      output([resultOf('q0', []), resultOf('q0t', [], { StatusCode: 'InternalError' })]),
    );
    expect(answers[0]?.ok === false && answers[0].error.reasons[0].rule).toBe('slo.source-unreachable');
  });

  test('is not asked what nobody can mean', async () => {
    const yaml = eventsSlo(RATIO.replaceAll('metricName', 'metric'));
    const { inputs, answers } = await read([sloOf(yaml)], () => output([]));
    expect([inputs.length, answers[0]?.ok]).toEqual([0, false]);
  });
});
