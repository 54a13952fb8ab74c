import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger, maskSecrets, redact } from './index.ts';

const JWT = `${'eyJhbGciOiJSUzI1NiJ9'}.${'eyJzdWIiOiJjYW5hcnkifQ'}.${'c2lnbmF0dXJlLWNhbmFyeQ'}`;
const KEY_ID = `AKIA${'IOSFODNN7EXAMPLE'}`;
const SECRET_KEY = `wJalrXUtnFEMI/K7MDENG/${'bPxRfiCYEXAMPLEKEY'}`;
const PEM = `-----BEGIN ${'OPENSSH PRIVATE'} KEY-----\nY2FuYXJ5LXBlbQ==\nbW9yZQ==\n-----END OPENSSH PRIVATE KEY-----`;
const SESSION = 'sks_canarysession1234567890';
const GRANT = 'skg_canarygrant1234567890';
const PLAIN = 'canary-hunter2';

const CANARIES = [
  JWT,
  'c2lnbmF0dXJlLWNhbmFyeQ',
  KEY_ID,
  SECRET_KEY,
  'Y2FuYXJ5LXBlbQ',
  'bW9yZQ==',
  SESSION,
  GRANT,
  PLAIN,
];

const logged = (write: (log: ReturnType<typeof createLogger>) => void): string => {
  const lines: string[] = [];
  write(createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } }));
  return lines.join('');
};

const silentOn = (output: string): void => {
  for (const canary of CANARIES) expect(output).not.toContain(canary);
};

describe('the log', () => {
  it('writes one line of JSON with level, time, message and fields', () => {
    const line = logged((log) => log.with({ requestId: 'r-1' }).info('hello', { count: 3 }));
    expect(JSON.parse(line)).toMatchObject({ level: 'info', message: 'hello', requestId: 'r-1', count: 3 });
    expect(line.trim().split('\n')).toHaveLength(1);
  });

  it('is silent below its level', () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(line) } });
    log.info('not shown');
    log.warn('shown');
    expect(lines).toHaveLength(1);
  });

  it.each([
    'authorization',
    'Authorization',
    'cookie',
    'Set-Cookie',
    'token',
    'idToken',
    'AWS_SESSION_TOKEN',
    'secretAccessKey',
    'sessionToken',
    'privateKey',
    'private_key',
    'password',
    'passwd',
    'X-Api-Key',
    'client_assertion',
    'requestBody',
    'body',
  ])('drops what stands under the key %s, at any depth', (key) => {
    silentOn(
      logged((log) =>
        log.info('x', { a: [{ b: { [key]: PLAIN } }], [key]: { deep: [PLAIN] }, m: new Map([[key, PLAIN]]) }),
      ),
    );
  });

  it('drops secret headers of a Headers object', () => {
    const headers = new Headers({ authorization: `Bearer ${PLAIN}`, cookie: PLAIN, accept: 'text/plain' });
    const output = logged((log) => log.info('x', { headers }));
    silentOn(output);
    expect(output).toContain('text/plain');
  });

  it.each(CANARIES.filter((canary) => canary !== PLAIN && canary.length > 20 && !canary.startsWith('c2l')))(
    'masks what has the shape of a secret in messages, fields, keys and errors: %#',
    (canary) => {
      const error = new Error(`failed with ${canary}`, { cause: new TypeError(`because ${canary}`) });
      silentOn(
        logged((log) => {
          log.error(`message ${canary}`, { error, note: `"${canary}"`, list: [canary], [canary]: 1 });
          log.error('x', { error: new AggregateError([error], canary) });
        }),
      );
    },
  );

  it('masks a private key over several lines', () => {
    silentOn(logged((log) => log.info(PEM, { note: `before ${PEM} after`, error: new Error(PEM) })));
  });

  it.each([
    `password=${PLAIN}`,
    `"secretAccessKey": "${PLAIN}"`,
    `AWS_SECRET_ACCESS_KEY=${PLAIN}`,
    `https://example.com/callback?token=${PLAIN}&x=1`,
    `https://example.com/?X-Amz-Signature=${PLAIN}`,
    `postgres://user:${PLAIN}@db.example.com/sekisho`,
    `Authorization: Bearer ${PLAIN}`,
    `authorization: basic ${PLAIN}`,
  ])('masks assignments and addresses: %s', (words) => {
    silentOn(maskSecrets(words));
    silentOn(logged((log) => log.warn(words, { url: words, error: new Error(words) })));
  });

  it('drops the query of a URL object', () => {
    silentOn(logged((log) => log.info('x', { url: new URL(`https://example.com/a?q=${PLAIN}`) })));
  });

  it('never writes bytes, requests or responses', () => {
    const fields = {
      bytes: new TextEncoder().encode(PLAIN),
      request: new Request('https://example.com', { method: 'POST', body: PLAIN }),
      response: new Response(PLAIN),
    };
    silentOn(logged((log) => log.info('x', fields)));
  });

  it('leaves ids, commits, digests and hashes readable', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const digest = 'a'.repeat(32) + '0123456789abcdef'.repeat(2);
    const words = `stack shop-staging at ${commit}, plan ${digest}, account 111111111111`;
    expect(maskSecrets(words)).toBe(words);
    expect(redact({ tokenHash: digest, keyCount: 2 })).toEqual({ tokenHash: digest, keyCount: 2 });
  });

  it('survives whatever it is given: cycles, getters that throw, deep nesting', () => {
    const cycle: Record<string, unknown> = { name: 'x' };
    cycle.self = cycle;
    const hostile = {
      get broken(): string {
        throw new Error(PLAIN);
      },
    };
    const output = logged((log) => log.info('x', { cycle, hostile, big: 10n, none: undefined }));
    expect(JSON.parse(output)).toMatchObject({ cycle: { self: '[circular]' }, hostile: '[unreadable]' });
    silentOn(output);
  });

  it('never throws and always writes JSON, whatever the fields', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.string(), (fields, message) => {
        expect(() => JSON.parse(logged((log) => log.info(message, fields)))).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });

  it('gets through long hostile words without stalling the test', () => {
    for (const word of ['-----BEGIN ', 'eyJ', 'a.', 'password', 'secret_', '//', 'x'.repeat(40)]) {
      expect(maskSecrets(word.repeat(4000)).length).toBeLessThan(20_000);
    }
  });
});
