import { describe, expect, it } from 'vitest';
import { text } from '#core-values';
import type { Finding } from '#plan/core';
import { RULES } from '../../plan/core/review/registry.ts';
import table from './finding-classes.json' with { type: 'json' };
import { findingFacts } from './finding-facts.ts';

const finding = (rule: string, severity: Finding['severity']): Finding => ({
  rule,
  severity,
  message: text('a', 'b'),
  remedy: text('c', 'd'),
});

describe('facts about findings', () => {
  it('count by severity, and name each rule once', () => {
    const facts = findingFacts([finding('drift', 'low'), finding('drift', 'low'), finding('moved', 'info')]);
    expect(facts).toMatchObject({
      critical: 0,
      low: 2,
      info: 1,
      rules: ['drift', 'moved'],
      losesData: false,
    });
  });

  it.each([
    ['data-destroyed', 'critical', 'losesData'],
    ['data-replaced', 'low', 'losesData'],
    ['iam-wildcard', 'medium', 'widensIam'],
    ['runs-provisioner', 'critical', 'runsCode'],
    ['unlisted-provider', 'high', 'runsCode'],
    ['public-bucket', 'high', 'opensToWorld'],
    ['other-account', 'critical', 'wrongAccount'],
    ['plan-errored', 'critical', 'partialPlan'],
  ] as const)('see %s (%s) as %s', (rule, severity, fact) => {
    expect(findingFacts([finding(rule, severity)])[fact]).toBe(true);
  });

  it.each([
    ['iam-policy-attached', 'info', 'widensIam'],
    ['runs-provisioner', 'low', 'runsCode'],
    ['other-account', 'low', 'wrongAccount'],
  ] as const)('let a %s that is %s pass', (rule, severity, fact) => {
    expect(findingFacts([finding(rule, severity)])[fact]).toBe(false);
  });

  it('know every rule of the review that they speak of', () => {
    const known = RULES.map(({ id }) => id);
    const spoken = Object.values(table.classes).flatMap(({ rules }) => rules);
    expect(spoken.filter((rule) => !known.includes(rule))).toEqual([]);
  });

  it.each([
    ['data', 'losesData'],
    ['iam', 'widensIam'],
    ['runner', 'runsCode'],
  ] as const)('leave out no rule of the family %s', (family, fact) => {
    const rules = RULES.filter((rule) => rule.family === family).map(({ id }) => id);
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.filter((rule) => !table.classes[fact].rules.includes(rule))).toEqual([]);
  });
});
