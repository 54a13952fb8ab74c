import { expect, it } from 'vitest';
import type { PlanResult } from './result.ts';
import { unexplained } from './unproven.ts';

const RESULT: PlanResult = {
  ...{ stack: 'queues', step: 'create', resources: ['aws_sqs_queue.base'], account: '444444444444' },
  ...{ region: 'ap-northeast-1', inline: true, sizeCharacters: 120, additions: 0, needs: [], policies: [] },
  ...{ calls: [], denied: [], errors: [], applySeconds: 3 },
};
const kinds = (count: number): NonNullable<PlanResult['misuses']> =>
  Array.from({ length: count }, (_, at) => ({ name: `one/${at}`, kind: `kind-${at}`, verdict: 'denied' }));

it('a grant whose thief is denied everything, in fifteen kinds, is explained', () => {
  const needed = { name: 'x', kind: 'x', verdict: 'not-applicable' };
  expect(unexplained({ ...RESULT, misuses: [...kinds(15), needed] })).toEqual([]);
});

it('what a thief was allowed, or what nobody denied, is not explained', () => {
  const odd = ['allowed', 'unproven'].map((verdict) => ({ name: `n/${verdict}`, kind: 'n', verdict }));
  expect(unexplained({ ...RESULT, misuses: [...kinds(15), ...odd] })).toEqual([
    'allowed to a thief: n/allowed ',
    'unproven to a thief: n/unproven ',
  ]);
});

it('fewer than fifteen kinds of misuse prove too little', () => {
  expect(unexplained({ ...RESULT, misuses: kinds(14) })).toEqual(['only 14 kinds of misuse were tried']);
});
