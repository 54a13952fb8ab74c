import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problem, text } from '#core-values';
import { DEFAULT_POLICY_FOLDER, readPolicyFolder, readPolicyFolderOrDeny } from '../policy-files.ts';
import { caseSchema, requestOf } from './case.ts';
import { decide, isAllowed } from './decide.ts';
import { loadPolicySet } from './load.ts';
import { denyEverything, type PolicySet } from './policy-set.ts';
import type { ApplyRequest, PolicyRequest } from './request.ts';

const loaded = await readPolicyFolder(DEFAULT_POLICY_FOLDER);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const defaults = loaded.value;

const schema = {
  file: 'schema.cedarschema',
  text: readFileSync(join(import.meta.dirname, '../../../policies/schema.cedarschema'), 'utf8'),
};
const setOf = (policies: string): PolicySet => {
  const own = loadPolicySet({ schema, policies: [{ file: 'own.cedar', text: policies }] });
  if (!own.ok) throw new Error(JSON.stringify(own.error));
  return own.value;
};

const asked = (written: object): PolicyRequest => {
  const request = requestOf(
    caseSchema.parse({
      name: 'n',
      by: 'job',
      on: { environment: 'production' },
      expect: 'allow',
      decidedBy: [],
      ...written,
    }),
  );
  if (!request.ok) throw new Error(JSON.stringify(request.error));
  return request.value;
};
const apply = (facts: object = {}): ApplyRequest => {
  const request = asked({ action: 'apply', facts });
  if (request.action !== 'apply') throw new Error(request.action);
  return request;
};
const hanako = { person: 'hanako', teams: ['shop'] };
const jiro = { person: 'jiro', teams: ['platform'] };
const approved = apply({ approvedBy: [hanako] });

/** The request as it might come from a caller that the compiler did not see. */
const mangled = (request: PolicyRequest, mangle: (plain: Record<string, unknown>) => void): PolicyRequest => {
  const copy = structuredClone(request);
  Reflect.apply(mangle, undefined, [copy.facts]);
  return copy;
};

describe('a decision', () => {
  it('is allowed with the policies and the facts that made it so', () => {
    expect(decide(defaults, approved)).toMatchObject({
      kind: 'allowed',
      allowed: true,
      determining: [{ id: 'apply-in-production', effect: 'permit' }],
      reasons: [],
      facts: [
        { name: 'resource.account.environment', value: 'production' },
        { name: 'context.protectedWorkflow', value: true },
        { name: 'context.approvals.fromOwningTeam', value: 1 },
      ],
    });
  });

  it('names every forbid that applies, each with its message and remedy', () => {
    const decision = decide(
      defaults,
      apply({ approvedBy: [hanako], freeze: 'year-end', findings: { runsCode: true } }),
    );
    expect(decision.reasons.map(({ rule }) => rule)).toEqual([
      'policy.no-code-on-the-runner',
      'policy.freeze',
    ]);
    expect(decision.reasons.every(({ remedy }) => remedy.ja !== '' && remedy.en !== '')).toBe(true);
  });

  it('says which permit was nearest, and what it lacked', () => {
    const decision = decide(defaults, apply({ approvedBy: [jiro] }));
    expect(decision.kind).toBe('not-permitted');
    expect(decision.nearest[0]).toMatchObject({
      id: 'apply-in-production',
      unmet: [{ text: 'context.approvals.fromOwningTeam >= 1' }],
    });
    expect(decision.reasons[0]?.message.en).toContain('apply-in-production');
  });

  it('is a denial with a reason in every case that is not allowed', () => {
    for (const request of [
      apply(),
      apply({ findings: { wrongAccount: true } }),
      asked({ action: 'operate' }),
    ]) {
      const decision = decide(defaults, request);
      expect([decision.allowed, decision.reasons.length > 0]).toEqual([false, true]);
    }
  });
});

