import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { sloCheck } from './slo-check.ts';
import { sloExport } from './slo-export.ts';
import { sloImport } from './slo-import.ts';
import { runCommand } from './testing.ts';

const cwd = join(import.meta.dirname, '../../test/slo/definitions');
const folder = mkdtempSync(join(tmpdir(), 'sekisho-slo-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('sekisho slo check', () => {
  it('counts what is right', async () => {
    const said = await runCommand(sloCheck, ['accepted'], { cwd });
    expect(said).toMatchObject({ out: '✓ 1 file: 5 SLOs with 6 objectives, 1 screen.\n', err: '', exit: 0 });
  });

  it('tells the mistakes of all files, each with its place as the person would name it', async () => {
    const said = await runCommand(sloCheck, ['refused'], { cwd });
    expect(said.exit).toBe(2);
    expect(said.err).toContain('refused/keys.yaml:5:9');
    expect(said.err).toContain('refused/windows.yaml:');
    expect(said.err).not.toContain(cwd);
  });

  it('tells them as JSON of a version', async () => {
    const said = await runCommand(sloCheck, ['refused', '--format', 'json'], { cwd, language: 'ja' });
    const { version, problems } = JSON.parse(said.out);
    expect([version, said.exit]).toEqual([1, 2]);
    expect(problems[0]).toMatchObject({ rule: 'slo.name', place: { file: 'refused/keys.yaml', line: 5 } });
  });

  it('says how to begin where there is nothing', async () => {
    const none = await runCommand(sloCheck, [folder]);
    expect([none.exit, none.err]).toEqual([2, expect.stringContaining('sekisho slo suggest')]);
    const nowhere = await runCommand(sloCheck, [join(folder, 'nowhere')], { language: 'ja' });
    expect([nowhere.exit, nowhere.err]).toEqual([2, expect.stringContaining('ありません')]);
  });
});

describe('sekisho slo import', () => {
  it('writes documents that its check accepts, with one service for SLOs of several files', async () => {
    const output = join(folder, 'imported.yaml');
    const other = join(folder, 'other.yml');
    const words = readFileSync(join(cwd, 'import/sloth/no-alerts.yml'), 'utf8');
    writeFileSync(other, words.replace(/service: .*/, 'service: myservice'));
    const files = ['import/sloth/getting-started.yml', other];
    const said = await runCommand(sloImport, [...files, '--output', output], { cwd });
    expect(said).toMatchObject({ out: '' });
    expect(said.err).toContain('2 SLOs taken over');
    expect((await runCommand(sloCheck, [output])).exit).toBe(0);
    expect(readFileSync(output, 'utf8').match(/kind: Service/g)).toHaveLength(1);
  });

  it('tells what was left behind, with its line, and says so by its exit', async () => {
    const said = await runCommand(sloImport, ['import/shimesaba/app_test.yaml'], { cwd });
    expect(said.exit).toBe(1);
    expect(said.err).toMatch(/import\/shimesaba\/app_test\.yaml:\d+:\d+: /);
  });

  it('overwrites nothing', async () => {
    const output = join(folder, 'mine.yaml');
    writeFileSync(output, 'mine');
    const said = await runCommand(sloImport, ['import/sloth/no-alerts.yml', '--output', output], { cwd });
    expect([said.exit, readFileSync(output, 'utf8')]).toEqual([2, 'mine']);
    const missing = await runCommand(sloImport, ['nowhere.yml'], { cwd });
    expect([missing.exit, missing.err]).toEqual([2, expect.stringContaining('nowhere.yml')]);
  });
});

describe('sekisho slo export', () => {
  it('writes OpenSLO with policies and targets as documents of their own', async () => {
    const said = await runCommand(sloExport, ['accepted'], { cwd });
    const kinds = parseAllDocuments(said.out).map((document) => document.get('kind'));
    expect([said.exit, kinds.filter((kind) => kind === 'SLO').length]).toEqual([0, 5]);
  });

  it('makes rules of the SLOs that Prometheus counts, and tells why it cannot count the others', async () => {
    const imported = join(folder, 'sloth.yaml');
    await runCommand(sloImport, ['import/sloth/getting-started.yml', '--output', imported], { cwd });
    const rules = await runCommand(sloExport, [imported, '--format', 'prometheus']);
    expect(rules.exit).toBe(0);
    expect(rules.out).toContain('record: slo:sli_error:ratio_rate5m');
    expect(rules.out).toContain('alert: myservice-requests-availability');
    const others = await runCommand(sloExport, ['accepted', '--format', 'prometheus'], { cwd });
    expect(others.exit).toBe(1);
    for (const name of ['checkout-views', 'api-by-minute', 'stock-is-fresh', 'queue-is-short'])
      expect(others.err).toContain(name);
  });
});
