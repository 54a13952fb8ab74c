import { describe, expect, it } from 'vitest';
import type { PlannedChange, PlanValue, ValuePath } from './model.ts';
import { UNKNOWN } from './model.ts';
import { type SensitiveSchema, type Sensitivity, withFullSensitivity } from './sensitivity.ts';
import { viewValue } from './view.ts';

const schema: SensitiveSchema = {
  managed: new Map([['aws_x', [['password'], ['block', '*', 'key']]]]),
  data: new Map(),
};

function change(before: PlanValue, after: PlanValue, marks: Partial<PlannedChange> = {}): PlannedChange {
  return {
    address: 'aws_x.a',
    mode: 'managed',
    type: 'aws_x',
    name: 'a',
    module: '',
    provider: 'registry.terraform.io/hashicorp/aws',
    providerConfig: 'provider["registry.terraform.io/hashicorp/aws"]',
    action: 'replace',
    before,
    after,
    beforeSensitive: [],
    afterSensitive: [],
    replacePaths: [],
    ...marks,
  };
}

const facts: Sensitivity = { schema, sensitiveNames: [], variables: new Map<string, PlanValue>() };
const object = (members: Record<string, PlanValue>): PlanValue => new Map(Object.entries(members));

function shown(given: PlannedChange, more: Partial<Sensitivity> = {}): string {
  const [known] = withFullSensitivity({ changes: [given], outputs: [] }, { ...facts, ...more }).changes;
  if (known === undefined) throw new Error('the change is gone');
  return JSON.stringify([
    viewValue(known.before, known.beforeSensitive),
    viewValue(known.after, known.afterSensitive),
  ]);
}

describe('a sensitive value is hidden', () => {
  const marked = (path: ValuePath): Partial<PlannedChange> => ({ beforeSensitive: [path] });

  it('on both sides when one side marks it, as in replacements', () => {
    expect(
      shown(change(object({ a: 'old-secret' }), object({ a: 'new-secret' }), marked(['a']))),
    ).not.toMatch(/old-|new-/);
  });

  it('when only the provider’s schema calls it sensitive, also inside blocks', () => {
    const value = object({ password: 'pass-word', block: [object({ key: 'key-one', name: 'shown' })] });
    expect(shown(change(null, value))).toBe(
      '[null,{"password":"(sensitive value)","block":[{"key":"(sensitive value)","name":"shown"}]}]',
    );
  });

  it('where it turns up again, whole or inside a longer text', () => {
    const value = object({
      password: 'correct horse',
      url: 'https://u:correct horse@h',
      copy: ['correct horse'],
      other: 'horse',
    });
    expect(shown(change(null, value))).toBe(
      '[null,{"password":"(sensitive value)","url":"(sensitive value)","copy":["(sensitive value)"],"other":"horse"}]',
    );
  });

  it('when it equals a sensitive variable', () => {
    const variables = new Map<string, PlanValue>([['token', 'very-secret-token']]);
    expect(
      shown(change(null, object({ a: 'very-secret-token' })), { sensitiveNames: ['token'], variables }),
    ).not.toContain('very-secret');
  });

  it('but what is common or absent stays readable', () => {
    const value = object({ password: 'true', block: null, flag: 'true', none: null, later: UNKNOWN });
    expect(shown(change(null, value))).toBe(
      '[null,{"password":"(sensitive value)","block":null,"flag":"true","none":null,"later":"(known after apply)"}]',
    );
  });

  it('as a whole, when the whole is marked', () => {
    expect(viewValue(object({ a: 'secret' }), [[]])).toBe('(sensitive value)');
  });

  it('and Terraform’s own marks are kept apart', () => {
    const { changes } = withFullSensitivity(
      { changes: [change(object({ a: 'x' }), object({ a: 'y' }), marked(['a']))], outputs: [] },
      facts,
    );
    expect(changes[0]?.marked).toEqual({ before: [['a']], after: [] });
  });

  it('and an output that repeats it is sensitive too', () => {
    const { outputs } = withFullSensitivity(
      {
        changes: [change(null, object({ password: 'pass-word-1' }))],
        outputs: [
          { name: 'o', action: 'create', sensitive: false, before: null, after: ['x pass-word-1 y'] },
        ],
      },
      facts,
    );
    expect(outputs[0]?.sensitive).toBe(true);
  });
});

describe('a key named __proto__', () => {
  it('is shown like any other', () => {
    const value = new Map<string, PlanValue>([['__proto__', 'x']]);
    expect(JSON.stringify(viewValue(value, []))).toBe('{"__proto__":"x"}');
  });
});