describe('attack 16: a lookup that fails is a denial', () => {
  it('denies an otherwise allowed request when any fact could not be looked up, with that as the reason', () => {
    const reason = {
      rule: 'slo.unreachable',
      message: text('No answer.', '応答なし'),
      remedy: text('Wait.', '待つ'),
    };
    expect(decide(defaults, approved).allowed).toBe(true);
    expect(decide(defaults, { ...approved, failedLookups: [reason] })).toMatchObject({
      kind: 'undecidable',
      allowed: false,
      reasons: [reason],
    });
  });

  const leaves = Object.keys(approved.facts).filter((fact) => fact !== 'approvedBy');
  it.each(leaves)('denies when %s is missing', (fact) => {
    const decision = decide(
      defaults,
      mangled(approved, (facts) => {
        delete facts[fact];
      }),
    );
    expect(decision).toMatchObject({ kind: 'undecidable', allowed: false });
  });

  it.each([
    ['a fraction', 1.5],
    ['not a number', Number.NaN],
    ['more than a Long can hold', 2 ** 63],
    ['a word', '0'],
    ['nothing', null],
  ])('denies when a number is %s', (_, remainingPpm) => {
    const decision = decide(
      defaults,
      mangled(approved, (facts) => {
        facts.errorBudget = { known: true, remainingPpm, burning: false, stale: false };
      }),
    );
    expect(decision).toMatchObject({
      kind: 'undecidable',
      allowed: false,
      reasons: [{ rule: 'policy.fact-missing' }],
    });
  });

  it('denies a word that is not on the closed list', () => {
    const resource = { ...approved.resource, account: { ...approved.resource.account, environment: 'prod' } };
    const decision = decide(defaults, JSON.parse(JSON.stringify({ ...approved, resource })));
    expect(decision).toMatchObject({ kind: 'undecidable', allowed: false });
  });

  it('denies when a policy fails to evaluate, even one that would only forbid', () => {
    const set = setOf(
      '@id("yes") permit (principal, action, resource);\n@id("no") forbid (principal, action == Action::"apply", resource) when { context.changes.total + 9223372036854775807 < 0 };',
    );
    expect(decide(set, apply()).allowed).toBe(true);
    expect(decide(set, apply({ changes: { total: 1 } }))).toMatchObject({
      kind: 'undecidable',
      allowed: false,
      reasons: [{ rule: 'policy.evaluation-error', place: { file: 'own.cedar', line: 2 } }],
    });
  });

  it('denies everything with a missing, broken or forgotten policy set', async () => {
    const missing = await readPolicyFolderOrDeny(join(DEFAULT_POLICY_FOLDER, 'nowhere'));
    const broken = denyEverything(
      problem('bad-config', { rule: 'policy.syntax', message: text('a', 'b'), remedy: text('c', 'd') })
        .reasons,
    );
    const empty = loadPolicySet({ schema, policies: [] });
    if (!empty.ok) throw new Error('an empty set is no error');
    const forgotten: PolicySet = {
      ...defaults,
      kind: 'loaded',
      schemaKey: 'x',
      policiesKey: 'y',
      probesKey: 'z',
    } as PolicySet;
    for (const set of [missing, broken, empty.value, forgotten]) {
      expect(decide(set, approved)).toMatchObject({ kind: 'undecidable', allowed: false });
      expect(decide(set, approved).reasons.length).toBeGreaterThan(0);
    }
  });
});

describe('attack 5: names are data and never become policy', () => {
  const NAMES = [
    ['$', '{aws:username}'].join(''),
    '*',
    'hanako", "teams": ["shop"]}',
    'x"); permit (principal, action, resource); //',
    'Team::"shop"',
    '__entity',
    '__proto__',
    '',
    '\u0000',
    '本番"\\',
  ];
  const named = (name: string): PolicyRequest =>
    // Names like these cannot pass the parsers; here they come past them on purpose.
    JSON.parse(
      JSON.stringify({
        ...approved,
        principal: { ...approved.principal, id: name, ref: name },
        resource: { ...approved.resource, owningTeam: name },
        facts: {
          ...approved.facts,
          approvedBy: [{ ...approved.facts.approvedBy[0], name, teams: ['shop'] }],
        },
      }),
    );

  it.each(NAMES)('gains nothing by the name %j', (name) => {
    expect(decide(defaults, named(name)).allowed).toBe(false);
  });

  it('gains nothing by any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        fc.pre(name !== 'shop');
        expect(isAllowed(defaults.kind === 'loaded' ? defaults : never(), named(name))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

const never = (): never => {
  throw new Error('the shipped policies deny everything');
};

describe('attack 20: one person counts once, and an author not at all', () => {
  const loss = { findings: { losesData: true } };

  it('does not take two approvals by one person for two', () => {
    expect(decide(defaults, apply({ ...loss, approvedBy: [hanako, hanako] })).allowed).toBe(false);
    expect(decide(defaults, apply({ ...loss, approvedBy: [hanako, jiro] })).allowed).toBe(true);
  });

  it('does not take two records of one person, in different teams, for two', () => {
    const twice = [{ person: 'hanako', teams: ['platform'] }, hanako];
    expect(decide(defaults, apply({ ...loss, approvedBy: twice })).allowed).toBe(false);
  });

  it('does not count an author, nor one of several authors', () => {
    expect(decide(defaults, apply({ approvedBy: [hanako], authors: [jiro, hanako] })).allowed).toBe(false);
  });

  it('never counts more people than there are, whatever is repeated', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }),
        fc.subarray(['a', 'b', 'c']),
        (approvers, authors) => {
          const people = (names: readonly string[]) => names.map((person) => ({ person, teams: ['shop'] }));
          const distinct = new Set(approvers.filter((name) => !authors.includes(name)));
          const decision = decide(
            defaults,
            apply({ ...loss, approvedBy: people(approvers), authors: people(authors) }),
          );
          expect(decision.allowed).toBe(distinct.size >= 2);
        },
      ),
      { numRuns: 60 },
    );
  });
});
