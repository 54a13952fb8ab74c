import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochMs, type JsonObject, text } from '#core-values';
import { joinLeaf, leafHalves, NO_PREVIOUS_LEAF } from './entry.ts';
import { redactJson, redactWords } from './redaction.ts';

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Each with the part that must not be seen again. */
const CANARIES: Readonly<Record<string, readonly [words: string, secret: string]>> = {
  'a JSON web token': [
    'token eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJyZXBvIn0.c2lnbmF0dXJlLWJ5dGVz.',
    'eyJzdWIiOiJyZXBvIn0',
  ],
  'an AWS secret access key': ['key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY!', 'wJalrXUtnFEMI/K7MDENG'],
  'an AWS session token': [`IQoJb3JpZ2luX2VjE${'Ab1+/'.repeat(40)}==`, 'IQoJb3JpZ2lu'],
  'a private key': [`before ${pem} after`, pem.split('\n')[1] ?? ''],
  'a private key cut short': [pem.slice(0, 60), pem.split('\n')[1]?.slice(0, 20) ?? ''],
  'a GitHub token': [`ghs_${'a1B2'.repeat(9)}`, 'a1B2a1B2'],
  'a fine-grained GitHub token': [`github_pat_${'a1B2_'.repeat(9)}`, 'a1B2_a1B2'],
  'an authorization header': ['Authorization: Bearer 0123456789abcdef0123', '0123456789abcdef'],
  'a password in a URL': ['postgres://sekisho:hunter2@db.example.com/x', 'hunter2'],
  'a GitLab token': ['glpat-abcdefghij0123456789', 'abcdefghij0123'],
};

describe('evidence never carries', () => {
  for (const [name, [words, secret]] of Object.entries(CANARIES)) {
    test(`${name}, wherever in an entry it stands`, () => {
      const leaf = joinLeaf(
        leafHalves(
          {
            at: epochMs(0),
            kind: 'grant.refused',
            actor: { kind: 'workload', name: words, claims: { [words]: words } },
            subject: { other: words },
            outcome: 'denied',
            reasons: [{ rule: 'x.y', message: text(words, words) }],
            evidence: { deep: [{ list: [words] }], [words]: 1, text: `“${words}”` },
          },
          '1970-01-01T00:00:00.000Z',
        ),
        0,
        NO_PREVIOUS_LEAF,
      );
      expect(secret.length).toBeGreaterThan(5);
      expect(leaf).not.toContain(secret);
      expect(leaf).toContain('[redacted: ');
    });
  }

  test('members whose name says secret, whatever they look like', () => {
    for (const name of [
      'secretAccessKey',
      'AWS_SESSION_TOKEN',
      'password',
      'db_password',
      'id_token',
      'Authorization',
    ]) {
      expect(redactJson({ [name]: 'short' }), name).toEqual({ [name]: '[redacted: by its name]' });
    }
  });
});

describe('evidence keeps', () => {
  const harmless: readonly string[] = [
    'ab'.repeat(32),
    '3f786850e387550fdab836ed7e6dc881de23001b',
    'arn:aws:iam::111122223333:role/sekisho/apply',
    'repo:acme/shop:ref:refs/heads/main',
    'https://token.actions.githubusercontent.com',
    'acme/shop/.github/workflows/apply.yml@refs/heads/main',
    'SHA256:uNiVztksCsDhcc0u9e8BrrJkK9nTzLZAAAAAAAAAAAA',
    'grt_01890000-0000-7000-8000-000000000000',
    'modules/network/production/subnets/abcde',
    '関所',
  ];
  for (const words of harmless) {
    test(words, () => expect(redactWords(words)).toBe(words));
  }

  test('hashes of tokens, under their own name', () => {
    expect(redactJson({ tokenSha256: 'ab'.repeat(32) })).toEqual({ tokenSha256: 'ab'.repeat(32) });
  });

  test('an SSH signature whole, so that it can be verified again', () => {
    const line = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12';
    const armored = `-----BEGIN SSH SIGNATURE-----\n${line}\n${line}\n-----END SSH SIGNATURE-----\n`;
    expect(redactWords(line)).toContain('[redacted');
    expect(redactWords(armored)).toBe(armored);
    expect(redactWords(`${armored}${line}`)).toBe(`${armored}[redacted: AWS secret access key]`);
  });

  test('what a passkey said whole, so that it can be verified again', () => {
    const line = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12';
    const said = `{"authenticatorData":"${line}","clientDataJSON":"${line}","credentialId":"${line}","signature":"${line}"}`;
    expect(redactWords(said)).toBe(said);
    expect(redactWords(`${said}${line}`)).not.toContain(line);
    expect(redactWords(said.replace('signature', 'more'))).not.toContain(line);
  });
});

test('redacting twice changes nothing more, and long strings are cut', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const once = redactJson(value as JsonObject);
      expect(redactJson(once)).toEqual(once);
    }),
  );
  expect(redactWords('x'.repeat(20_000))).toBe(`${'x'.repeat(16_384)}[cut]`);
});
