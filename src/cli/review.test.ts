import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { epochMs, type Language } from '#core-values';
import type { CliContext } from './context.ts';
import { review } from './review.ts';

const folder = mkdtempSync(join(tmpdir(), 'sekisho-review-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What `terraform show -json` says of a database that is deleted. */
const PLAN_JSON = {
  format_version: '1.2',
  terraform_version: '1.11.4',
  applyable: true,
  complete: true,
  errored: false,
  planned_values: { root_module: {} },
  configuration: { root_module: {} },
  resource_changes: [
    {
      address: 'aws_db_instance.main',
      mode: 'managed',
      type: 'aws_db_instance',
      name: 'main',
      provider_name: 'registry.terraform.io/hashicorp/aws',
      change: {
        actions: ['delete'],
        before: { id: 'main', password: 'canary-password' },
        after: null,
        after_unknown: {},
        before_sensitive: { password: true },
        after_sensitive: false,
      },
    },
  ],
};
writeFileSync(join(folder, 'plan.json'), JSON.stringify(PLAN_JSON));
writeFileSync(join(folder, 'damaged.tfplan'), 'PK\u0003\u0004 and nothing more');
writeFileSync(join(folder, 'empty'), '');

interface Outcome {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

async function run(words: readonly string[], language: Language = 'en'): Promise<Outcome> {
  const codes: number[] = [];
  const said = { out: '', err: '' };
  const output = (to: 'out' | 'err') => ({
    write: (text: string) => {
      said[to] += text;
    },
    isTerminal: false,
    columns: 100,
  });
  const context: CliContext = {
    env: {},
    cwd: folder,
    language,
    stdout: output('out'),
    stderr: output('err'),
    clock: { now: () => epochMs(0) },
    exitWith: (wanted) => {
      codes.push(wanted);
    },
  };
  const command = new Command('review').exitOverride();
  review.configure(command, context);
  await command.parseAsync([...words], { from: 'user' });
  return { code: codes.at(-1), ...said };
}

describe('sekisho review', () => {
  it('shows findings and changes, and ends with 0 when nobody asked to fail', async () => {
    const { code, out } = await run(['plan.json']);
    expect(code).toBe(0);
    expect(out).toContain('data-destroyed');
    expect(out).toContain('- aws_db_instance.main');
    expect(out).not.toContain('canary');
    expect(out).not.toContain('\u001b');
  });

  it('reads a real plan file, and sees the code that it would run', async () => {
    const file = fileURLToPath(new URL('../plan/cases/code-on-runner/plan.tfplan', import.meta.url));
    const { code, out } = await run([file, '--fail-on', 'critical']);
    expect(code).toBe(1);
    expect(out).toContain('terraform_data.runs  local-exec runs during this apply (main.tf)');
  });

  it('says that JSON can never be approved', async () => {
    expect((await run(['plan.json'])).out).toContain('description (terraform show -json)');
    expect(JSON.parse((await run(['plan.json', '--format', 'json'])).out)).toMatchObject({
      kind: 'plan-json',
    });
  });

  it.each([
    [['--fail-on', 'critical'], 1],
    [['--fail-on', 'low'], 1],
    [['--fail-on', 'critical', '--environment', 'staging'], 0],
    [['--fail-on', 'high', '--environment', 'staging'], 1],
  ] as const)('%j ends with %i', async (options, expected) => {
    expect((await run(['plan.json', ...options])).code).toBe(expected);
  });

  it.each([
    ['no-such.tfplan', 'does not exist'],
    ['.', 'is a directory'],
    ['damaged.tfplan', '→'],
    ['empty', '→'],
  ])('%s ends with 2 and says why', async (file, reason) => {
    const { code, out, err } = await run([file]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(reason);
  });

  it.each([
    [['--account', '12345'], 'twelve digits'],
    [['--account', '１２３４５６７８９０１２'], 'twelve digits'],
    [['--environment', 'prodution'], 'Did you mean production?'],
    [['--fail-on', 'severe'], 'critical, high, medium, low, info'],
    [['--format', 'jsn'], 'Did you mean json?'],
    [['--region', 'Tokyo'], 'ap-northeast-1'],
  ])('%j ends with 2 and says what to give instead', async (options, remedy) => {
    const { code, err } = await run(['plan.json', ...options]);
    expect(code).toBe(2);
    expect(err).toContain(remedy);
  });

  it('tells of all mistakes at once, and cannot be made to write on the terminal', async () => {
    const { err } = await run(['plan.json', '--account', '\u001b[2Jx', '--region', 'x']);
    expect(err).toContain('review.bad-account');
    expect(err).toContain('review.bad-region');
    expect(err).not.toContain('\u001b');
  });

  it('speaks Japanese', async () => {
    expect((await run(['plan.json'], 'ja')).out).toContain('データが失われます');
    expect((await run(['no-such.tfplan'], 'ja')).err).toContain('見つかりません');
  });
});
