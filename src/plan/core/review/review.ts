import { SEVERITIES } from '../findings.ts';
import type { Plan } from '../model.ts';
import { RULES } from './registry.ts';
import { type Finding, type ReviewContext, toFinding } from './rule.ts';
import { sceneOf } from './scene.ts';

/**
 * What a person should know about a plan before it is applied. Pure and deterministic: ordered by severity, rule and
 * address. Nothing unknown is taken for safe, and no message carries a sensitive value.
 */
export function review(plan: Plan, context: ReviewContext): readonly Finding[] {
  const scene = sceneOf(plan, context);
  return RULES.flatMap((rule) => rule.check(plan, scene).map((found) => toFinding(rule, scene, found))).sort(
    byDanger,
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byDanger = (a: Finding, b: Finding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  compare(a.rule, b.rule) ||
  compare(a.address ?? '', b.address ?? '') ||
  compare(a.message.en, b.message.en);
