import type { Json } from '#core-values';

/**
 * The canary rule: the log keeps evidence for years and shows it to many, so whatever looks like a
 * credential is cut out before it is hashed. Better a hole in the evidence than a secret that can
 * never be deleted again. Callers must not rely on it: they pass hashes of tokens, never tokens.
 */
interface SecretShape {
  readonly name: string;
  readonly pattern: RegExp;
  /** What every match holds, where there is such a thing: most words do not, and looking for it is cheap. */
  readonly holds?: string;
  /** A second look where the pattern alone would also hit harmless text. */
  readonly looksSecret?: (match: string) => boolean;
}

const SECRET_SHAPES: readonly SecretShape[] = [
  {
    name: 'private key',
    holds: '-----BEGIN ',
    pattern:
      /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  {
    name: 'token',
    holds: 'eyJ',
    pattern: /\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,3}/g,
  },
  { name: 'AWS session token', pattern: /\b(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/=]{60,}/g },
  { name: 'GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g },
  { name: 'token', pattern: /\b(?:xox[abeoprs]-|xapp-|glpat-|AKCp|sk_live_|npm_)[A-Za-z0-9-]{10,}/g },
  { name: 'authorization', pattern: /\b(?:Bearer|Basic) [A-Za-z0-9._~+/-]{16,}=*/gi },
  { name: 'password in a URL', holds: '://', pattern: /(?<=:\/\/[^\s/:@]{0,256}:)[^\s/@]+(?=@)/g },
  {
    name: 'AWS secret access key',
    pattern: /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g,
    // Git's SHA-1 ids are 40 characters too, and so are some paths; a key mixes cases.
    looksSecret: (match) => /[a-z]/.test(match) && /[A-Z]/.test(match),
  },
];

/** Members that hold a secret whatever it looks like; hashes of secrets have other names (`tokenSha256`). */
const SECRET_MEMBER =
  /^(?:.*(?:password|passphrase|privatekey)|(?:aws)?(?:secretaccesskey|sessiontoken|secretkey)|(?:client|webhook)?secret|(?:id|access|refresh|bearer)?token|authorization|cookie|setcookie)$/;

/** A signature is public, and its lines may be as long as a key; it must stay whole to be evidence. */
const SSH_SIGNATURE = /(-----BEGIN SSH SIGNATURE-----[A-Za-z0-9+/=\s]*-----END SSH SIGNATURE-----)/;

/** What a passkey said over a statement is public too, and good for nothing else. */
const PASSKEY_ASSERTION =
  /^\{"authenticatorData":"[\w-]+","clientDataJSON":"[\w-]+","credentialId":"[\w-]+","signature":"[\w-]+"\}$/;

const LONGEST_STRING = 16_384;

const SIGNATURE_BEGINS = '-----BEGIN SSH SIGNATURE-----';

/** The same words without anything that looks like a credential, well-formed and of bounded length. */
export function redactWords(words: string): string {
  if (words.length <= LONGEST_STRING && PASSKEY_ASSERTION.test(words)) return words;
  const wellFormed = words.toWellFormed().replaceAll('\u0000', '\u2400');
  const redacted = wellFormed.includes(SIGNATURE_BEGINS)
    ? redactAroundSignatures(wellFormed)
    : redactShapes(wellFormed);
  return redacted.length > LONGEST_STRING ? `${redacted.slice(0, LONGEST_STRING)}[cut]` : redacted;
}

const redactAroundSignatures = (words: string): string =>
  words
    .split(SSH_SIGNATURE)
    .map((part, at) => (at % 2 === 1 ? part : redactShapes(part)))
    .join('');

const redactShapes = (words: string): string =>
  SECRET_SHAPES.reduce(
    (rest, { name, pattern, holds, looksSecret }) =>
      holds !== undefined && !rest.includes(holds)
        ? rest
        : rest.replace(pattern, (match) =>
            looksSecret === undefined || looksSecret(match) ? `[redacted: ${name}]` : match,
          ),
    words,
  );

/** A copy of any JSON value with every string, and every member's name, redacted. */
export function redactJson(value: Json): Json {
  if (typeof value === 'string') return redactWords(value);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(redactJson);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [redactWords(name), redactMember(name, member)]),
  );
}

const redactMember = (name: string, member: Json): Json =>
  typeof member === 'string' && SECRET_MEMBER.test(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
    ? '[redacted: by its name]'
    : redactJson(member);

/** `Array.isArray` does not narrow read-only arrays. */
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
