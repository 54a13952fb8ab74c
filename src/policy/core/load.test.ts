import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPolicySet } from './load.ts';

const schema = {
  file: 'schema.cedarschema',
  text: readFileSync(join(import.meta.dirname, '../../../policies/schema.cedarschema'), 'utf8'),
};
const load = (...texts: readonly string[]) =>
  loadPolicySet({ schema, policies: texts.map((text, index) => ({ file: `${index + 1}.cedar`, text })) });
const reasonsOf = (result: ReturnType<typeof load>) => (result.ok ? [] : result.error.reasons);

describe('loading policies', () => {
  it('places a syntax error by line and column, counting characters and not bytes', () => {
    const [reason, ...more] = reasonsOf(
      load(
        '// 説明\n@id("a")\n@message_ja("本番を守る")\npermit (principal, action, resource)\nwhen { "本番" == foo };\n',
      ),
    );
    expect(reason).toMatchObject({
      rule: 'policy.syntax',
      place: { file: '1.cedar', line: 5, column: 16 },
    });
    expect(reason?.message.en).toContain('foo');
    expect(more).toEqual([]);
  });

  it('names violations in the order of the files, whatever order Cedar finds them in', () => {
    const policies = Array.from(
      { length: 8 },
      (_, index) =>
        `@id("p${7 - index}")\npermit (principal, action == Action::"apply", resource)\nwhen { context.no${index} };`,
    );
    expect(reasonsOf(load(...policies)).map(({ place }) => place?.file)).toEqual(
      policies.map((_, index) => `${index + 1}.cedar`),
    );
  });

  it('names the unknown attribute of a schema violation, and what was perhaps meant', () => {
    const reasons = reasonsOf(
      load(
        '@id("a")\npermit (principal, action == Action::"apply", resource)\nwhen { context.findings.losesDta };',
        '@id("b")\nforbid (principal, action, resource)\nwhen { principal is Person && principal.administator };',
      ),
    );
    expect(reasons.map(({ rule, place }) => [rule, place?.file, place?.line])).toEqual([
      ['policy.schema-violation', '1.cedar', 3],
      ['policy.schema-violation', '2.cedar', 3],
    ]);
    expect(reasons[0]?.message.en).toContain('losesDta');
    expect(reasons[0]?.message.en).toContain('losesData');
    expect(reasons[1]?.message.ja).toContain('administrator');
  });

  it('refuses a misspelt environment, which would let a forbid pass unseen', () => {
    const [reason] = reasonsOf(
      load(
        '@id("a")\nforbid (principal, action == Action::"apply", resource) when { resource.account.environment == Environment::"prodction" };',
      ),
    );
    expect(reason?.rule).toBe('policy.schema-violation');
    expect(reason?.message.en).toContain('"production"');
  });

  it('refuses a policy that can never apply', () => {
    const [reason] = reasonsOf(load('@id("a")\nforbid (principal is Team, action, resource);'));
    expect(reason).toMatchObject({ rule: 'policy.never-applies', place: { file: '1.cedar', line: 1 } });
  });

  it('refuses an @id that is taken, wherever, and says where', () => {
    const policy = '@id("same") permit (principal, action, resource);';
    const [reason] = reasonsOf(load(`${policy}\n`, `\n  ${policy}`));
    expect(reason).toMatchObject({
      rule: 'policy.id-duplicate',
      place: { file: '2.cedar', line: 2, column: 3 },
    });
    expect(reason?.message.en).toContain('1.cedar:1');
  });

  it('refuses a policy without @id, one with an empty one, and a template', () => {
    const rules = reasonsOf(
      load(
        'permit (principal, action, resource);\n@id(" ") permit (principal, action, resource);\n@id("t") permit (principal == ?principal, action, resource);',
      ),
    ).map(({ rule, place }) => [rule, place?.line]);
    expect(rules).toEqual([
      ['policy.id-missing', 1],
      ['policy.id-missing', 2],
      ['policy.syntax', 3],
    ]);
  });

  it('refuses text behind the last semicolon, so that no policy is dropped by a missing one', () => {
    const [reason] = reasonsOf(
      load('@id("a") permit (principal, action, resource);\n@id("b") forbid (principal, action, resource)\n'),
    );
    expect(reason).toMatchObject({ rule: 'policy.syntax', place: { line: 2 } });
  });

  it('is not misled by semicolons and quotes in strings and comments', () => {
    const loaded = load(
      '// a; "b\n@id("a;\\";") // c; "d\npermit (principal, action, resource) when { principal is Person || "x;//" == "y" }; // e;\n@id("b") forbid (principal, action == Action::"plan", resource);',
    );
    expect(loaded.ok && loaded.value.policies.map(({ id, place }) => [id, place.line])).toEqual([
      ['a;";', 2],
      ['b', 4],
    ]);
  });

  it('reports every error at once', () => {
    expect(reasonsOf(load('x;', 'permit (principal, action, resource);', 'y;'))).toHaveLength(3);
  });

  it('refuses a broken schema with its place', () => {
    const result = loadPolicySet({
      schema: { file: 's', text: 'entity A;\nentity B = { c: Strin };' },
      policies: [],
    });
    expect(!result.ok && result.error.reasons[0]).toMatchObject({
      rule: 'policy.schema-unreadable',
      place: { file: 's', line: 2, column: 17 },
    });
  });

  it('takes no policies for a set that denies everything, and says so', () => {
    const loaded = load('// nothing here\n');
    expect(loaded.ok && loaded.value).toMatchObject({
      kind: 'denies-everything',
      reasons: [{ rule: 'policy.none' }],
    });
  });

  it('lets one language of a message stand for both', () => {
    const loaded = load('@id("a") @message_ja("だめ") forbid (principal, action, resource);');
    expect(loaded.ok && loaded.value.policies[0]?.message).toEqual({ en: 'だめ', ja: 'だめ' });
  });
});
