import { describe, expect, it } from 'vitest';
import { type AuditEntryId, parseAuditEntryId, problem, text } from '#core-values';
import { handClock } from '../clock/index.ts';
import { createLogger } from '../logging/index.ts';
import { createMetrics } from '../metrics/index.ts';
import {
  type AddRoutes,
  createHttpApp,
  createRoute,
  DEFAULT_ROUTE_LIMITS,
  type HttpAppOptions,
  problemResponse,
  problemResponses,
  z,
} from './index.ts';
import { problemDocumentSchema } from './problem-document.ts';

const problemOf = async (answer: Response) => problemDocumentSchema.parse(await answer.json());

const CANARY = 'canary-hunter2';
const ENTRY: AuditEntryId | undefined = parseAuditEntryId('42');

const denied = problem('denied', {
  rule: 'grant.commit-mismatch',
  message: text('Another commit.', '別のコミットです。'),
  remedy: text('Plan again.', 'プランを作り直してください。'),
});

const echo = createRoute({
  method: 'post',
  path: '/v1/echo/{id}',
  summary: 'Echo',
  request: {
    params: z.object({ id: z.string().regex(/^[a-z]+$/) }),
    body: {
      required: true,
      content: {
        'application/json': { schema: z.strictObject({ count: z.int(), tags: z.array(z.string()) }) },
      },
    },
  },
  responses: {
    200: { description: 'Echoed', content: { 'application/json': { schema: z.object({ count: z.int() }) } } },
    ...problemResponses,
  },
});

const routes: AddRoutes = (app) => {
  app.openapi(echo, (c) => {
    const { count } = c.req.valid('json');
    if (count === 13) return problemResponse(c, denied, ENTRY === undefined ? {} : { auditEntry: ENTRY });
    return c.json({ count }, 200);
  });
  app.get('/boom', () => {
    throw new Error(`secret ${CANARY}`, { cause: new Error(`password=${CANARY}`) });
  });
  app.post('/v1/plans', async (c) => c.text(String((await c.req.arrayBuffer()).byteLength)));
  app.get('/hang', () => new Promise<Response>(() => undefined));
};

function harness(overrides: Partial<HttpAppOptions> = {}) {
  const lines: string[] = [];
  let ids = 0;
  const metrics = createMetrics({ processMetrics: false });
  const app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    metrics,
    clock: handClock(),
    newRequestId: () => `made-id-${++ids}`,
    readiness: [],
    limits: {
      byDefault: DEFAULT_ROUTE_LIMITS,
      byRoute: { 'POST /v1/plans': { maxBodyBytes: 1_000_000 }, 'GET /hang': { timeoutMs: 1 } },
    },
    routes: [routes],
    ...overrides,
  });
  return { app, lines, metrics };
}

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('request ids', () => {
  it('are made when the caller has none, and stand in the answer and in every log line', async () => {
    const { app, lines } = harness();
    const answer = await app.request('/healthz');
    expect(answer.headers.get('x-request-id')).toBe('made-id-1');
    expect(lines.map((line) => JSON.parse(line).requestId)).toEqual(['made-id-1']);
  });

  it('are kept when the caller’s is well formed', async () => {
    const answer = await harness().app.request('/healthz', { headers: { 'x-request-id': 'abc-12345678' } });
    expect(answer.headers.get('x-request-id')).toBe('abc-12345678');
  });

  it.each(['short', 'has space in it', `x${'y'.repeat(200)}`, 'a"b:{}cdefgh', 'sks_canarysession1234567890'])(
    'are replaced when the caller’s is not: %s',
    async (id) => {
      const answer = await harness().app.request('/healthz', { headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toBe('made-id-1');
    },
  );
});

describe('a problem', () => {
  it('is an RFC 9457 document with code, reasons, request id and audit entry', async () => {
    const answer = await harness().app.request('/v1/echo/a', post({ count: 13, tags: [] }));
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toEqual({
      type: 'urn:sekisho:problem:denied',
      title: 'Denied',
      status: 403,
      code: 'denied',
      detail: 'Another commit.',
      reasons: [{ rule: 'grant.commit-mismatch', message: 'Another commit.', remedy: 'Plan again.' }],
      requestId: 'made-id-1',
      auditEntry: '42',
    });
  });

  it('speaks the language of Accept-Language', async () => {
    const answer = await harness().app.request(
      '/v1/echo/a',
      post({ count: 13, tags: [] }, { 'accept-language': 'ja,en;q=0.5' }),
    );
    expect(answer.headers.get('content-language')).toBe('ja');
    expect(answer.headers.get('vary')).toContain('Accept-Language');
    expect(await answer.json()).toMatchObject({ title: '拒否されました', detail: '別のコミットです。' });
  });

  it('names the JSON path of each fault of an invalid body, at most once each', async () => {
    const answer = await harness().app.request('/v1/echo/a', post({ count: 'x', tags: ['a', 7], extra: 1 }));
    expect(answer.status).toBe(400);
    const { code, reasons } = await problemOf(answer);
    expect(code).toBe('bad-input');
    expect(reasons.map(({ rule, message }) => `${rule} ${message}`)).toEqual([
      'request.wrong-type body.count: This must be a number.',
      'request.wrong-type body.tags[1]: This must be text, but without quotes it is read as a number or as true/false.',
      'request.unknown-key body.extra: There is no key `extra` here.',
    ]);
  });

  it('says which key of the body is missing, and which part of the path is wrong', async () => {
    const { app } = harness();
    const missing = await problemOf(await app.request('/v1/echo/a', post({ count: 1 })));
    expect(missing.reasons[0]).toMatchObject({ rule: 'request.missing-key', remedy: 'Add `tags:` here.' });
    const path = await problemOf(await app.request('/v1/echo/A1', post({ count: 1, tags: [] })));
    expect(path).toMatchObject({ code: 'bad-input' });
    expect(path.reasons[0]?.message).toMatch(/^path\.id: /);
  });

  it.each([
    ['broken JSON', post('{"count":')],
    ['another content type', post('count=1', { 'content-type': 'application/x-www-form-urlencoded' })],
    ['no content type', { method: 'POST', body: new Uint8Array([1, 2, 3]) }],
    ['no body', { method: 'POST' }],
  ])('is the answer to %s', async (_, init) => {
    const answer = await harness().app.request('/v1/echo/a', init);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'bad-input' });
  });

  it('is the answer to an unknown route, and to an unknown method with what is allowed', async () => {
    const { app } = harness();
    const route = await app.request('/nowhere');
    expect(route.status).toBe(404);
    expect((await problemOf(route)).reasons[0]?.rule).toBe('request.no-such-route');
    const method = await app.request('/v1/echo/a', { method: 'DELETE' });
    expect(method.headers.get('allow')).toBe('POST');
    expect((await problemOf(method)).reasons[0]?.rule).toBe('request.no-such-method');
  });

  it('tells nothing of what an unhandled exception said, and the log keeps it without its secrets', async () => {
    const { app, lines } = harness();
    const answer = await app.request('/boom');
    const body = await answer.text();
    expect(answer.status).toBe(500);
    expect(body).not.toContain('secret');
    expect(JSON.parse(body)).toMatchObject({ code: 'internal', requestId: 'made-id-1' });
    expect(JSON.parse(body).reasons[0].remedy).toContain('made-id-1');
    expect(lines.join('')).toContain('failed unexpectedly');
    expect(lines.join('')).toContain('made-id-1');
    expect(lines.join('')).not.toContain(`password=${CANARY}`);
  });
});

