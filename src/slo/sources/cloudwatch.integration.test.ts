import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Moto } from '../../../demo/stand-ins/moto.ts';
import { startTestMoto } from '../../../test/moto.ts';
import { cloudwatchOf, cloudwatchSource } from './cloudwatch.ts';
import { BEGIN } from './testing/contract.ts';
import { eventsSlo, sloOf } from './testing/slos.ts';
import { impatient } from './testing/stand-in.ts';

// moto stands in for CloudWatch: what is read is what was put, by the SDK's own protocol.

let moto: Moto;
beforeAll(async () => {
  moto = await startTestMoto();
});
afterAll(() => moto?.stop());

test('Metrics that were put are counted by the minute', async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new CloudWatchClient({ region: 'ap-northeast-1', endpoint: moto.endpoint, credentials });
  const put = (MetricName: string, minute: number, Value: number) => ({
    MetricName,
    Value,
    Timestamp: new Date((BEGIN + minute) * 60_000),
  });
  await client.send(
    new PutMetricDataCommand({
      Namespace: 'Shop',
      MetricData: [
        put('Requests', 0, 10),
        put('Requests', 1, 20),
        put('Requests', 1, 5),
        put('Errors', 1, 3),
      ],
    }),
  );
  const metric = (name: string) =>
    `{ metricSource: { type: CloudWatch, spec: { namespace: Shop, metricName: ${name} } } }`;
  const slo = sloOf(eventsSlo(`{ ratioMetric: { bad: ${metric('Errors')}, total: ${metric('Requests')} } }`));
  const source = cloudwatchSource(impatient(), {
    name: 'tokyo',
    getMetricData: cloudwatchOf('ap-northeast-1', moto.endpoint, credentials),
  });
  const answer = (await source.read([slo], { fromMinute: BEGIN, toMinute: BEGIN + 60 })).get(slo);
  expect(answer?.ok && answer.value.minutes.filter(({ total }) => total > 0)).toEqual([
    { minute: BEGIN, good: 10, total: 10 },
    { minute: BEGIN + 1, good: 22, total: 25 },
  ]);
});
