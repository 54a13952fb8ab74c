/**
 * Shapes by which a secret is known wherever it stands. Each expression is linear: none repeats over what it could also
 * leave. Sources: AWS "IAM identifiers" (key prefixes), RFC 7519, RFC 7468, GitHub and GitLab token formats.
 */
const SHAPES: readonly { readonly shape: RegExp; readonly mask: string }[] = [
  {
    shape:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g,
    mask: '[private key]',
  },
  { shape: /\beyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*){0,3}/g, mask: '[jwt]' },
  { shape: /\bsk[bgls]_[\w-]{6,}/g, mask: '[sekisho token]' },
  { shape: /\b(?:gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,})/g, mask: '[token]' },
  { shape: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, mask: '[aws access key id]' },
  { shape: /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, mask: '$1 [redacted]' },
  { shape: /(\/\/[^\s/:@]{1,256}:)[^\s/@]{1,1024}@/g, mask: '$1[redacted]@' },
  {
    // `password=…`, `"secretAccessKey": "…"`, `AWS_SESSION_TOKEN=…`, `?X-Amz-Signature=…`
    shape:
      /([\w.-]{0,64}(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|signature|credential|assertion|authorization|cookie)[\w.-]{0,64}["']?\s{0,4}[:=]\s{0,4}["']?)(?!\[)[^\s"'&,;<>{}()[\]]{3,}/gi,
    mask: '$1[redacted]',
  },
];

/** Forty characters of mixed base64 standing alone: an AWS secret access key. A commit id is hexadecimal, and stays. */
const FORTY = /(?<![\w/+=-])[A-Za-z0-9/+]{40}(?![\w/+=-])/g;

const looksRandom = (word: string): boolean => /[a-z]/.test(word) && /[A-Z]/.test(word) && /[0-9]/.test(word);

const MAX_LENGTH = 16_384;

/** The same words without anything that has the shape of a secret. Cuts what is longer than 16,384 characters. */
export function maskSecrets(words: string): string {
  const cut = words.length > MAX_LENGTH ? `${words.slice(0, MAX_LENGTH)}… [cut]` : words;
  const masked = SHAPES.reduce((text, { shape, mask }) => text.replace(shape, mask), cut);
  return masked.replace(FORTY, (word) => (looksRandom(word) ? '[secret key]' : word));
}
