import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Asking } from '../ask.ts';

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly form: URLSearchParams;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that stands in for another system. */
export async function standIn(answer: (asked: Asked) => Answer) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const url = new URL(request.url ?? '/', 'http://localhost');
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    const {
      status,
      body,
      headers: given,
    } = answer({ path: url.pathname, query: url.searchParams, headers, form });
    response.writeHead(status, { 'content-type': 'application/json', ...given });
    response.end(body === undefined ? '' : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((closed) => server.close(closed)),
  };
}

/** Waits for nothing; what would have been waited is kept. */
export function impatient(): Asking & { readonly pauses: readonly number[] } {
  const pauses: number[] = [];
  return {
    fetch,
    pause: async (ms) => {
      pauses.push(ms);
    },
    dice: () => 0.5,
    pauses,
  };
}