describe('limits', () => {
  it('refuse a body that says it is too large', async () => {
    const body = 'x'.repeat(DEFAULT_ROUTE_LIMITS.maxBodyBytes + 1);
    const answer = await harness().app.request(
      '/v1/echo/a',
      post(body, { 'content-length': String(body.length) }),
    );
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'too-large' });
  });

  it('refuse a body that turns out too large while it streams', async () => {
    const chunk = new Uint8Array(16 * 1024);
    let left = 6;
    const body = new ReadableStream({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    });
    const answer = await harness().app.request('/v1/echo/a', {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(413);
  });

  it('are wider where a route says so', async () => {
    const body = new Uint8Array(500_000);
    const answer = await harness().app.request('/v1/plans', { method: 'POST', body });
    expect(await answer.text()).toBe('500000');
  });

  it('end a request that takes too long', async () => {
    const answer = await harness().app.request('/hang');
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ code: 'timeout' });
  });
});

describe('the log of a request', () => {
  it('holds method, pattern, path, status and time, and nothing that was sent', async () => {
    const { app, lines } = harness();
    await app.request(
      `/v1/echo/a?token=${CANARY}`,
      post(
        { count: 1, tags: [CANARY] },
        { authorization: `Bearer ${CANARY}`, cookie: CANARY, 'user-agent': CANARY },
      ),
    );
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      level: 'info',
      message: 'request',
      method: 'POST',
      route: '/v1/echo/:id',
      path: '/v1/echo/a',
      status: 200,
    });
    expect(lines.join('')).not.toContain(CANARY);
  });
});

describe('health and metrics', () => {
  it('answer that the process lives', async () => {
    expect(await (await harness().app.request('/healthz')).text()).toBe('ok\n');
  });

  it('name what is not ready, without saying why', async () => {
    const { app, lines } = harness({
      readiness: [
        { name: 'database', check: () => Promise.reject(new Error(CANARY)) },
        { name: 'configuration', check: () => Promise.resolve(true) },
      ],
    });
    const answer = await app.request('/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ ready: false, checks: { database: false, configuration: true } });
    expect(lines.join('')).toContain('Not ready');
  });

  it('measure requests by pattern, not by path', async () => {
    const { app } = harness();
    await app.request('/v1/echo/a', post({ count: 1, tags: [] }));
    await app.request('/nowhere/at/all');
    const text = await (await app.request('/metrics')).text();
    expect(text).toContain(
      'http_request_duration_seconds_count{route="/v1/echo/:id",method="POST",status="200"} 1',
    );
    expect(text).toContain(
      'http_request_duration_seconds_count{route="(none)",method="(any)",status="404"} 1',
    );
    expect(text).not.toContain('/nowhere');
  });
});

describe('the API document', () => {
  it('is generated from the routes', async () => {
    const document: unknown = await (await harness().app.request('/v1/openapi.json')).json();
    expect(document).toHaveProperty('openapi', '3.1.0');
    const echoed = ['paths', '/v1/echo/{id}', 'post', 'responses', 'default', 'content'];
    expect(document).toHaveProperty([...echoed, 'application/problem+json']);
    expect(document).toHaveProperty(['components', 'schemas', 'Problem']);
  });

  it('cannot describe a body that would not be checked', () => {
    const body = { content: { 'application/json': { schema: z.object({}) } } };
    expect(() =>
      createRoute({
        method: 'post',
        path: '/x',
        request: { body },
        responses: { 204: { description: 'x' } },
      }),
    ).toThrow('required: true');
  });
});

describe('safe headers', () => {
  it.each(['/healthz', '/nowhere', '/boom'])('stand in every answer: %s', async (path) => {
    const { headers } = await harness().app.request(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-request-id')).toBeTruthy();
  });
});
