import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { hclParser } from './index.ts';

describe('the HCL parser in its thread', { timeout: 60_000 }, () => {
  it('answers each question with its own answer', async () => {
    const parse = hclParser();
    const answers = await Promise.allSettled(
      ['a = 1', 'b = {', 'c = 3'].map((source) => parse('x.tf', source)),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const texts = answers.map((answer) =>
      answer.status === 'fulfilled' ? JSON.parse(answer.value) : undefined,
    );
    expect(texts).toEqual([{ a: 1 }, undefined, { c: 3 }]);
  });

  it('keeps no process alive that waits for nothing', () => {
    const program = `(await import(${JSON.stringify(import.meta.resolve('./index.ts'))})).hclParser();`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
