import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readDefinitions } from '#slo';
import { type Definition, separated, writeDefinition, writeYaml } from '#slo/core';
import { schemaFaults } from '../../../test/slo/definitions/openslo-schema.ts';

const optional = <T>(key: string, value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined }).map((given) => (given === undefined ? {} : { [key]: given }));
const merged = (...parts: readonly fc.Arbitrary<object>[]): fc.Arbitrary<object> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all));

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9.|/\\-]{0,20}[a-z0-9])?$/);
const words = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
const label = fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,20}[a-zA-Z0-9])?$/);
const duration = fc
  .tuple(fc.integer({ min: 1, max: 99 }), fc.constantFrom(...'mhdwMQY'))
  .map((all) => all.join(''));

const metadata = merged(
  name.map((given) => ({ name: given })),
  optional('displayName', words),
  optional('labels', fc.dictionary(label, fc.oneof(label, fc.array(label, { minLength: 1, maxLength: 3 })))),
  optional(
    'annotations',
    fc.dictionary(
      fc.oneof(
        label,
        label.map((key) => `team.example/${key}`),
      ),
      words,
    ),
  ),
);

const source = merged(
  name.map((type) => ({ type })),
  optional('metricSourceRef', name),
  fc.record({ spec: fc.dictionary(label, fc.jsonValue({ maxDepth: 2 })) }),
).map((metricSource) => ({ metricSource }));

const metric = fc.oneof(
  source.map((thresholdMetric) => ({ thresholdMetric })),
  fc
    .tuple(fc.boolean(), fc.constantFrom('good', 'bad'), source, source)
    .map(([counter, part, events, total]) => ({ ratioMetric: { counter, [part]: events, total } })),
);
const sli = merged(optional('description', words), metric);

const window = fc.oneof(
  duration.map((given) => ({ duration: given, isRolling: true })),
  fc
    .tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(...'dwMQY'),
      fc.constantFrom('Asia/Tokyo', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/UTC'),
      fc.constantFrom('2022-01-01 12:00:00', '2020-02-29T23:59', '1970-01-31 00:00'),
    )
    .map(([count, unit, timeZone, startTime]) => ({
      duration: `${count}${unit}`,
      calendar: { startTime, timeZone },
    })),
);

const ppm = fc.integer({ min: 0, max: 999_999 });
const target = fc.oneof(
  ppm.map((share) => ({ target: share / 1e6 })),
  ppm.map((share) => ({ targetPercent: share / 1e4 })),
);
const slice = fc.record({
  timeSliceTarget: ppm.map((share) => (share + 1) / 1e6),
  timeSliceWindow: fc.oneof(fc.integer({ min: 1, max: 5000 }), duration),
});
const objectives = (parts: readonly fc.Arbitrary<object>[]) =>
  fc.array(merged(target, optional('displayName', words), optional('value', fc.integer()), ...parts), {
    minLength: 1,
    maxLength: 3,
  });

const condition = fc
  .tuple(
    metadata,
    words,
    fc.double({ min: 0, max: 1000, noNaN: true }),
    duration,
    fc.oneof(duration, fc.constant('0m')),
  )
  .map(([meta, severity, threshold, lookbackWindow, alertAfter]) => ({
    metadata: meta,
    spec: { severity, condition: { threshold: threshold + 0, lookbackWindow, alertAfter } },
  }));
const receiver = fc.record({
  metadata,
  spec: merged(fc.record({ target: words }), optional('description', words)),
});
const policy = fc
  .tuple(
    metadata,
    fc.boolean(),
    fc.oneof(
      name.map((conditionRef) => ({ conditionRef })),
      condition,
    ),
    fc.array(
      fc.oneof(
        name.map((targetRef) => ({ targetRef })),
        receiver,
      ),
      { minLength: 1, maxLength: 2 },
    ),
  )
  .map(([meta, alertWhenBreaching, given, notificationTargets]) => ({
    metadata: meta,
    spec: { alertWhenBreaching, conditions: [given], notificationTargets },
  }));

const slo = fc
  .tuple(
    name,
    fc.oneof(
      name.map((indicatorRef) => ({ indicatorRef })),
      fc.record({ metadata, spec: sli }).map((indicator) => ({ indicator })),
    ),
    window,
    fc.oneof(
      objectives([]).map((given) => ({ budgetingMethod: 'Occurrences', objectives: given })),
      objectives([slice]).map((given) => ({ budgetingMethod: 'Timeslices', objectives: given })),
    ),
    fc.array(fc.oneof(name, policy), { maxLength: 2 }),
  )
  .map(([service, indicator, timeWindow, rest, alertPolicies]) => ({
    service,
    ...indicator,
    timeWindow: [timeWindow],
    ...rest,
    alertPolicies,
  }));

const openslo = (kind: string, given: fc.Arbitrary<object>) =>
  given.map((rest) => ({ apiVersion: 'openslo/v1', kind, ...rest }));
const withSpec = (spec: fc.Arbitrary<object>) => fc.record({ metadata, spec });

const screen = fc
  .tuple(
    metadata,
    fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 }),
    fc.nat(),
    ppm,
  )
  .map(([meta, paths, pick, bar]) => ({
    apiVersion: 'sekisho/v1',
    kind: 'Screen',
    metadata: meta,
    spec: {
      service: 'shop',
      document: `GET /${paths[pick % paths.length]}`,
      requests: paths.map((path, index) => ({
        route: index % 2 === 0 ? `get /${path}` : [`GET /${path}`, `POST /${path}/{id}`],
        weight: 1 + (pick % 7),
        threshold: `${1 + index}s`,
        ...(index > 0 && { after: `GET /${paths[index - 1]}` }),
        ...(index === 1 && { failedStatus: ['5xx', '404', '460-463'] }),
      })),
      bar: (bar + 1) / 1e6,
      threshold: '250ms',
    },
  }));

const document = fc.oneof(
  openslo('Service', withSpec(optional('description', words))),
  openslo('SLI', withSpec(sli)),
  openslo('SLO', withSpec(slo)),
  openslo('AlertPolicy', policy),
  openslo('AlertCondition', condition),
  openslo('AlertNotificationTarget', receiver),
  openslo('DataSource', withSpec(fc.record({ type: words, connectionDetails: fc.dictionary(label, words) }))),
  screen,
);

function read(words: string): readonly Definition[] {
  const result = readDefinitions([{ file: 'x.yaml', bytes: new TextEncoder().encode(words) }]);
  if (!result.ok) throw new Error(JSON.stringify(result.error.reasons));
  return result.value.map(({ definition }) => definition);
}

describe('any document', () => {
  it('that is read, written and read again is the same', () => {
    fc.assert(
      fc.property(fc.array(document, { minLength: 1, maxLength: 3 }), (documents) => {
        const definitions = read(stringify(documents));
        expect(definitions).toHaveLength(documents.length);
        expect(read(writeYaml(definitions))).toEqual(definitions);
      }),
      { numRuns: 300 },
    );
  });

  it('is exported as what OpenSLO and our reader accept, and exporting it again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(document, { minLength: 1, maxLength: 3 }), (documents) => {
        const exported = separated(read(stringify(documents)));
        for (const definition of exported)
          if (definition.kind !== 'Screen') expect(schemaFaults(writeDefinition(definition))).toEqual([]);
        expect(separated(read(writeYaml(exported)))).toEqual(exported);
      }),
      { numRuns: 200 },
    );
  });
});
