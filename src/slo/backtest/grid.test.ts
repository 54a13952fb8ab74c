import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDocument } from '#platform';
import { readDefinitions } from '#slo';
import { resolveDefinitions } from '#slo/core';
import { candidatesOf } from '../core/backtest/grid.ts';
import { readGrid } from '../core/backtest/grid-schema.ts';
import { wantedOf } from '../core/backtest/wanted.ts';

const bytes = (words: string) => new TextEncoder().encode(words);
const shop = readFileSync(`${import.meta.dirname}/../../../test/slo/definitions/accepted/shop.yaml`);

const definitions = (() => {
  const read = readDefinitions([{ file: 'shop.yaml', bytes: shop }]);
  const resolved = read.ok ? resolveDefinitions(read.value) : read;
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error.reasons));
  return resolved.value;
})();

function tried(words?: string, only?: readonly string[]) {
  const document = words === undefined ? undefined : readDocument({ file: 'grid.yaml', bytes: bytes(words) });
  if (document?.ok === false) throw new Error('no YAML');
  const grid = document && readGrid(document.value);
  if (grid?.ok === false) return grid;
  return candidatesOf(definitions, grid?.value, only);
}

const rules = (result: ReturnType<typeof tried>) =>
  result.ok ? [] : result.error.reasons.map(({ rule, place }) => `${rule} ${place?.line ?? ''}`.trim());

const settings = (words?: string, only?: readonly string[]) => {
  const result = tried(words, only);
  if (!result.ok) throw new Error(JSON.stringify(result.error.reasons));
  return result.value.candidates.map((candidate) => ({ slo: candidate.slo, ...candidate.settings }));
};

describe('candidates without a grid', () => {
  it('are the definitions as they are; what logs cannot tell, and what pages nobody, is named', () => {
    const result = tried();
    if (!result.ok) throw new Error('refused');
    expect(settings()).toEqual([
      { slo: 'checkout-views', objective: '99%', window: '30d', alerts: 'defined' },
      { slo: 'api-by-minute', objective: '99.5%', window: '1 month (Asia/Tokyo)', alerts: 'defined' },
      { slo: 'api-by-minute', objective: '99%', window: '1 month (Asia/Tokyo)', alerts: 'defined' },
    ]);
    expect(result.value.notOfLogs).toEqual(['stock-is-fresh', 'no-alert-open', 'queue-is-short']);
    expect(result.value.candidates[0]?.objective.alerts.map(({ severity }) => severity)).toEqual([
      'page',
      'page',
    ]);
  });
});

describe('a grid', () => {
  it('tries every combination of its values, and of what it leaves out what is defined', () => {
    const grid = `
slos:
  checkout-views:
    objective: [99, "99.9%"]
    alerts: [google, pyrra]
    bar: 0.9
    requests:
      GET /api/v2/cart: {threshold: [200ms, 1s], weight: [1, 2, 3]}
`;
    const found = settings(grid);
    expect(found).toHaveLength(2 * 2 * 2 * 3);
    expect(found[0]).toEqual({
      ...{ slo: 'checkout-views', objective: '99%', window: '30d', alerts: 'google', bar: '90%' },
      ...{ 'GET /api/v2/cart.threshold': '200ms', 'GET /api/v2/cart.weight': '1' },
    });
    expect(new Set(found.map((one) => JSON.stringify(one))).size).toBe(24);
    const result = tried(grid);
    const last = result.ok ? result.value.candidates.at(-1) : undefined;
    expect(last?.judgement).toMatchObject({
      screen: {
        barPpm: 900_000,
        thresholdMs: 2000,
        requests: [{ weight: 5 }, { weight: 3, thresholdMs: 1000 }, { weight: 1 }],
      },
    });
  });

  it('asks logs for nothing but its thresholds, and four times those of a screen', () => {
    const result = tried(`
slos:
  checkout-views: {threshold: [1s, 4s], requests: {GET /checkout: {threshold: [100ms, 400ms]}}}
  api-by-minute: {slowerThan: [100ms, 200ms], alerts: pyrra}
`);
    const wanted = result.ok ? wantedOf(result.value.candidates) : result;
    expect(wanted.ok && wanted.value.subjects).toEqual([
      {
        kind: 'screen',
        name: 'checkout',
        cutsUs: [
          [100_000, 400_000, 1_600_000],
          [300_000, 1_200_000],
          [1_000_000, 4_000_000],
          [1_000_000, 4_000_000, 16_000_000],
        ],
      },
      { kind: 'requests', name: 'api-by-minute', cutsUs: [[100_000, 200_000, 2 ** 31]] },
    ]);
  });

  it('leaves out combinations that are none, and tells why', () => {
    const result = tried(
      'slos: {checkout-views: {objective: [90, 99], window: [7d, 30d], alerts: [google, pyrra]}}',
    );
    if (!result.ok) throw new Error('refused');
    expect(result.value.candidates).toHaveLength(2 + 1);
    expect(result.value.leftOut.map(({ rule }) => rule).toSorted()).toEqual([
      'alert.cannot-fire',
      'alert.cannot-fire',
      'alert.no-table',
    ]);
  });

  it.each([
    ['another SLO', 'slos:\n  checkout-viws: {bar: 0.9}', ['backtest.unknown-slo 2']],
    [
      'a request that the screen does not have',
      'slos:\n  checkout-views:\n    requests:\n      GET /cart: {weight: 2}',
      ['backtest.unknown-request 4'],
    ],
    ['a setting of another kind of SLO', 'slos:\n  api-by-minute:\n    bar: 0.9', ['backtest.not-its-own 3']],
    ['keys that are slips', 'slos:\n  checkout-views:\n    objectives: 99', ['backtest.unknown-key 3']],
    ['no share', 'slos:\n  checkout-views:\n    objective: [99, 101]', ['backtest.share 3']],
    ['no bar', 'slos:\n  checkout-views:\n    bar: 0', ['backtest.bar 3']],
    ['no threshold', 'slos:\n  checkout-views:\n    threshold: 900s', ['backtest.threshold 3']],
    [
      'more than anybody reads',
      `slos:\n  checkout-views:\n    objective: [${Array.from({ length: 60 }, (_, n) => 99 + n / 100).join()}]\n    threshold: [${Array.from({ length: 60 }, (_, n) => `${n + 1}s`).join()}]\n    bar: [0.5, 0.9]`,
      ['backtest.too-many'],
    ],
  ])('of %s is refused', (_, words, expected) => expect(rules(tried(words))).toEqual(expected));

  it('is not asked for SLOs that nobody named', () => {
    expect(settings(undefined, ['checkout-views'])).toHaveLength(1);
    expect(rules(tried(undefined, ['nothing']))).toEqual(['backtest.unknown-slo']);
    expect(rules(tried(undefined, ['stock-is-fresh']))).toEqual(['backtest.nothing']);
  });
});
