import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { handClock } from '../clock/index.ts';
import { createLogger, silentLogger } from '../logging/index.ts';
import { createMetrics } from '../metrics/index.ts';
import {
  type AddRoutes,
  createHttpApp,
  DEFAULT_ROUTE_LIMITS,
  type RunningServer,
  type ServeOptions,
  serveHttp,
} from './index.ts';

const open: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(routes: AddRoutes, options: Partial<ServeOptions> = {}, lines: string[] = []) {
  const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const app = createHttpApp({
    version: '0.0.0',
    logger,
    metrics: createMetrics({ processMetrics: false }),
    clock: handClock(),
    newRequestId: () => 'made-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [routes],
  });
  const server = await serveHttp(app, { host: '127.0.0.1', port: 0, logger: silentLogger, ...options });
  if (!server.ok) throw new Error(server.error.reasons[0].message.en);
  open.push(server.value);
  return server.value;
}

const none: AddRoutes = () => undefined;

const gate = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, lift: resolve };
};

describe('a server', () => {
  it('answers at the url it tells', async () => {
    const { url } = await start(none);
    expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok\n');
  });

  it('says which address is taken, and what to do', async () => {
    const { url } = await start(none);
    const app = createHttpApp({
      version: '0.0.0',
      logger: silentLogger,
      metrics: createMetrics({ processMetrics: false }),
      clock: handClock(),
      newRequestId: () => 'made-id-1',
      readiness: [],
      limits: { byDefault: DEFAULT_ROUTE_LIMITS },
      routes: [],
    });
    const port = Number(new URL(url).port);
    const second = await serveHttp(app, { host: '127.0.0.1', port, logger: silentLogger });
    expect(second).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });

  it('finishes what is running when it closes, and accepts nothing new', async () => {
    const [inside, mayEnd] = [gate(), gate()];
    const server = await start((app) => {
      app.get('/slow', async (c) => {
        inside.lift();
        await mayEnd.passed;
        return c.text('finished');
      });
    });
    const running = fetch(`${server.url}/slow`);
    await inside.passed;
    const closed = server.close();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    mayEnd.lift();
    expect(await (await running).text()).toBe('finished');
    await closed;
  });

  it('cuts what still runs at the deadline', async () => {
    const inside = gate();
    const server = await start(
      (app) => {
        app.get('/stuck', () => {
          inside.lift();
          return new Promise<Response>(() => undefined);
        });
      },
      { shutdownMs: 1 },
    );
    const running = fetch(`${server.url}/stuck`).then(
      () => 'answered',
      () => 'cut',
    );
    await inside.passed;
    await server.close();
    expect(await running).toBe('cut');
  });

  it('cuts a download that breaks off, and tells its reason only to the log, masked', async () => {
    const lines: string[] = [];
    const server = await start(
      (app) => {
        app.get('/download', (c) => {
          let pulls = 0;
          const body = new ReadableStream<Uint8Array>({
            pull: (controller) => {
              pulls += 1;
              if (pulls < 3) controller.enqueue(new TextEncoder().encode('part '));
              else controller.error(new Error('token=canary-hunter2'));
            },
          });
          return c.body(body, 200, { 'content-type': 'application/octet-stream' });
        });
      },
      {},
      lines,
    );
    const read = fetch(`${server.url}/download`).then((answer) => answer.text());
    await expect(read).rejects.toThrow();
    expect(lines.join('')).toContain('A download broke off');
    expect(lines.join('')).not.toContain('canary');
  });

  it('refuses heads larger than 32 KiB', async () => {
    const { url } = await start(none);
    const answer = await fetch(`${url}/healthz`, { headers: { 'x-big': 'x'.repeat(40_000) } });
    expect(answer.status).toBe(431);
  });

  it('drops a connection that never finishes its head', async () => {
    const { url } = await start(none, { headersTimeoutMs: 20, checkIntervalMs: 10 });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n');
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    let head = '';
    socket.on('data', (data) => {
      head += data.toString();
    });
    socket.on('close', () => resolve(head));
    expect(await ended).toMatch(/^HTTP\/1\.1 408/);
  });
});

describe('a body over a socket', () => {
  const length: AddRoutes = (app) => {
    app.post('/length', async (c) => c.json({ length: (await c.req.text()).length }));
  };
  const answersTo = async (request: string): Promise<string> => {
    const { url } = await start(length);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end(`POST /length HTTP/1.1\r\nHost: a\r\n${request}`);
    let words = '';
    for await (const chunk of socket) words += chunk;
    return words;
  };

  it('is as long as its head says, and the next request begins behind it', async () => {
    const next = 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const answers = await answersTo(`Content-Length: 4\r\n\r\ntrue${next}`);
    expect(answers).toContain('{"length":4}');
    expect(answers.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
  });

  it('in pieces, of which nobody said how long they are together, is taken as a whole', async () => {
    const pieces = '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';
    const head = 'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    expect(await answersTo(`${head}${pieces}`)).toContain('{"length":5}');
  });

  it('in pieces that are together too large is refused before its end', async () => {
    const piece = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
    const head = 'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    expect(await answersTo(`${head}${piece.repeat(3)}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is refused by what its head says, and read no further', async () => {
    const tooMany = DEFAULT_ROUTE_LIMITS.maxBodyBytes + 1;
    expect(await answersTo(`Content-Length: ${tooMany}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
  });
});
