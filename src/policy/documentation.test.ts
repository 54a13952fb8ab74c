import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { caseSchema, decide, judgeCase, loadPolicySet, requestOf } from './core/index.ts';
import { DEFAULT_POLICY_FOLDER } from './policy-files.ts';

const root = join(import.meta.dirname, '../..');
const document = (name: string): string => readFileSync(join(root, 'docs', name), 'utf8');
const blocks = (markdown: string, language: string): readonly string[] =>
  [...markdown.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, kind, body]) =>
    kind === language && body !== undefined ? [body] : [],
  );
const schemaText = readFileSync(join(root, 'policies/schema.cedarschema'), 'utf8');

const examples = blocks(document('policy.md'), 'cedar');
const withExample = (id: string) => {
  const text = examples.find((example) => example.includes(`@id("${id}")`)) ?? '';
  const shipped = ['10-plan', '20-approve', '30-apply', '40-gates', '50-break-glass', '60-administer'].map(
    (name) => ({
      file: `${name}.cedar`,
      text: readFileSync(join(DEFAULT_POLICY_FOLDER, `${name}.cedar`), 'utf8'),
    }),
  );
  const loaded = loadPolicySet({
    schema: { file: 'schema', text: schemaText },
    policies: [...shipped, { file: 'own.cedar', text }],
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value;
};

const ask = (id: string, facts: object, environment = 'production') => {
  const request = requestOf(
    caseSchema.parse({
      ...{ name: 'n', action: 'apply', by: 'job', on: { environment }, expect: 'deny', decidedBy: [] },
      facts: { approvedBy: [{ person: 'hanako', teams: ['shop'] }], ...facts },
    }),
  );
  if (!request.ok) throw new Error(JSON.stringify(request.error));
  const decision = decide(withExample(id), request.value);
  return { allowed: decision.allowed, changes: decision.wouldChange.map((way) => way.changes) };
};

describe('docs/policy.md', () => {
  it('shows the same examples in both languages', () => {
    const japanese = document('policy.ja.md');
    expect(blocks(japanese, 'cedar')).toEqual(examples);
    expect(blocks(japanese, 'yaml')).toEqual(blocks(document('policy.md'), 'yaml'));
    expect(examples).toHaveLength(4);
  });

  it('names every shipped policy and every fact of the schema, in both languages', () => {
    const ids = withExample('friday-freeze').policies.map(({ id }) => id);
    const facts = [...schemaText.matchAll(/^ {2,}"?(\w+)"?\??: (?!\[)/gm)].map((found) => found[1] ?? '');
    expect(facts.length).toBeGreaterThan(40);
    for (const name of ['policy.md', 'policy.ja.md']) {
      const markdown = document(name);
      expect([...ids, ...facts].filter((word) => !markdown.includes(word))).toEqual([]);
    }
  });

  it('has a case that passes', () => {
    const [yaml] = blocks(document('policy.md'), 'yaml');
    const verdict = judgeCase(withExample('friday-freeze'), caseSchema.parse(parse(yaml ?? '')));
    expect(verdict.ok && verdict.value.differences).toEqual([]);
  });

  it('has a Friday freeze that ends on Monday at nine, and says so', () => {
    expect(ask('friday-freeze', { time: { day: 'friday', hour: 14 } }).allowed).toBe(true);
    expect(ask('friday-freeze', { time: { day: 'friday', hour: 15 } })).toEqual({
      allowed: false,
      changes: [['later:66h'], ['break-glass']],
    });
    expect(ask('friday-freeze', { time: { day: 'monday', hour: 9 } }).allowed).toBe(true);
  });

  it('has business hours that tell the next working day along with the approval that is missing', () => {
    expect(ask('production-in-business-hours', {}).allowed).toBe(true);
    expect(
      ask('production-in-business-hours', { time: { day: 'tuesday', hour: 20 }, approvedBy: [] }),
    ).toEqual({ allowed: false, changes: [['approval-of-owning-team', 'later:13h'], ['break-glass']] });
  });

  it('has a second team that must have approved', () => {
    const security = { person: 'saburo', teams: ['security'] };
    const hanako = { person: 'hanako', teams: ['shop'] };
    const findings = { widensIam: true };
    expect(ask('iam-needs-security', { findings, approvedBy: [hanako, security] }).allowed).toBe(true);
    expect(
      ask('iam-needs-security', { findings, approvedBy: [hanako, { person: 'jiro', teams: ['shop'] }] })
        .allowed,
    ).toBe(false);
  });

  it('has shared accounts that ask for the owning team', () => {
    const outsider = { approvedBy: [{ person: 'jiro', teams: ['platform'] }] };
    expect(ask('shared-needs-owning-team', {}, 'shared').allowed).toBe(true);
    expect(ask('shared-needs-owning-team', outsider, 'shared').allowed).toBe(false);
  });
});
