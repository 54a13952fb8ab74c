import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PlanResult } from '../result.ts';
import { beyondOf, Figures, figuresOf, printFigures } from './figures.ts';

const CASES = join(import.meta.dirname, 'cases');
const read = (name: string, file: string): unknown =>
  JSON.parse(readFileSync(join(CASES, name, file), 'utf8'));
const proven = (name: string): PlanResult => read(name, 'result.json') as PlanResult;

// The first builds the universe: a second of processor time.
it.each(readdirSync(CASES))(
  'The proven plan %s has the figures that stand beside it',
  { timeout: 30_000 },
  (name) => {
    expect(figuresOf(proven(name))).toEqual(read(name, 'expected.json'));
  },
);

it('A plan’s figures do not hang on the account that it was proven in', () => {
  const result = proven('shop-staging-create');
  const elsewhere = JSON.parse(JSON.stringify(result).replaceAll(result.account, '555555555555'));
  expect(figuresOf(elsewhere)).toEqual(figuresOf(result));
});

it('A call that was denied is none that was made', () => {
  const result = proven('shop-staging-create');
  const call = { action: 'sns:Publish', resource: 'arn:aws:sns:ap-northeast-1:1:x' };
  const denied = {
    ...result,
    calls: [...result.calls, { action: call.action, resources: [call.resource] }],
    denied: [{ ...call, message: 'no', lacking: {} }],
  };
  expect(figuresOf(denied)).toEqual({ ...figuresOf(result), denied: 1 });
});

it('A policy that does not allow what was called has no width: the figures would flatter it', () => {
  const result = proven('shop-staging-create');
  const nothing = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';
  expect(() => figuresOf({ ...result, policies: [nothing] })).toThrow(
    '22 of the calls that were made are not among what its policy allows',
  );
});

it('Each pair beyond the calls can be named, with whether it is dangerous', () => {
  const result = proven('shop-staging-delete');
  const { derived, calledPairs } = figuresOf(result);
  const beyond = beyondOf(result);
  expect(beyond).toHaveLength(derived.pairs - calledPairs);
  expect(beyond.filter(({ isDangerous }) => isDangerous)).toEqual([
    {
      place: 'called',
      action: 'ssm:GetParameter',
      resource: 'arn:aws:ssm:ap-northeast-1:111122223333:parameter/shop/checkout/timeout-seconds',
      isDangerous: true,
    },
  ]);
});

it('Figures are kept as they were', () => {
  const kept = {
    source: 'a run',
    date: '2026-11-23',
    plans: readdirSync(CASES).map((name) => figuresOf(proven(name))),
  };
  expect(Figures.parse(JSON.parse(printFigures(kept)))).toEqual(kept);
});
