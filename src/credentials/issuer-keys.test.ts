import { beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import { EXAMPLE_ISSUER } from './core/example-stack.ts';
import { type IssuerKeys, issuerKeys } from './issuer-keys.ts';
import { type StandInIssuer, standInIssuer } from './stand-in-issuer.ts';

const ISSUER = EXAMPLE_ISSUER.url;
const MINUTE = 60_000;
let now = 0;
let issuer: StandInIssuer;
let keys: IssuerKeys;

beforeEach(async () => {
  now = 1_800_000_000_000;
  issuer = await standInIssuer();
  keys = issuerKeys({ clock: { now: () => epochMs(now) }, fetch: issuer.fetch, timeoutMs: 200 });
});

const find = async (keyId: string): Promise<'found' | 'unknown' | string> => {
  const outcome = await keys.find(ISSUER, keyId);
  if (!outcome.ok) return `${outcome.error.code}: ${outcome.error.reasons[0].message.en}`;
  return outcome.value === undefined ? 'unknown' : 'found';
};

const failing = (): Response => new Response('', { status: 500 });

describe('keys of an issuer', () => {
  it('are asked for once by many at the same time, and cached', async () => {
    expect(await Promise.all(Array.from({ length: 20 }, () => find('key-1')))).toEqual(
      Array(20).fill('found'),
    );
    now += 9 * MINUTE;
    await find('key-1');
    expect(issuer.asked).toEqual([`${ISSUER}/.well-known/openid-configuration`, `${ISSUER}/keys`]);
  });

  it('follow a rotation: an unknown key id is asked for again, with a cool-down', async () => {
    await find('key-1');
    await issuer.rotate('key-2', true);
    expect(await find('key-2')).toBe('unknown');
    now += 30_000;
    expect(await find('key-2')).toBe('found');
    const asked = issuer.asked.length;
    for (let id = 0; id < 50; id++) expect(await find(`guess-${id}`)).toBe('unknown');
    expect(issuer.asked.length).toBe(asked);
  });

  it('forget a key that the issuer withdrew', async () => {
    await find('key-1');
    await issuer.rotate('key-2');
    now += 10 * MINUTE;
    expect(await find('key-1')).toBe('unknown');
  });

  it('are denied, saying so, when the issuer cannot be asked (attack 16)', async () => {
    issuer.breakWith(failing);
    expect(await find('key-1')).toMatch(/^denied: Denied, because the keys of issuer .* HTTP 500/);
  });

  it('serve on for an hour while the issuer does not answer, and no longer', async () => {
    await find('key-1');
    issuer.breakWith(failing);
    now += 59 * MINUTE;
    expect(await find('key-1')).toBe('found');
    now += 1 * MINUTE;
    expect(await find('key-1')).toMatch(/^denied/);
    issuer.breakWith(undefined);
    now += 2 * MINUTE;
    expect(await find('key-1')).toBe('found');
  });

  it('are not asked for in a hail while the issuer fails', async () => {
    issuer.breakWith(failing);
    for (let second = 0; second < 120; second++) {
      await find('key-1');
      now += 1000;
    }
    expect(issuer.asked.length).toBeLessThanOrEqual(9);
  });

  it.each([
    [
      'a document of another issuer',
      () => Response.json({ issuer: 'https://evil.example', jwks_uri: `${ISSUER}/keys` }),
      /names another issuer/,
    ],
    [
      'keys over plain http',
      () => Response.json({ issuer: ISSUER, jwks_uri: 'http://token.actions.example/keys' }),
      /is not https/,
    ],
    ['something that is no JSON', () => new Response('<html>'), /not valid JSON/],
    [
      'a document of the wrong form',
      () => Response.json({ issuer: ISSUER, jwks_uri: 7 }),
      /not of the standard form/,
    ],
    [
      'an endless document',
      () => new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(65_536)) })),
      /larger than 262144 bytes/,
    ],
    ['a network failure', () => Promise.reject(new TypeError('fetch failed')), /fetch failed/],
  ])('are denied after %s', async (_, failure, why) => {
    issuer.breakWith(failure);
    const outcome = await find('key-1');
    expect(outcome).toMatch(/^denied/);
    expect(outcome).toMatch(why);
  });

  it('are only public signature keys of accepted kinds, each under one id', async () => {
    const answers = [
      Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys` }),
      Response.json({
        keys: [
          { kty: 'oct', kid: 'secret', k: 'AAAA', alg: 'HS256' },
          { kty: 'EC', crv: 'P-256', kid: 'broken', x: 'AAAA', y: 'AAAA' },
          { kty: 'RSA', kid: 'encrypting', use: 'enc', n: 'AAAA', e: 'AQAB' },
        ],
      }),
    ];
    issuer.breakWith(() => answers.shift() ?? failing());
    expect(await find('secret')).toMatch(/^denied.*no usable key/);
  });
});
