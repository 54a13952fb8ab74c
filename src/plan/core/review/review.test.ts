import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../findings.ts';
import { type CompactPlan, planOf } from './compact-plan.ts';
import { RULES } from './registry.ts';
import { review } from './review.ts';
import type { Finding, ReviewContext } from './rule.ts';

interface Case {
  readonly name: string;
  readonly rule: string;
  readonly folder: string;
  readonly context: ReviewContext;
  readonly plan: CompactPlan;
  readonly expected: readonly { severity: string; address?: string; message: string }[];
}

const CASES = new URL('./cases/', import.meta.url);

function foldersIn(place: URL): string[] {
  return readdirSync(place, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function readCase(rule: string, folder: string): Case {
  const place = new URL(`${rule}/${folder}/`, CASES);
  const read = (name: string) => JSON.parse(readFileSync(new URL(name, place), 'utf8'));
  return { ...read('input.json'), rule, folder: `${rule}/${folder}`, expected: read('expected.json') };
}

const cases = foldersIn(CASES).flatMap((rule) =>
  foldersIn(new URL(`${rule}/`, CASES)).map((folder) => readCase(rule, folder)),
);

const inShort = (finding: Finding) => ({
  severity: finding.severity,
  ...(finding.address === undefined ? {} : { address: finding.address }),
  message: finding.message.en,
});

describe('review', () => {
  it.each(cases)('$folder: $name', ({ rule, plan, context, expected }) => {
    const found = review(planOf(plan), context).filter((finding) => finding.rule === rule);
    expect(found.map(inShort)).toEqual(expected);
  });

  it.each(RULES)('$id has a case that it finds something in and one that it does not', ({ id }) => {
    const those = cases.filter((each) => each.rule === id);
    expect(those.some((each) => each.expected.length > 0)).toBe(true);
    expect(those.some((each) => each.expected.length === 0)).toBe(true);
  });

  it('has no two rules of one id, and no case of an unknown rule', () => {
    const ids = RULES.map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(cases.filter((each) => !ids.includes(each.rule))).toEqual([]);
  });

  it('orders findings by severity, then rule, then address', () => {
    const everything = planOf({ changes: cases.flatMap((each) => each.plan.changes ?? []) });
    const findings = review(everything, {});
    const keys = findings.map(
      (finding) => `${SEVERITIES.indexOf(finding.severity)} ${finding.rule} ${finding.address ?? ''}`,
    );
    expect(keys).toEqual([...keys].sort());
    expect(review(everything, {})).toEqual(findings);
  });

  it('finds nothing in an empty plan', () => {
    expect(review(planOf({}), {})).toEqual([]);
  });
});
