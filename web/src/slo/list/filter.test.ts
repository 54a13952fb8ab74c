import { expect, test } from 'vitest';
import type { Service, Slo } from '../queries.ts';
import { matching, slosFilter } from './filter.ts';

const slo = (name: string, remainingPpm: number | undefined, given: Partial<Slo> = {}): Slo =>
  ({
    ...{ name, service: 'shop', burning: false, data: { state: 'ok' } },
    objectives: [
      {
        budget: {
          verdict: remainingPpm === undefined ? 'no-data' : remainingPpm < 0 ? 'spent' : 'kept',
          ...(remainingPpm === undefined ? {} : { remainingPpm }),
        },
      },
    ],
    ...given,
  }) as unknown as Slo;

const service = (name: string, ...slos: readonly Slo[]): Service =>
  ({ name, slos, stacks: [], burning: slos.some(({ burning }) => burning) }) as unknown as Service;

const namesOf = (services: readonly Service[]) =>
  services.map(({ name, slos }) => [name, ...slos.map((one) => one.name)]);

const ALL = [
  service(
    'calm',
    slo('well', 900_000),
    slo('low', 100_000),
    slo('unknown', undefined, { data: { state: 'none' } }),
  ),
  service('worst', slo('spent', -10_000), slo('burns', 800_000, { burning: true })),
  service('empty'),
];

test('What needs attention comes first: burning before spent before unknown before the rest, of those the one with least left', () => {
  expect(namesOf(matching(ALL, {}))).toEqual([
    ['worst', 'burns', 'spent'],
    ['calm', 'unknown', 'low', 'well'],
    ['empty'],
  ]);
});

test('SLOs are filtered by state, service and words, and services without any are left out', () => {
  expect(namesOf(matching(ALL, { show: 'attention' }))).toEqual([
    ['worst', 'burns', 'spent'],
    ['calm', 'unknown', 'low'],
  ]);
  expect(namesOf(matching(ALL, { show: 'burning' }))).toEqual([['worst', 'burns']]);
  expect(namesOf(matching(ALL, { show: 'spent' }))).toEqual([['worst', 'spent']]);
  expect(namesOf(matching(ALL, { show: 'no-data' }))).toEqual([['calm', 'unknown']]);
  expect(namesOf(matching(ALL, { service: 'calm', text: 'WEL' }))).toEqual([['calm', 'well']]);
});

test('The address is read, and what makes no sense there is left out', () => {
  expect(slosFilter({ show: 'spent', service: 'shop', text: 'a b ', other: 1 })).toEqual({
    ...{ show: 'spent', service: 'shop', text: 'a b ' },
  });
  expect(slosFilter({ show: 'toString', service: '', text: '  ' })).toEqual({});
});
