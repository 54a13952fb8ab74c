import type { Language } from '#core-values';
import type { Finding } from '../core/findings.ts';
import { planToJson } from '../core/json-view.ts';
import type { Plan } from '../core/model.ts';

/** The documented, versioned JSON of a review, with a line break at the end. */
export const renderJson = (plan: Plan, findings: readonly Finding[], language: Language): string =>
  `${JSON.stringify(planToJson(plan, findings, language), undefined, 2)}\n`;
