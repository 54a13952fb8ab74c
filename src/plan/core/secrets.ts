import type { PlanValue } from './model.ts';
import { walkValue } from './values.ts';

/** Finds known secrets in other values. */
export interface SecretIndex {
  readonly isEmpty: boolean;
  isInText(text: string): boolean;
  isIn(value: PlanValue): boolean;
}

/** Shorter strings (`a`, `80`) are too common: hiding every equal one would blind the review and protect nothing. */
const MIN_EQUAL_LENGTH = 4;
/** From here on a secret inside a longer string (a connection string) is no coincidence. */
const MIN_CONTAINED_LENGTH = 8;
const COMMON_WORDS: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'none',
  'default',
  'enabled',
  'disabled',
]);

/** Collects the strings inside values known to be secret. */
export function secretsOf(values: readonly PlanValue[]): SecretIndex {
  const whole = new Set<string>();
  for (const value of values) {
    walkValue(value, (item) => {
      if (typeof item !== 'string' || item.length < MIN_EQUAL_LENGTH) return;
      if (!COMMON_WORDS.has(item.toLowerCase())) whole.add(item);
    });
  }
  const byStart = new Map<string, string[]>();
  for (const secret of whole) {
    if (secret.length < MIN_CONTAINED_LENGTH) continue;
    const start = secret.slice(0, MIN_CONTAINED_LENGTH);
    byStart.set(start, [...(byStart.get(start) ?? []), secret]);
  }
  const isInText = (text: string): boolean => whole.has(text) || containsAny(text, byStart);
  return {
    isEmpty: whole.size === 0,
    isInText,
    isIn(value) {
      let found = false;
      walkValue(value, (item) => {
        found ||= typeof item === 'string' && isInText(item);
      });
      return found;
    },
  };
}

/** One look-up per character, however many secrets there are. */
function containsAny(text: string, byStart: ReadonlyMap<string, readonly string[]>): boolean {
  if (byStart.size === 0) return false;
  for (let index = 0; index + MIN_CONTAINED_LENGTH <= text.length; index += 1) {
    const secrets = byStart.get(text.slice(index, index + MIN_CONTAINED_LENGTH));
    if (secrets?.some((secret) => text.startsWith(secret, index))) return true;
  }
  return false;
}
