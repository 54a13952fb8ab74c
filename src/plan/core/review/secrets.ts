import { type Plan, type PlannedChange, type PlanValue, UNKNOWN, type ValuePath } from '../model.ts';
import { secretsOf as secretIndexOf } from '../secrets.ts';
import { valueAt, walkValue } from '../values.ts';
import { SENSITIVE_TEXT, UNKNOWN_TEXT } from '../view.ts';
import { attribute, startsWith } from './reading.ts';

export const SENSITIVE = SENSITIVE_TEXT;

const LONGEST_QUOTE = 80;
const BACKEND_SECRETS = ['access_key', 'secret_key', 'token', 'password', 'sas_token', 'client_secret'];

/** What of a plan is secret, and how to quote the rest. */
export interface Secrets {
  /** Is the value at this path marked sensitive, on either side? Replacements lack marks on the after side. */
  isSensitive(change: PlannedChange, path: ValuePath): boolean;
  /** Is this string one of the plan's secrets, or does it hold one? */
  isSecret(words: string): boolean;
  /** A value of a change as a finding may show it: `(sensitive value)`, or one line of bounded length. */
  quote(change: PlannedChange, path: ValuePath, value: PlanValue): string;
  /** The same for words that come from no attribute. */
  quoteWords(words: string): string;
}

export function secretsOf(plan: Plan): Secrets {
  const values = secretValues(plan);
  const index = secretIndexOf(values);
  // What is quoted is short (an action, an account, a number), so here even the shortest secrets are compared.
  const whole = new Set<string>();
  for (const value of values) {
    walkValue(value, (item) => {
      for (const words of wordsOf(item)) whole.add(words);
    });
  }
  const isSecret = (words: string): boolean => whole.has(words) || index.isInText(words);
  const isSensitive = (change: PlannedChange, path: ValuePath): boolean =>
    change.beforeSensitive.some((prefix) => startsWith(path, prefix)) ||
    change.afterSensitive.some((prefix) => startsWith(path, prefix));
  const quoteWords = (words: string): string => (isSecret(words) ? SENSITIVE : oneLine(words));
  return {
    isSensitive,
    isSecret,
    quoteWords,
    quote(change, path, value) {
      if (isSensitive(change, path)) return SENSITIVE;
      if (value === UNKNOWN) return UNKNOWN_TEXT;
      // true, false, null and "" are in every plan
      if (value === null || typeof value === 'boolean' || value === '') return JSON.stringify(value);
      const [words] = wordsOf(value);
      return words === undefined ? '…' : quoteWords(words);
    },
  };
}

function secretValues(plan: Plan): PlanValue[] {
  const values: PlanValue[] = [];
  const add = (value: PlanValue | undefined): void => {
    if (value !== undefined && value !== null) values.push(value);
  };
  for (const change of [
    ...plan.changes,
    ...plan.drift,
    ...plan.deferred.map((deferred) => deferred.change),
  ]) {
    for (const path of [...change.beforeSensitive, ...change.afterSensitive]) {
      add(valueAt(change.before, path));
      add(valueAt(change.after, path));
    }
  }
  for (const output of plan.outputs) {
    if (!output.sensitive) continue;
    add(output.before);
    add(output.after);
  }
  for (const name of plan.configuration.sensitiveNames) add(plan.variables.get(name));
  for (const name of BACKEND_SECRETS) add(attribute(plan.backend?.config, name));
  return values;
}

/** true, null and the empty string are no secrets worth the name, and would hide everything. */
const wordsOf = (value: PlanValue): string[] =>
  typeof value === 'string' && value !== '' ? [value] : typeof value === 'number' ? [String(value)] : [];

/** One line, without control characters or ones that reorder text, of bounded length. */
function oneLine(words: string): string {
  const clean = words.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
  return clean.length <= LONGEST_QUOTE ? clean : `${clean.slice(0, LONGEST_QUOTE - 1)}…`;
}
