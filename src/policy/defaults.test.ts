import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  isAllowed,
  judgeCase,
  loadPolicySet,
  type PolicySet,
  requestOf,
  type SourceFile,
} from './core/index.ts';
import { splitPolicies } from './core/source-text.ts';
import { type CaseFile, DEFAULT_POLICY_FOLDER, readCases, readPolicyFolder } from './policy-files.ts';

const loaded = await readPolicyFolder(DEFAULT_POLICY_FOLDER);
const read = await readCases(join(DEFAULT_POLICY_FOLDER, 'cases'));
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
if (!read.ok) throw new Error(JSON.stringify(read.error));
const set = loaded.value;
const cases = read.value;

const differencesOf = (policies: PolicySet, { case: policyCase }: CaseFile) => {
  const verdict = judgeCase(policies, policyCase);
  return verdict.ok ? verdict.value.differences : verdict.error;
};

const isAllowedIn = (policies: PolicySet, { case: policyCase }: CaseFile): boolean => {
  const request = requestOf(policyCase);
  if (!request.ok || policies.kind !== 'loaded') throw new Error(policyCase.name);
  return policyCase.failedLookups.length === 0 && isAllowed(policies, request.value);
};

const files: readonly SourceFile[] = readdirSync(DEFAULT_POLICY_FOLDER)
  .filter((name) => name.endsWith('.cedar'))
  .map((file) => ({ file, text: readFileSync(join(DEFAULT_POLICY_FOLDER, file), 'utf8') }));
const schema: SourceFile = {
  file: 'schema.cedarschema',
  text: readFileSync(join(DEFAULT_POLICY_FOLDER, '..', 'schema.cedarschema'), 'utf8'),
};

describe('the shipped policies', () => {
  it.each(cases)('$case.name ($file)', (file) => {
    expect(differencesOf(set, file)).toEqual([]);
  });

  it('speak both languages: every message, and the remedy of whatever can be in the way', () => {
    const words = (text: string) =>
      [...text.matchAll(/@(message|remedy)_(en|ja)\("/g)].map((found) => found[0]);
    for (const policy of files.flatMap(splitPolicies)) {
      const annotations = words(policy.text);
      expect(annotations, policy.text).toContain('@message_en("');
      expect(annotations, policy.text).toContain('@message_ja("');
      if (/permit \(\n {2}principal is Person,\n {2}action == Action::"approve"/.test(policy.text)) continue;
      expect(annotations, policy.text).toContain('@remedy_en("');
      expect(annotations, policy.text).toContain('@remedy_ja("');
    }
  });

  it('load without a warning', () => {
    expect(set.warnings).toEqual([]);
  });

  const pieces = files.flatMap(splitPolicies);
  it.each(set.policies.map(({ id }, index) => ({ id, index })))(
    'are each needed: without $id at least one case goes red',
    ({ id, index }) => {
      const policies = pieces
        .filter((_, at) => at !== index)
        .map((piece, at) => ({ file: `${at}-${basename(piece.file)}`, text: piece.text }));
      const without = loadPolicySet({ policies, schema });
      if (!without.ok) throw new Error(JSON.stringify(without.error));
      expect(without.value.policies.map((policy) => policy.id)).not.toContain(id);
      // It must show in the verdict itself, not only in who decided.
      const changed = cases.filter(
        (file) => isAllowedIn(without.value, file) !== (file.case.expect === 'allow'),
      );
      expect(changed.map(({ file }) => file)).not.toEqual([]);
    },
  );
});
