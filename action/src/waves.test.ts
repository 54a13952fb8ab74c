import { expect, test } from 'vitest';
import { waveOutputs } from './waves.ts';

const placed = (stack: string, wave: number) => ({ stack, wave, environment: `of-${stack}` });
const STACKS = [placed('network', 1), placed('shop', 2), placed('orders', 2), placed('reports', 4)];

const namesIn = (outcome: ReturnType<typeof waveOutputs>): unknown =>
  outcome.ok
    ? Object.values(outcome.value).map((wave) =>
        JSON.parse(wave).map(({ stack }: { stack: string }) => stack),
      )
    : outcome.error.reasons[0].rule;

test('An apply takes the waves in their order, without gaps', () => {
  const outcome = waveOutputs(STACKS, { only: [], purpose: 'apply' });
  expect(namesIn(outcome)).toEqual([['network'], ['shop', 'orders'], ['reports'], []]);
  expect(outcome.ok && outcome.value['wave-1']).toBe('[{"stack":"network","environment":"of-network"}]');
});

test('A plan takes all at once', () => {
  expect(namesIn(waveOutputs(STACKS, { only: [], purpose: 'plan' }))).toEqual([
    ['network', 'shop', 'orders', 'reports'],
    ...[[], [], []],
  ]);
});

test('Those that are named are taken alone, and a name that is none is refused', () => {
  expect(namesIn(waveOutputs(STACKS, { only: ['reports', 'shop'], purpose: 'apply' }))).toEqual([
    ...[['shop'], ['reports']],
    ...[[], []],
  ]);
  expect(namesIn(waveOutputs(STACKS, { only: ['shop', 'shp'], purpose: 'apply' }))).toBe(
    'action.no-such-stack',
  );
});

test('Nothing that does not fit is left out silently', () => {
  const deep = [1, 2, 3, 4, 5].map((wave) => placed(`s${wave}`, wave));
  expect(namesIn(waveOutputs(deep, { only: [], purpose: 'apply' }))).toBe('action.too-many-waves');
  expect(namesIn(waveOutputs(deep, { only: [], purpose: 'plan' }))).toHaveLength(4);
  const wide = Array.from({ length: 257 }, (_, at) => placed(`s${at}`, 1));
  expect(namesIn(waveOutputs(wide, { only: [], purpose: 'plan' }))).toBe('ci.too-many-jobs');
});

test('Nothing affected is four empty waves', () => {
  expect(waveOutputs([], { only: [], purpose: 'apply' })).toEqual({
    ok: true,
    value: { 'wave-1': '[]', 'wave-2': '[]', 'wave-3': '[]', 'wave-4': '[]' },
  });
});
