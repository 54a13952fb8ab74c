import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { err, ok, type Problem, problem, type Result } from '#core-values';
import type { Bounds, Slo } from '../core/index.ts';
import { cloudwatchQuery, MOST_QUERIES, metricQueries, seriesOf } from '../core/sources/cloudwatch.ts';
import { type CountedValues, countedValues, type ValueSeries } from '../core/sources/values.ts';
import { type Asking, backOffMs, notAnswerable, notLetIn, unreached } from './ask.ts';
import { type AskedMetric, askedMetric } from './metrics.ts';
import type { PolledSource } from './source.ts';

/** Asks CloudWatch once; throws what the SDK throws. */
export type GetMetricData = (input: GetMetricDataCommandInput) => Promise<GetMetricDataCommandOutput>;

export interface CloudWatchOptions {
  readonly name: string;
  readonly getMetricData: GetMetricData;
}

/** With the credentials that the server finds around itself; tests name a stand-in and its own. */
export function cloudwatchOf(
  region: string,
  endpoint?: string,
  credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string },
): GetMetricData {
  const at = {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
  // It would ask again by itself: how often, and how long that takes, is decided here.
  const client = new CloudWatchClient({ region, maxAttempts: 1, ...at });
  return (input) => client.send(new GetMetricDataCommand(input));
}

export function cloudwatchSource(
  asking: Pick<Asking, 'pause' | 'dice'>,
  options: CloudWatchOptions,
): PolledSource {
  return {
    name: options.name,
    kind: 'cloudwatch',
    // Services deliver metrics some minutes late, and add to them.
    settleMinutes: 30,
    mostMinutes: 24 * 60,
    read: async (slos, bounds) => {
      const planned = slos.map((slo, index) => [slo, plan(slo, `q${index}`)] as const);
      const read = new Map<Slo, Result<CountedValues, Problem>>();
      for (const batch of batchesOf(planned)) {
        const answers = await readBatch(asking, options, batch, bounds);
        for (const [slo, answer] of answers) read.set(slo, answer);
      }
      for (const [slo, planOf] of planned) if (!planOf.ok) read.set(slo, planOf);
      return read;
    },
  };
}

interface Plan extends AskedMetric {
  readonly id: string;
  readonly queries: readonly MetricDataQuery[];
}

type Planned = readonly (readonly [Slo, Plan])[];

/** What is asked for an SLO: events as `ID`, their total as `IDt`. */
function plan(slo: Slo, id: string): Result<Plan, Problem> {
  const asked = askedMetric(slo);
  if (!asked.ok) return asked;
  const { metric } = asked.value;
  const sources = metric.kind === 'ratio' ? [metric.events, metric.total] : [metric.source];
  const queries: MetricDataQuery[] = [];
  for (const [index, source] of sources.entries()) {
    const query = cloudwatchQuery(source);
    if (!('stat' in query || 'expression' in query)) {
      const [first, ...more] = query;
      return first === undefined
        ? err(notAnswerable('CloudWatch', id, ''))
        : err(problem('bad-config', first, ...more));
    }
    queries.push(...metricQueries(index === 0 ? id : `${id}t`, query));
  }
  return ok({ ...asked.value, id, queries });
}

function batchesOf(planned: readonly (readonly [Slo, Result<Plan, Problem>])[]): readonly Planned[] {
  const batches: (readonly [Slo, Plan])[][] = [];
  let room = 0;
  for (const [slo, result] of planned) {
    if (!result.ok) continue;
    const { length } = result.value.queries;
    if (length > room) {
      batches.push([]);
      room = MOST_QUERIES;
    }
    batches.at(-1)?.push([slo, result.value]);
    room -= length;
  }
  return batches;
}

type Answers = ReadonlyMap<Slo, Result<CountedValues, Problem>>;

async function readBatch(
  asking: Pick<Asking, 'pause' | 'dice'>,
  options: CloudWatchOptions,
  planned: Planned,
  bounds: Bounds,
): Promise<Answers> {
  const whom = `CloudWatch ${options.name}`;
  const results = await allPages(asking, options, planned, bounds);
  if (!results.ok) {
    // One query that is wrong spoils them all: which, is seen when each is asked alone.
    if (results.error.code !== 'bad-config' || planned.length === 1)
      return new Map(planned.map(([slo]) => [slo, results]));
    const apart = new Map<Slo, Result<CountedValues, Problem>>();
    for (const one of planned)
      for (const [slo, answer] of await readBatch(asking, options, [one], bounds)) apart.set(slo, answer);
    return apart;
  }
  const series = seriesOf(results.value);
  const failed = new Map(
    results.value
      .filter(({ StatusCode }) => StatusCode === 'Forbidden' || StatusCode === 'InternalError')
      .map(({ Id, StatusCode }) => [
        Id,
        StatusCode === 'Forbidden' ? notLetIn(whom, 403) : unreached(whom, 'InternalError'),
      ]),
  );
  return new Map(
    planned.map(([slo, { id, metric, compared }]) => {
      const failure = failed.get(id) ?? failed.get(`${id}t`);
      const of = (name: string): readonly ValueSeries[] =>
        [series.get(name)].filter((one) => one !== undefined);
      const values = { events: of(id), total: of(`${id}t`) };
      return [
        slo,
        failure === undefined ? ok(countedValues(metric, compared, values, bounds)) : err(failure),
      ];
    }),
  );
}

const inputOf = (
  queries: readonly MetricDataQuery[],
  { fromMinute, toMinute }: Bounds,
): GetMetricDataCommandInput => ({
  MetricDataQueries: [...queries],
  StartTime: new Date(fromMinute * 60_000),
  EndTime: new Date(toMinute * 60_000),
  ScanBy: 'TimestampAscending',
});

/** A page that says nothing new would never end. */
const MOST_PAGES = 1000;

async function allPages(
  asking: Pick<Asking, 'pause' | 'dice'>,
  options: CloudWatchOptions,
  planned: Planned,
  bounds: Bounds,
): Promise<Result<readonly MetricDataResult[], Problem>> {
  const queries = planned.flatMap(([, { queries: own }]) => own);
  const where = planned.map(([{ metadata }]) => metadata.name).join(', ');
  const results: MetricDataResult[] = [];
  let next: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const input = { ...inputOf(queries, bounds), ...(next === undefined ? {} : { NextToken: next }) };
    const answer = await askPage(asking, options, input, where);
    if (!answer.ok) return answer;
    results.push(...(answer.value.MetricDataResults ?? []));
    next = answer.value.NextToken;
    if (next === undefined || next === '') return ok(results);
  }
  return err(notAnswerable(`CloudWatch ${options.name}`, where, `more than ${MOST_PAGES} pages`));
}

