import type { Finding } from '#plan/core';
import classes from './finding-classes.json' with { type: 'json' };
import type { FindingFacts } from './request.ts';

/** What a review found, as the facts that policies read. Rules outside every class show in counts and `rules` only. */
export function findingFacts(findings: readonly Finding[]): FindingFacts {
  const rules = [...new Set(findings.map((finding) => finding.rule))].sort();
  const count = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const any = (ruleIds: readonly string[]): boolean => rules.some((rule) => ruleIds.includes(rule));
  return {
    critical: count('critical'),
    high: count('high'),
    medium: count('medium'),
    low: count('low'),
    info: count('info'),
    rules,
    losesData: any(classes.losesData),
    widensIam: any(classes.widensIam),
    runsCode: any(classes.runsCode),
    opensToWorld: any(classes.opensToWorld),
    wrongAccount: any(classes.wrongAccount),
    partialPlan: any(classes.partialPlan),
  };
}
