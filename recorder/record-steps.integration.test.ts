import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { requireOutsideTools } from '../demo/outside-tools.ts';
import { deriveOperations } from './derive.ts';
import { recordSteps } from './record-steps.ts';
import { readRecordedOperations } from './recorded-operations.ts';

const folder = await mkdtemp(join(tmpdir(), 'sekisho-recorder-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a recording', () => {
  it('of the same types gives the same data again', { timeout: 240_000 }, async () => {
    const recording = await recordSteps({
      tools: await requireOutsideTools(),
      folder,
      files: ['sns.tf'],
      standIn: 'moto',
      recordedOn: '2026-11-23',
      onStep: () => undefined,
    });
    expect(recording.steps.flatMap(({ errors }) => errors)).toEqual([]);
    const { types, alwaysRead, doubts } = await deriveOperations(recording);
    const committed = await readRecordedOperations();
    expect(doubts).toEqual([]);
    expect(alwaysRead).toEqual(committed.alwaysRead);
    expect(Object.keys(types)).toEqual([
      'aws_sns_topic',
      'aws_sns_topic_policy',
      'aws_sns_topic_subscription',
    ]);
    for (const [type, operations] of Object.entries(types)) {
      expect({ [type]: operations }).toEqual({ [type]: committed.types[type] });
    }
  });
});
