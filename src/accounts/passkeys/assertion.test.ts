import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PasskeyAssertion, readAssertion, writeAssertion } from '../core/passkey.ts';
import { statementChallenge, verifyAssertion } from './assertion.ts';
import { passkeyParty } from './party.ts';
import { type KeyAlgorithm, type Lies, softwareAuthenticator } from './testing.ts';

const ORIGIN = 'https://sekisho.shop.example';
const party = passkeyParty(`${ORIGIN}/`, 'key of the server');
const ALGORITHMS: readonly KeyAlgorithm[] = ['ES256', 'EdDSA', 'RS256'];
const authenticators = ALGORITHMS.map((algorithm) => softwareAuthenticator({ origin: ORIGIN, algorithm }));
const [first] = authenticators;
if (first === undefined) throw new Error('no authenticator');
const challenge = statementChallenge('I approve of this plan.\n');

async function verdict(assertion: PasskeyAssertion, by = first, asked = challenge): Promise<string> {
  const verified = await verifyAssertion(assertion, {
    party,
    passkey: by ?? expect.unreachable(),
    challenge: asked,
  });
  return verified.ok ? 'good' : verified.error.rule;
}

describe('an assertion', () => {
  it.each(ALGORITHMS)('by a key of %s is good for its own statement', async (algorithm) => {
    const authenticator = softwareAuthenticator({ origin: ORIGIN, algorithm });
    expect(await verdict(authenticator.assert(challenge), authenticator)).toBe('good');
  });

  it('attack 24: is good for no other statement, however near', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.string(),
        fc.constantFrom(...authenticators),
        async (one, other, by) => {
          fc.pre(one !== other);
          const assertion = by.assert(statementChallenge(one));
          expect(await verdict(assertion, by, statementChallenge(one))).toBe('good');
          expect(await verdict(assertion, by, statementChallenge(other))).toBe('passkey.other-challenge');
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each<[string, Lies, string]>([
    ['was asked for by another site’s page', { origin: 'https://evil.example' }, 'passkey.other-origin'],
    ['was asked for by another port', { origin: `${ORIGIN}:8443` }, 'passkey.other-origin'],
    ['was asked for without TLS', { origin: 'http://sekisho.shop.example' }, 'passkey.other-origin'],
    ['was asked for in a frame of another site', { crossOrigin: true }, 'passkey.framed'],
    ['names the page it was framed by', { topOrigin: 'https://evil.example' }, 'passkey.framed'],
    ['answers another site', { rpId: 'shop.example' }, 'passkey.other-site'],
    ['verified nobody', { userVerified: false }, 'passkey.not-verified'],
    ['nobody was present for', { userPresent: false }, 'passkey.not-verified'],
    ['was made for enrolling', { type: 'webauthn.create' }, 'passkey.malformed'],
    ['was made for paying', { type: 'payment.get' }, 'passkey.malformed'],
  ])('is refused when it %s', async (_, lies, rule) => {
    expect(await verdict(first.assert(challenge, lies))).toBe(rule);
  });

  it('is refused when it was made by another passkey, whichever name it goes by', async () => {
    const other = softwareAuthenticator({ origin: ORIGIN });
    const assertion = other.assert(challenge);
    expect(await verdict(assertion)).toBe('passkey.unknown');
    expect(await verdict({ ...assertion, credentialId: first.credentialId })).toBe('passkey.bad-signature');
  });

  const made = authenticators.map((by) => ({ by, assertion: by.assert(challenge) }));
  const changedByte = (words: string, pick: number, flip: number): string => {
    const bytes = Buffer.from(words, 'base64url');
    const at = pick % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ flip;
    return bytes.toString('base64url');
  };

  it('is refused once any byte of what was signed is changed', async () => {
    const members = ['clientDataJSON', 'authenticatorData', 'credentialId'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...made),
        fc.constantFrom(...members),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async ({ by, assertion }, member, pick, flip) => {
          const changed = { ...assertion, [member]: changedByte(assertion[member], pick, flip) };
          expect(await verdict(changed, by)).not.toBe('good');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is refused once any byte of its signature is changed', async () => {
    // An ECDSA signature may be spelt in several ways (its encoding; the negative of `s`), each by nobody but who has the first.
    const oneSpelling = made.filter((_, at) => ALGORITHMS[at] !== 'ES256');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...oneSpelling),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async ({ by, assertion }, pick, flip) => {
          const signature = changedByte(assertion.signature, pick, flip);
          expect(await verdict({ ...assertion, signature }, by)).toBe('passkey.bad-signature');
        },
      ),
    );
    const assertion = first.assert(challenge);
    const last = Buffer.from(assertion.signature, 'base64url').length - 1;
    const signature = changedByte(assertion.signature, last, 1);
    expect(await verdict({ ...assertion, signature })).toBe('passkey.bad-signature');
  });

  it('is refused cut short or with bytes behind it', async () => {
    const assertion = first.assert(challenge);
    const data = Buffer.from(assertion.authenticatorData, 'base64url');
    for (const changed of [data.subarray(0, 36), Buffer.concat([data, Buffer.of(0)]), Buffer.of(1)]) {
      const authenticatorData = changed.toString('base64url');
      expect(await verdict({ ...assertion, authenticatorData })).not.toBe('good');
    }
  });
});

describe('the kept form of an assertion', () => {
  it('reads back as it was written, and in no other spelling', () => {
    const assertion = first.assert(challenge);
    const words = writeAssertion(assertion);
    expect(readAssertion(words)).toEqual(assertion);
    for (const other of [
      ` ${words}`,
      `${words}\n`,
      words.replace('"signature":"', '"signature":"='),
      words.replace('}', ',"more":"x"}'),
      JSON.stringify({ ...assertion, signature: `${assertion.signature}=` }),
      '-----BEGIN SSH SIGNATURE-----',
      '{}',
      '',
    ]) {
      expect(readAssertion(other), other.slice(0, 40)).toBeUndefined();
    }
  });

  it('has one spelling for the same bytes', () => {
    const words = writeAssertion({ ...first.assert(challenge), signature: 'AAB' });
    expect(readAssertion(words)).toBeUndefined();
    expect(readAssertion(words.replace('"AAB"', '"AAA"'))).toBeDefined();
  });
});
