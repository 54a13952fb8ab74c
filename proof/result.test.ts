import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addResult, beginResults, type PlanResult, readResults } from './result.ts';

const RESULT: PlanResult = {
  stack: 'queues',
  step: 'create',
  resources: ['aws_sqs_queue.base'],
  account: '444444444444',
  region: 'ap-northeast-1',
  inline: true,
  sizeCharacters: 120,
  additions: 0,
  needs: [
    {
      action: 'sqs:CreateQueue',
      resources: ['arn:aws:sqs:ap-northeast-1:444444444444:jobs'],
      conditions: [],
      why: { address: 'aws_sqs_queue.base', operation: 'create' },
    },
  ],
  policies: ['{}'],
  calls: [{ action: 'sqs:CreateQueue', resources: ['arn:aws:sqs:ap-northeast-1:444444444444:jobs'] }],
  denied: [],
  errors: [],
  misuses: [{ name: 'another bucket', kind: 'another-bucket', verdict: 'denied', status: 403 }],
  applySeconds: 3,
};

it('a file of results begins empty and gives back each line as it was added', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-results-'));
  try {
    const file = join(folder, 'results.jsonl');
    await beginResults(file);
    expect(await readResults(file)).toEqual([]);
    await addResult(file, RESULT);
    await addResult(file, { ...RESULT, step: 'delete' });
    expect((await readResults(file)).map(({ step }) => step)).toEqual(['create', 'delete']);
    expect((await readResults(file))[0]).toEqual(RESULT);
  } finally {
    await rm(folder, { recursive: true });
  }
});
