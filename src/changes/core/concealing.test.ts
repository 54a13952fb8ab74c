import { expect, it } from 'vitest';
import { text } from '#core-values';
import type { Plan } from '#plan/core';
import { concealing } from './concealing.ts';

const SECRET = 'canary-name-5f1e';
const words = {
  can: [text(`sqs: create on ${SECRET}, other-queue.`, `sqs: ${SECRET}、other-queue に対する作成。`)],
  widened: [text(`${SECRET} and ${SECRET}`, SECRET)],
  escalations: [text(`iam:PassRole on ${SECRET}`, SECRET)],
};
const configuration = {
  ...{ modules: [], provisioners: [], externalData: [], providers: [], requiredProviders: [] },
  sensitiveNames: [],
};
const queue = (more: object): Plan['changes'][number] => ({
  ...{ address: 'aws_sqs_queue.a', mode: 'managed', type: 'aws_sqs_queue', name: 'a', module: '' },
  ...{ provider: 'registry.terraform.io/hashicorp/aws', providerConfig: '', action: 'create' },
  ...{ before: null, after: null, beforeSensitive: [], afterSensitive: [], replacePaths: [] },
  ...more,
});

it('shows no name that the plan marks as sensitive, on either side of a change, nor one from a sensitive variable', () => {
  const value = new Map([['name', SECRET]]);
  for (const plan of [
    { changes: [queue({ after: value, afterSensitive: [['name']] })], variables: new Map(), configuration },
    { changes: [queue({ before: value, beforeSensitive: [[]] })], variables: new Map(), configuration },
    {
      changes: [],
      variables: new Map([['name', SECRET]]),
      configuration: { ...configuration, sensitiveNames: ['name'] },
    },
  ]) {
    const shown = concealing(plan, words);
    expect(JSON.stringify(shown)).not.toContain(SECRET);
    expect(shown.can[0]?.en).toBe('sqs: create on (sensitive value), other-queue.');
  }
});

it('leaves words alone that hold nothing sensitive', () => {
  expect(concealing({ changes: [queue({})], variables: new Map(), configuration }, words)).toBe(words);
});
