import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { epochMs, type Language } from '#core-values';
import { DEFAULT_POLICY_FOLDER } from '#policy';
import type { CliCommand } from './command.ts';
import { policyExplain } from './policy-explain.ts';
import { policyTest } from './policy-test.ts';
import { runCommand } from './testing.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'sekisho-policy-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true });
});

async function run(command: CliCommand, argv: readonly string[], cwd: string, language: Language = 'en') {
  const clock = { now: () => epochMs(1_767_744_000_000) };
  const { both, exit } = await runCommand(command, argv, { cwd, language, clock });
  return { out: both, exit };
}

describe('sekisho policy test', () => {
  it('passes the shipped policies on their own cases', async () => {
    const { out, exit } = await run(policyTest, [], folder());
    expect(out).toContain('✓ An author does not approve their own change');
    expect(exit).toBe(0);
  });

  it('shows what differs, and exits with 1, when a policy is taken away', async () => {
    const policies = join(folder(), 'policies');
    cpSync(DEFAULT_POLICY_FOLDER, policies, { recursive: true });
    rmSync(join(policies, '40-gates.cedar'));
    const { out, exit } = await run(policyTest, [policies], folder());
    expect(out).toContain('✗ A freeze stops production');
    expect(out).toContain('decision: expected deny, got allow');
    expect(exit).toBe(1);
  });

  it('takes ./policies where there is one, and exits with 2 when a policy cannot be read', async () => {
    const cwd = folder();
    cpSync(DEFAULT_POLICY_FOLDER, join(cwd, 'policies'), { recursive: true });
    writeFileSync(join(cwd, 'policies', '99-own.cedar'), 'permit (principal, action, resourc);\n');
    const { out, exit } = await run(policyTest, [], cwd);
    expect(out).toMatch(/99-own\.cedar:1:\d+: This is not a Cedar policy/);
    expect(exit).toBe(2);
  });

  it('finds the shipped policies in a clone of Sekisho, and takes an emptied folder of one’s own at its word', async () => {
    expect((await run(policyTest, [], join(import.meta.dirname, '../..'))).exit).toBe(0);
    const cwd = folder();
    cpSync(join(DEFAULT_POLICY_FOLDER, 'cases'), join(cwd, 'policies', 'cases'), { recursive: true });
    const { out, exit } = await run(policyTest, [], cwd);
    expect(out).toContain('There is no policy, so everything is denied.');
    expect(exit).toBe(1);
  });

  it('refuses a misspelt field of a case with its place', async () => {
    const cwd = folder();
    cpSync(DEFAULT_POLICY_FOLDER, join(cwd, 'policies'), { recursive: true });
    const file = join(cwd, 'policies', 'cases', 'production-freeze.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('decidedBy', 'decidedBye'));
    const { out, exit } = await run(policyTest, [], cwd);
    expect(out).toMatch(/production-freeze\.yaml:\d+:\d+/);
    expect(out).toContain('decidedBy');
    expect(exit).toBe(2);
  });

  it('does not take an empty folder of cases for success', async () => {
    const { exit } = await run(policyTest, ['--cases', '.'], folder());
    expect(exit).toBe(2);
  });
});

const CONFIG = join(import.meta.dirname, '..', 'policy', 'fixtures', 'sekisho.yaml');

describe('sekisho policy explain', () => {
  const explain = (argv: readonly string[], language?: Language) =>
    run(policyExplain, ['--config', CONFIG, ...argv], folder(), language);

  it('says why not, on which facts, and what would change it', async () => {
    const { out, exit } = await explain(['--workload', '--action', 'apply', '--stack', 'shop-production']);
    expect(out).toContain('✗ Denied: job → apply → stack shop-production');
    expect(out).toContain('context.approvals.fromOwningTeam = 0');
    expect(out).toContain('one more approval by somebody of team shop who is not an author');
    expect(exit).toBe(3);
  });

  it('takes facts that name people from the configuration, and allows', async () => {
    const { out, exit } = await explain([
      ...['--workload', '--action', 'apply', '--stack', 'shop-production'],
      ...['--fact', 'approvedBy=hanako', '--fact', 'authors=taro'],
    ]);
    expect(out).toContain('✓ Allowed');
    expect(out).toContain('apply-in-production');
    expect(exit).toBe(0);
  });

  it('says it in Japanese, and in JSON with both languages', async () => {
    const { out } = await explain(
      [
        '--person',
        'taro',
        '--action',
        'breakGlass',
        '--stack',
        'shop-production',
        '--fact',
        'reasonLength=50',
      ],
      'ja',
    );
    expect(out).toContain('✗ 拒否されます');
    expect(out).toContain('sekisho.yaml でブレークグラスを認められた人が行う');
    const json = await explain([
      '--person',
      'hanako',
      '--action',
      'administer',
      '--organization',
      '--format',
      'json',
    ]);
    expect(JSON.parse(json.out)).toMatchObject({
      kind: 'allowed',
      determining: [{ id: 'administrators-administer' }],
    });
  });

  it.each([
    ['an unknown person', ['--person', 'nobody', '--action', 'administer', '--organization'], 'nobody'],
    ['an unknown stack', ['--workload', '--action', 'plan', '--stack', 'shop-prod'], 'shop-production'],
    [
      'an unknown fact',
      ['--workload', '--action', 'apply', '--stack', 'shop-production', '--fact', 'findings.losesDta=true'],
      'losesData',
    ],
    [
      'an unknown approver',
      ['--workload', '--action', 'apply', '--stack', 'shop-production', '--fact', 'approvedBy=mallory'],
      'mallory',
    ],
    ['nobody', ['--action', 'plan', '--stack', 'shop-production'], '--person'],
    [
      'an action that a workload cannot do',
      ['--workload', '--action', 'administer', '--organization'],
      'administer',
    ],
  ])('refuses %s with a hint', async (_, argv, hint) => {
    const { out, exit } = await explain(argv);
    expect(out).toContain(hint);
    expect(exit).toBe(2);
  });
});
