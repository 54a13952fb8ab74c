import type { Language } from '#core-values';
import type { Finding } from '../core/findings.ts';
import { planToJsonText } from '../core/json-view.ts';
import type { Plan } from '../core/model.ts';

/** The documented, versioned JSON of a review, on one line as `terraform show -json` has it: machines read it. */
export const renderJson = (plan: Plan, findings: readonly Finding[], language: Language): string =>
  `${planToJsonText(plan, findings, language)}\n`;
