import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { loadConfig } from '#platform';
import { caseSchema, type PolicyCase } from './core/case.ts';
import { denyEverything, loadPolicySet, type PolicySet, type SourceFile } from './core/index.ts';

const SHIPPED = fileURLToPath(new URL('../../policies/', import.meta.url));

/** The policies that Sekisho ships. */
export const DEFAULT_POLICY_FOLDER = join(SHIPPED, 'default');
const SCHEMA_FILE = join(SHIPPED, 'schema.cedarschema');

/**
 * The policy folder of an organization whose `sekisho.yaml` is in `folder`: `policies` beside it, else the shipped one.
 * An own folder counts even when empty, and then denies everything: somebody may have emptied it.
 */
export async function policyFolderBeside(folder: string): Promise<string> {
  const own = join(folder, 'policies');
  const found = await realpath(own).catch(() => undefined);
  // In a clone of Sekisho itself, `policies` is where the shipped ones are.
  return found === undefined || found === (await realpath(SHIPPED)) ? DEFAULT_POLICY_FOLDER : own;
}

/** Reads every `*.cedar` directly in a folder, in the order of their names, and loads them against the shipped schema. */
export async function readPolicyFolder(folder: string): Promise<Result<PolicySet, Problem>> {
  const policies = await readFiles(folder, '.cedar');
  if (!policies.ok) return policies;
  const schema = await readText(SCHEMA_FILE);
  return schema.ok ? loadPolicySet({ policies: policies.value, schema: schema.value }) : schema;
}

/** As `readPolicyFolder`, for those who must have a policy set: a missing or broken folder denies everything, and why. */
export async function readPolicyFolderOrDeny(folder: string): Promise<PolicySet> {
  const loaded = await readPolicyFolder(folder);
  return loaded.ok ? loaded.value : denyEverything(loaded.error.reasons);
}

export interface CaseFile {
  readonly file: string;
  readonly case: PolicyCase;
}

/** Reads every case (`*.yaml`) directly in a folder; one that cannot be read is an error, never left out. */
export async function readCases(folder: string): Promise<Result<readonly CaseFile[], Problem>> {
  const files = await readFiles(folder, '.yaml');
  if (!files.ok) return files;
  if (files.value.length === 0) return err(problem('bad-input', noCases(folder)));
  const cases: CaseFile[] = [];
  for (const { file, text: yaml } of files.value) {
    const loaded = loadConfig({ file, bytes: new TextEncoder().encode(yaml) }, caseSchema);
    if (!loaded.ok) return loaded;
    cases.push({ file: basename(file), case: loaded.value.value });
  }
  return ok(cases);
}

async function readFiles(folder: string, extension: string): Promise<Result<readonly SourceFile[], Problem>> {
  const files: SourceFile[] = [];
  let names: readonly string[];
  try {
    if (!(await stat(folder)).isDirectory()) return err(unreadable(folder, 'not a folder'));
    names = (await readdir(folder)).filter((name) => name.endsWith(extension)).sort();
  } catch (error) {
    return err(unreadable(folder, codeOf(error)));
  }
  for (const name of names) {
    const read = await readText(join(folder, name));
    if (!read.ok) return read;
    files.push(read.value);
  }
  return ok(files);
}

async function readText(file: string): Promise<Result<SourceFile, Problem>> {
  try {
    const bytes = await readFile(file);
    return ok({ file, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes) });
  } catch (error) {
    return err(unreadable(file, codeOf(error)));
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';

const unreadable = (file: string, code: string): Problem =>
  problem('bad-config', {
    rule: 'policy.unreadable',
    message: text(`Cannot be read (${code}).`, `読み取れません (${code})。`),
    remedy: text(
      'Check the path and its permissions, and that the text is UTF-8.',
      'パスと権限、文字コードが UTF-8 であることを確認してください。',
    ),
    place: { file },
  });

const noCases = (folder: string) => ({
  rule: 'policy.no-cases',
  message: text('There is no case (*.yaml) here.', 'ケース (*.yaml) がありません。'),
  remedy: text(
    'Write one; policies/default/cases shows how, and docs/policy.md explains each field.',
    'ケースを追加してください。書き方は policies/default/cases と docs/policy.ja.md にあります。',
  ),
  place: { file: folder },
});
