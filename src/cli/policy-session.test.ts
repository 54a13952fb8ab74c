import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Language } from '#core-values';
import { policySession } from './policy-session.ts';
import { runCommand } from './testing.ts';

const CASES = join(import.meta.dirname, '../credentials/core/fit/cases');

async function run(file: string, args: readonly string[] = [], language: Language = 'en') {
  return runCommand(policySession, [file, ...args], { cwd: CASES, language });
}

const SHOP = 'create-shop/plan.tfplan';
const ACCOUNT = ['--account', '444444444444'];

describe('sekisho policy session', () => {
  it('prints the policy, its size, and in words what it can do and why it is wider', async () => {
    const { out, exit } = await run(SHOP, ACCOUNT);
    expect(out).toContain('"Version": "2012-10-17"');
    expect(out).toMatch(/\d+ of 2,048 characters.*; \d+ needs; additions: \d+/);
    expect(out).toContain('Could be used to gain more');
    expect(out).toContain('because AWS offers no narrower resource (aws_');
    expect(exit).toBe(0);
  });

  it('says it in Japanese', async () => {
    const { out } = await run(SHOP, ACCOUNT, 'ja');
    expect(out).toContain('プランより広い権限とその理由');
    expect(out).toContain('名前が適用時まで決まらないため');
  });

  it('gives JSON with every need and where it comes from', async () => {
    const { out } = await run(SHOP, [...ACCOUNT, '--format', 'json']);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({
      formatVersion: 1,
      policy: { Version: '2012-10-17' },
    });
    expect(answer.sizeCharacters).toBeLessThanOrEqual(2048);
    expect(answer.needs).toContainEqual(
      expect.objectContaining({
        action: 'sqs:CreateQueue',
        address: 'aws_sqs_queue.orders',
        operation: 'create',
      }),
    );
  });

  it('asks for an account that the plan does not tell, and refuses a region that is none', async () => {
    const { err, exit } = await run(SHOP, ['--region', 'tokyo']);
    expect(err).toContain('[policy-session.account]');
    expect(err).toContain('[policy-session.region]');
    expect(exit).toBe(2);
  });

  it('refuses a protected ARN that is a pattern, and a file that is not there', async () => {
    expect((await run(SHOP, [...ACCOUNT, '--protect', 'arn:aws:iam::1:role/*'])).exit).toBe(2);
    expect((await run('nowhere.tfplan', ACCOUNT)).err).toContain('[input.unreadable]');
  });

  it('takes what terraform show -json prints', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sekisho-session-'));
    try {
      const file = join(folder, 'plan.json');
      writeFileSync(file, JSON.stringify(SHOWN));
      const { out, err } = await run(file, [...ACCOUNT, '--region', 'eu-west-1']);
      expect(err).toBe('');
      expect(out).toContain('arn:aws:sqs:eu-west-1:444444444444:orders');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const SHOWN = {
  format_version: '1.2',
  terraform_version: '1.11.4',
  applyable: true,
  complete: true,
  errored: false,
  configuration: { root_module: {} },
  resource_changes: [
    {
      address: 'aws_sqs_queue.orders',
      mode: 'managed',
      type: 'aws_sqs_queue',
      name: 'orders',
      provider_name: 'registry.terraform.io/hashicorp/aws',
      change: {
        actions: ['create'],
        before: null,
        after: { name: 'orders' },
        after_unknown: { arn: true },
        before_sensitive: false,
        after_sensitive: {},
      },
    },
  ],
};
