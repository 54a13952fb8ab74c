import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { err, ok, type Problem, problem, type Result, verbatim } from '#core-values';
import {
  type AwsCredentials,
  type LoopbackCredentials,
  serveLoopbackCredentials,
} from './loopback-credentials.ts';

const CREDENTIALS: AwsCredentials = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'canary-secret',
  sessionToken: 'canary-token',
  expiration: '2026-11-22T10:00:00.000Z',
};
let served: LoopbackCredentials | undefined;

afterEach(async () => {
  await served?.close();
  served = undefined;
});

async function serve(
  answer: Result<AwsCredentials, Problem> = ok(CREDENTIALS),
): Promise<LoopbackCredentials> {
  served = await serveLoopbackCredentials(async () => answer);
  return served;
}

/** `fetch` sets `host` by itself; this does not. */
function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: { connection: 'close', ...headers } }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('loopback credentials', () => {
  it('are given to whoever has the token, as the SDKs expect them', async () => {
    const { url, authorization } = await serve();
    const { status, body } = await ask(url, { authorization });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: 'canary-secret',
      Token: 'canary-token',
      Expiration: '2026-11-22T10:00:00.000Z',
    });
  });

  it('are on 127.0.0.1 only, with another port and token every time', async () => {
    const first = await serve();
    const second = await serveLoopbackCredentials(async () => ok(CREDENTIALS));
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:[0-9]+\/credentials$/);
    expect(second.authorization).not.toBe(first.authorization);
    expect(first.authorization.length).toBe(43);
    await second.close();
  });

  it('are refused without the token, to other hosts’ names, to pages of a browser and by other verbs', async () => {
    const { url, authorization } = await serve();
    const refused: readonly (readonly [string, Readonly<Record<string, string>>, string?])[] = [
      [url, {}],
      [url, { authorization: '' }],
      [url, { authorization: `${authorization}x` }],
      [url, { authorization: `Bearer ${authorization}` }],
      [url, { authorization, host: 'evil.example' }],
      [url, { authorization, host: 'localhost' }],
      [url, { authorization, origin: 'https://evil.example' }],
      [`${url}/`, { authorization }],
      [url.replace('/credentials', '/'), { authorization }],
      [url, { authorization }, 'POST'],
    ];
    for (const [address, headers, method] of refused) {
      const { status, body } = await ask(address, headers, method);
      expect(status).toBe(403);
      expect(body).not.toContain('canary');
    }
  });

  it('say why there are none', async () => {
    const why = problem('denied', {
      rule: 'x',
      message: verbatim('the grant is over'),
      remedy: verbatim('plan again'),
    });
    const { url, authorization } = await serve(err(why));
    const { status, body } = await ask(url, { authorization });
    expect(status).toBe(503);
    expect(body).toContain('the grant is over');
  });
});
