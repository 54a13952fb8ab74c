import type { PlanValue } from './model.ts';
import { walkStrings } from './values.ts';

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

const LONGEST_COMMON_WORD = 8;

/** Collects the strings inside values known to be secret. */
export function secretsOf(values: readonly PlanValue[]): SecretIndex {
  const whole = new Set<string>();
  for (const value of values) {
    walkStrings(value, (item) => {
      if (item.length < MIN_EQUAL_LENGTH) return;
      if (item.length > LONGEST_COMMON_WORD || !COMMON_WORDS.has(item.toLowerCase())) whole.add(item);
    });
  }
  const starts = startsOf([...whole].filter((secret) => secret.length >= MIN_CONTAINED_LENGTH));
  const isInText = (text: string): boolean => whole.has(text) || containsAny(text, starts);
  return {
    isEmpty: whole.size === 0,
    isInText,
    isIn(value) {
      let found = false;
      walkStrings(value, (item) => {
        found ||= isInText(item);
      });
      return found;
    },
  };
}

/** Secrets by their first characters, and which hashes of first characters occur at all. */
interface Starts {
  readonly secrets: ReadonlyMap<string, readonly string[]>;
  readonly hashes: Uint8Array;
}

function startsOf(secrets: readonly string[]): Starts {
  const hashes = new Uint8Array(HASHES);
  for (const secret of secrets) hashes[startHash(secret, 0)] = 1;
  return { secrets: Map.groupBy(secrets, (secret) => secret.slice(0, MIN_CONTAINED_LENGTH)), hashes };
}

const HASHES = 4096;

/** Of three of the characters that a contained secret has at least. */
const startHash = (text: string, index: number): number =>
  (text.charCodeAt(index) * 961 + text.charCodeAt(index + 3) * 31 + text.charCodeAt(index + 7)) % HASHES;

/** One look-up per character, however many secrets there are, and hardly ever one of a string. */
function containsAny(text: string, { secrets, hashes }: Starts): boolean {
  if (secrets.size === 0) return false;
  for (let index = 0; index + MIN_CONTAINED_LENGTH <= text.length; index += 1) {
    if (hashes[startHash(text, index)] !== 1) continue;
    const candidates = secrets.get(text.slice(index, index + MIN_CONTAINED_LENGTH));
    if (candidates?.some((secret) => text.startsWith(secret, index))) return true;
  }
  return false;
}
