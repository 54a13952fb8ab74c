import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Language, text } from '#core-values';
import { type BesideCheck, type BesideNotes, configCheckWith } from './config-check.ts';
import { servicesWithoutSlo } from './config-check-services.ts';
import type { CliContext } from './context.ts';
import { runCommand } from './testing.ts';

const cases = join(import.meta.dirname, '../accounts/cases');
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderWith(source: { readonly name: string } | { readonly words: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-config-'));
  folders.push(folder);
  const file = join(folder, 'sekisho.yaml');
  if ('name' in source) cpSync(join(cases, source.name, 'sekisho.yaml'), file);
  else writeFileSync(file, source.words);
  return folder;
}

async function check(
  cwd: string,
  argv: readonly string[] = [],
  {
    language = 'en',
    beside = [],
    noting = [],
    env = {},
  }: Partial<{
    language: Language;
    beside: BesideCheck[];
    noting: BesideNotes[];
    env: CliContext['env'];
  }> = {},
) {
  const { both, exit } = await runCommand(configCheckWith(beside, noting), argv, { env, cwd, language });
  return { out: both, exit };
}

describe('sekisho config check', () => {
  it('counts what a good file declares and exits with 0', async () => {
    const { out, exit } = await check(folderWith({ name: 'valid-everything' }));
    expect([out, exit]).toEqual(['✓ sekisho.yaml: 3 accounts, 2 stacks, 2 people, 2 teams\n', 0]);
  });

  it('says of production that reviews approve what is lost by it, and still exits with 0', async () => {
    const words = readFileSync(join(cases, 'valid-reviews-before-merge/sekisho.yaml'), 'utf8');
    const folder = folderWith({ words: words.replaceAll('environment: staging', 'environment: production') });
    const { out, exit } = await check(folder);
    expect(exit).toBe(0);
    expect(out).toContain('! Reviews on GitHub approve changes of production: shop-staging.');
    const [asJson, staging] = [
      await check(folder, ['--format', 'json']),
      await check(folderWith({ name: 'valid-reviews-before-merge' })),
    ];
    expect(JSON.parse(asJson.out)).toMatchObject({
      ok: true,
      notes: [expect.stringContaining('shop-staging')],
    });
    expect(staging.out).not.toContain('!');
  });

  it('says which services of stacks no SLO beside it is of, and is silent where there are no definitions', async () => {
    const folder = folderWith({ name: 'valid-everything' });
    mkdirSync(join(folder, 'slo'));
    const slo = {
      ...{ apiVersion: 'openslo/v1', kind: 'SLO', metadata: { name: 'checkout-availability' } },
      spec: {
        service: 'checkout',
        indicator: {
          metadata: { name: 'checkout' },
          spec: {
            ratioMetric: {
              counter: true,
              good: { metricSource: { type: 'prometheus', spec: { query: 'good' } } },
              total: { metricSource: { type: 'prometheus', spec: { query: 'total' } } },
            },
          },
        },
        timeWindow: [{ duration: '28d', isRolling: true }],
        budgetingMethod: 'Occurrences',
        objectives: [{ target: 0.999 }],
      },
    };
    writeFileSync(join(folder, 'slo/checkout.yaml'), JSON.stringify(slo));
    const { out, exit } = await check(folder, [], { noting: [servicesWithoutSlo] });
    expect(exit).toBe(0);
    expect(out).toContain(
      '! No SLO in slo/ is of shop.example/search, which the stack shop-production names',
    );
    expect(out).not.toContain('checkout');
    rmSync(join(folder, 'slo'), { recursive: true });
    expect((await check(folder, [], { noting: [servicesWithoutSlo] })).out).not.toContain('!');
  });

  it('shows the place, the line with a caret, and the remedy, and exits with 2', async () => {
    const { out, exit } = await check(folderWith({ name: 'unknown-account' }));
    expect(exit).toBe(2);
    expect(out).toBe(
      [
        'sekisho.yaml:19:14: error stacks[0].account: There is no account named `stagin`. [account.unknown]',
        '   19 |     account: stagin',
        '                     ^',
        '  → Did you mean `staging`?',
        '',
        '✗ sekisho.yaml: 1 error',
        '',
      ].join('\n'),
    );
  });

  it('speaks Japanese', async () => {
    const { out } = await check(folderWith({ name: 'unknown-account' }), [], { language: 'ja' });
    expect(out).toContain('`stagin` という名前のアカウントはありません。');
    expect(out).toContain('→ `staging` の間違いではありませんか。');
    expect(out).toContain('エラー 1 件');
  });

  it('puts the caret right behind full-width letters, and cuts long lines around it', async () => {
    const words = `version: 1\norganization: { name: 株式会社ショップ, nme: x }\nx: [${'"aaaa", '.repeat(40)}*b]\n`;
    const { out } = await check(folderWith({ words }));
    const [, line = '', caret = ''] = out.split('\n');
    expect(line).toMatch(/^ {4}3 \| …/);
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line.slice(caret.length - 1)).toMatch(/^\*b/);
  });

  it('gives JSON for programs', async () => {
    const { out, exit } = await check(folderWith({ name: 'duplicate-key' }), ['--format', 'json']);
    expect(exit).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      ok: false,
      file: 'sekisho.yaml',
      errors: [{ rule: 'config.duplicate-key', file: 'sekisho.yaml', line: 2, column: 1 }],
    });
    const fine = await check(folderWith({ name: 'valid-smallest' }), ['--format', 'json']);
    expect(JSON.parse(fine.out)).toEqual({
      version: 1,
      ok: true,
      file: 'sekisho.yaml',
      errors: [],
      notes: [],
    });
  });

  it('says what to do when there is no file', async () => {
    const { out, exit } = await check(tmpdir(), ['nowhere.yaml']);
    expect(exit).toBe(2);
    expect(out).toContain('nowhere.yaml: error The file cannot be read (ENOENT).');
  });

  it('takes the file of SEKISHO_CONFIG', async () => {
    const folder = folderWith({ name: 'valid-smallest' });
    const { exit } = await check(tmpdir(), [], { env: { SEKISHO_CONFIG: join(folder, 'sekisho.yaml') } });
    expect(exit).toBe(0);
  });

  it('never shows a secret that somebody wrote into the file', async () => {
    const key = `-----BEGIN ${'OPENSSH PRIVATE'} KEY-----b3BlbnNzaC1jYW5hcnk-----END OPENSSH PRIVATE KEY-----`;
    const words = `version: 1\nserver:\n  database: { env: "postgres://u:canary-hunter2@db/x" }\npeople: [ { name: a, keys: ["${key}"] } ]\n`;
    const { out } = await check(folderWith({ words }));
    expect(out).toContain('person.key-private-key');
    expect(out).not.toMatch(/canary|b3BlbnNza/);
  });

  it('adds what the checks beside it find', async () => {
    const beside: BesideCheck = async () => [
      {
        rule: 'policy.broken',
        message: text('A policy is broken.', 'ポリシーが壊れています。'),
        remedy: text('Mend it.', '直してください。'),
        place: { file: 'policies/a.cedar', line: 3 },
      },
    ];
    const { out, exit } = await check(folderWith({ name: 'valid-smallest' }), [], { beside: [beside] });
    expect(exit).toBe(2);
    expect(out).toContain('policies/a.cedar:3: error A policy is broken.');
  });
});
