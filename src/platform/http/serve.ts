import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { err, ok, type Problem, type Result } from '#core-values';
import type { Logger } from '../logging/index.ts';
import type { HttpApp } from './app.ts';
import { cannotListen } from './problems.ts';

export interface ServeOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly logger: Logger;
  /** From the connection to the end of the request's head. */
  readonly headersTimeoutMs?: number;
  /** From the connection to the end of the request's body. */
  readonly requestTimeoutMs?: number;
  /** How often the two above are looked at. */
  readonly checkIntervalMs?: number;
  /** How long running requests may go on after `close()`. */
  readonly shutdownMs?: number;
}

export interface RunningServer {
  /** With the port it got: `http://127.0.0.1:8420`. */
  readonly url: string;
  /** Stops accepting, lets running requests finish until the deadline, then cuts them. */
  close(): Promise<void>;
}

/** Listens; the error is `unavailable` when the address is taken or not ours. */
export async function serveHttp(
  app: HttpApp,
  options: ServeOptions,
): Promise<Result<RunningServer, Problem>> {
  const server = createServer(
    {
      headersTimeout: options.headersTimeoutMs ?? 10_000,
      requestTimeout: options.requestTimeoutMs ?? 120_000,
      connectionsCheckingInterval: options.checkIntervalMs ?? 5_000,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 32 * 1024,
    },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  const listening = await listen(server, options);
  if (!listening.ok) return listening;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return ok({
    url: `http://${host}:${port}`,
    close: () => closeWithin(server, options.shutdownMs ?? 20_000, options.logger),
  });
}

const listen = (server: Server, { host, port, logger }: ServeOptions): Promise<Result<void, Problem>> =>
  new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(err(cannotListen(host, port, error.code ?? error.name)));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      server.on('error', (error) => logger.error('The HTTP server failed', { error }));
      resolve(ok(undefined));
    });
  });

const closeWithin = (server: Server, shutdownMs: number, logger: Logger): Promise<void> =>
  new Promise((resolve) => {
    // A connection kept alive becomes idle only after its last answer.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const cut = setTimeout(() => {
      logger.warn('Requests were still running at the end of the shutdown and were cut', { shutdownMs });
      server.closeAllConnections();
    }, shutdownMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(cut);
      resolve();
    });
  });
