import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import { issuerDocuments, type OwnKey, publishedKeys, signingKey } from './issuer-documents.ts';

const DAY = 24 * 3_600_000;
const key = (keyId: string, createdAt: number): OwnKey => ({
  keyId,
  createdAt: epochMs(createdAt),
  publicJwk: { kty: 'RSA', n: 'n', e: 'AQAB' },
});
const first = key('first', 0);
const second = key('second', 10 * DAY);

describe('the keys of Sekisho’s own issuer', () => {
  it('sign at once when there is only one, and a day after publication otherwise', () => {
    expect(signingKey([], epochMs(0))).toBeUndefined();
    expect(signingKey([first], epochMs(0))).toBe(first);
    expect(signingKey([second, first], epochMs(11 * DAY - 1))).toBe(first);
    expect(signingKey([first, second], epochMs(11 * DAY))).toBe(second);
  });

  it('stay published for a day after the next one took over', () => {
    const ids = (now: number) => publishedKeys([first, second], epochMs(now)).map(({ keyId }) => keyId);
    expect(ids(10 * DAY)).toEqual(['second', 'first']);
    expect(ids(12 * DAY - 1)).toEqual(['second', 'first']);
    expect(ids(12 * DAY)).toEqual(['second']);
  });

  it('are always published when they sign', () => {
    const ages = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(ages, fc.integer({ min: 0, max: 60 }), (days, today) => {
        const keys = days.map((day) => key(`k${day}`, day * DAY));
        const now = epochMs(today * DAY);
        expect(publishedKeys(keys, now)).toContain(signingKey(keys, now));
      }),
    );
  });

  it('are published without anything private', () => {
    const documents = issuerDocuments('https://issuer.example', [first], epochMs(0));
    expect(documents['.well-known/openid-configuration']).toMatchObject({
      issuer: 'https://issuer.example',
      jwks_uri: 'https://issuer.example/keys.json',
    });
    expect(documents['keys.json']).toEqual({
      keys: [{ kty: 'RSA', n: 'n', e: 'AQAB', kid: 'first', alg: 'RS256', use: 'sig' }],
    });
  });
});
