import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const start = join(import.meta.dirname, '../../demo/start.ts');

/** Rejects, with what was printed, when the story does not end with exit code 0. */
const play = async (language: string): Promise<string> => {
  const argv = [start, '--once', '--lang', language];
  return (await promisify(execFile)(process.execPath, argv, { maxBuffer: 16 * 1024 * 1024 })).stdout;
};

describe('the story that npm start plays', () => {
  it('goes as told from staging to the change that is approved in the browser', async () => {
    const told = await play('en');
    expect(told).toContain('Everything went as told');
    for (const rule of [
      'policy.data-loss-and-iam-need-two',
      'policy.authors-never-approve',
      'grant.plan-unknown',
      'grant.commit-mismatch',
      'trust.repository',
      'grant.run-mismatch',
      'grant.used',
      'grant.plan-of-another-stack',
    ]) {
      expect(told).toContain(`[${rule}]`);
    }
    expect(told).toMatch(/\d{2} attempts of 4\d kinds: AWS denied every one/);
    // The last chapter, at the page, with a passkey.
    expect(told).toContain('Hanako opened the link in Chromium, enrolled a passkey and approved with it');
    expect(told).toContain('Looked at from outside, the orders can be restored now');
    expect(told).not.toContain('✗');
  });
});