const TRIES = 6;

async function askPage(
  { pause, dice }: Pick<Asking, 'pause' | 'dice'>,
  { name, getMetricData }: CloudWatchOptions,
  input: GetMetricDataCommandInput,
  where: string,
): Promise<Result<GetMetricDataCommandOutput, Problem>> {
  const whom = `CloudWatch ${name}`;
  for (let tried = 1; ; tried += 1) {
    try {
      return ok(await getMetricData(input));
    } catch (cause) {
      const failure = failureOf(cause);
      if (failure.kind === 'not-let-in') return err(notLetIn(whom, 403));
      if (failure.kind === 'query') return err(notAnswerable(whom, where, failure.why));
      if (tried === TRIES) return err(unreached(whom, failure.why));
      await pause(backOffMs(tried, dice()));
    }
  }
}

type Failure = { readonly kind: 'not-let-in' } | { readonly kind: 'query' | 'again'; readonly why: string };

const NOT_LET_IN =
  /AccessDenied|UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch|ExpiredToken|CredentialsProviderError|OptInRequired/;
const THROTTLED = /Throttl|RequestLimitExceeded|TooManyRequests|LimitExceeded|SlowDown/;

function failureOf(cause: unknown): Failure {
  const name = cause instanceof Error ? cause.name : 'unknown';
  if (NOT_LET_IN.test(name)) return { kind: 'not-let-in' };
  const metadata = cause instanceof Error && '$metadata' in cause ? cause.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? Number(metadata.httpStatusCode)
      : 0;
  if (status === 403) return { kind: 'not-let-in' };
  if (THROTTLED.test(name) || !(status >= 400 && status < 500)) return { kind: 'again', why: name };
  return { kind: 'query', why: cause instanceof Error ? cause.message : name };
}
