import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handClock } from '../../clock/index.ts';
import { createLogger } from '../../logging/index.ts';
import { createMetrics } from '../../metrics/index.ts';
import { createHttpApp, DEFAULT_ROUTE_LIMITS, type HttpApp, readPages } from '../index.ts';

let folder: string;
let app: HttpApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-pages-'));
  await mkdir(join(folder, 'assets'));
  await Promise.all([
    writeFile(join(folder, 'secret.txt'), 'not a page'),
    writeFile(join(folder, 'index.html'), '<!doctype html>pages'),
    writeFile(join(folder, 'index.html.gz'), 'gzip'),
    writeFile(join(folder, 'assets/main-1a2b.js'), 'plain'),
    writeFile(join(folder, 'assets/main-1a2b.js.br'), 'brotli'),
    writeFile(join(folder, 'assets/main-1a2b.js.gz'), 'gzip'),
    writeFile(join(folder, 'assets/notes.txt'), 'not ours'),
  ]);
  app = await appWith(folder);
});
afterAll(() => rm(folder, { recursive: true }));

async function appWith(built: string): Promise<HttpApp> {
  const pages = await readPages(built);
  return createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'error', destination: { write: () => undefined } }),
    metrics: createMetrics({ processMetrics: false }),
    clock: handClock(),
    newRequestId: () => 'made-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [(routes) => void routes.get('/v1/things', (c) => c.json([]))],
    ...(pages === undefined ? {} : { pages }),
  });
}

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  app.request(path, { method, headers });
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the pages', () => {
  it('are one index, asked for anew each time', async () => {
    const answer = await ask('/');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(await answer.text()).toBe('<!doctype html>pages');
    const again = await ask('/', { 'if-none-match': answer.headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it.each(['/changes', '/changes/pl_1', '/sign-in?returnTo=%2F'])(
    'answer a browser at %s, because the page knows its own addresses',
    async (path) => {
      expect(await (await ask(path, BROWSER)).text()).toBe('<!doctype html>pages');
    },
  );

  it.each([
    ['/changes', {}],
    ['/v1/nothing', BROWSER],
    ['/assets/gone-1a2b.js', BROWSER],
    ['/assets/..%2Fsecret.txt', BROWSER],
    ['/assets/..%2findex.html', BROWSER],
    ['/assets/notes.txt', BROWSER],
    ['/.well-known/openid-configuration', BROWSER],
  ])('are not the answer to a program, nor to an unknown file or route: %s', async (path, headers) => {
    const answer = await ask(path, headers);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('are only read: what would change something finds nothing there', async () => {
    expect((await ask('/changes', BROWSER, 'POST')).status).toBe(404);
    expect((await ask('/', BROWSER, 'POST')).headers.get('allow')).toBe('GET');
    expect((await ask('/v1/things', BROWSER, 'POST')).status).toBe(404);
  });

  it('let no script or style run that is not a file of this server, and nobody frame them', async () => {
    for (const path of ['/', '/changes']) {
      const { headers } = await ask(path, BROWSER);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(policy).toContain("frame-ancestors 'none'; require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe|nonce|https?:|data:|\*/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('permissions-policy')).toContain('camera=()');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('do not exist where nothing was built', async () => {
    expect(await readPages(join(folder, 'nowhere'))).toBeUndefined();
    expect((await (await appWith(join(folder, 'nowhere'))).request('/', { headers: BROWSER })).status).toBe(
      404,
    );
  });
});

describe('a file of the pages', () => {
  it('is kept for ever, because another content has another name', async () => {
    const { headers } = await ask('/assets/main-1a2b.js');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(headers.get('vary')).toContain('Accept-Encoding');
  });

  it.each([
    ['gzip, deflate, br', 'br', 'brotli'],
    ['gzip', 'gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip', 'gzip'],
    ['identity', null, 'plain'],
    ['', null, 'plain'],
  ])('is sent as the browser takes it: %s', async (takes, encoding, words) => {
    const answer = await ask('/assets/main-1a2b.js', { 'accept-encoding': takes });
    expect(answer.headers.get('content-encoding')).toBe(encoding);
    expect(await answer.text()).toBe(words);
  });
});
