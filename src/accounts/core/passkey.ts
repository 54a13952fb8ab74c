import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { Branded, PersonName } from '#core-values';
import { fromBase64 } from '#platform/core';

/** `SHA256:` and the unpadded Base64 of the SHA-256 of the COSE public key: it names the key itself, so nobody makes another one of the name. */
export type PasskeyFingerprint = Branded<string, 'PasskeyFingerprint'>;

export function parsePasskeyFingerprint(words: string): PasskeyFingerprint | undefined {
  const digest = /^SHA256:([A-Za-z0-9+/]{43})$/.exec(words)?.[1];
  if (digest === undefined || fromBase64(`${digest}=`) === undefined) return undefined;
  return words as PasskeyFingerprint;
}

/** Bytes as browsers write them: Base64 for URLs without padding; `undefined` for any other spelling of the same bytes. */
export function fromBase64Url(words: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(words)) return undefined;
  const standard = words.replaceAll('-', '+').replaceAll('_', '/');
  return fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='));
}

const base64Url = (mostCharacters: number) =>
  z
    .string()
    .min(1)
    .max(mostCharacters)
    .refine((words) => fromBase64Url(words) !== undefined, { message: 'not Base64 for URLs' });

/** A credential's id has 1,023 bytes at most (WebAuthn, section 4). */
export const credentialId = () => base64Url(1_364);

/** What an authenticator says, with the browser's words that it signed. Each member is Base64 for URLs. */
export const passkeyAssertion = z.strictObject({
  credentialId: credentialId().describe('`rawId`'),
  clientDataJSON: base64Url(8_192),
  authenticatorData: base64Url(4_096),
  signature: base64Url(2_048),
});

export type PasskeyAssertion = z.infer<typeof passkeyAssertion>;

/** As it is kept beside a statement: one line of canonical JSON, which no SSH signature looks like. */
export function writeAssertion(assertion: PasskeyAssertion): string {
  const json = canonicalize(assertion);
  if (json === undefined) throw new Error('An assertion without canonical form.');
  return json;
}

/** Accepts only what `writeAssertion` writes, byte for byte. */
export function readAssertion(words: string): PasskeyAssertion | undefined {
  const parsed = passkeyAssertion.safeParse(jsonOf(words));
  return parsed.success && writeAssertion(parsed.data) === words ? parsed.data : undefined;
}

function jsonOf(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

export const PASSKEY_STATES = ['active', 'suspended', 'removed'] as const;

/** Suspended: its counter went back, so that two authenticators may hold it. Both are for ever. */
export type PasskeyState = (typeof PASSKEY_STATES)[number];

/** How its owner was known when it was enrolled. */
export const PASSKEY_WAYS = ['terminal', 'link', 'provider', 'passkey'] as const;
export type PasskeyWay = (typeof PASSKEY_WAYS)[number];

/** A passkey as the server keeps it. */
export interface Passkey {
  readonly credentialId: string;
  readonly person: PersonName;
  /** COSE. */
  readonly publicKey: Uint8Array;
  readonly fingerprint: PasskeyFingerprint;
  readonly state: PasskeyState;
  /** On whose word it is its owner's, besides the configuration's: nobody but them and the owner knows who really holds it. */
  readonly standsOn: readonly PersonName[];
}

/** On whose word a passkey is its owner's now: one that sekisho.yaml lists stands on nobody's. */
export const standsOnNow = (
  { fingerprint, standsOn }: Pick<Passkey, 'fingerprint' | 'standsOn'>,
  owner: { readonly passkeys: readonly PasskeyFingerprint[] },
): readonly PersonName[] => (owner.passkeys.includes(fingerprint) ? [] : standsOn);
