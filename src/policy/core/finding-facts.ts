import { type Finding, SEVERITIES } from '#plan/core';
import table from './finding-classes.json' with { type: 'json' };
import type { FindingFacts } from './request.ts';

interface FindingClass {
  readonly rules: readonly string[];
  /** The mildest severity that counts: a rule may find the same thing grave here and trifling there. */
  readonly from: string;
}

/** What a review found, as the facts that policies read. Rules outside every class show in counts and `rules` only. */
export function findingFacts(findings: readonly Finding[]): FindingFacts {
  const count = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const any = (one: FindingClass): boolean =>
    findings.some((finding) => one.rules.includes(finding.rule) && isAtLeast(finding.severity, one.from));
  const { losesData, widensIam, runsCode, opensToWorld, wrongAccount, partialPlan } = table.classes;
  return {
    critical: count('critical'),
    high: count('high'),
    medium: count('medium'),
    low: count('low'),
    info: count('info'),
    rules: [...new Set(findings.map((finding) => finding.rule))].sort(),
    losesData: any(losesData),
    widensIam: any(widensIam),
    runsCode: any(runsCode),
    opensToWorld: any(opensToWorld),
    wrongAccount: any(wrongAccount),
    partialPlan: any(partialPlan),
  };
}

/** A threshold that is no severity counts everything: better a finding too many than one too few. */
function isAtLeast(severity: Finding['severity'], from: string): boolean {
  const names: readonly string[] = SEVERITIES;
  const threshold = names.indexOf(from);
  return threshold === -1 || names.indexOf(severity) <= threshold;
}
