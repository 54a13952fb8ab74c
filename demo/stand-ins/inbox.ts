import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { bodyOf, type LocalServer, listen } from './listen.ts';

const told = z.object({ kind: z.string(), thread: z.string(), title: z.string() });

/** What arrived. */
export type Told = z.infer<typeof told>;

/** Stands in for whoever hears Sekisho's signed requests: verifies them by the published library, and keeps them. */
export interface Inbox extends LocalServer {
  /** Base64: for the server's environment. */
  readonly secret: string;
  /** In the order of arrival; a repetition counts once. */
  received(): readonly Told[];
}

export async function startInbox(): Promise<Inbox> {
  const secret = randomBytes(32).toString('base64');
  const receiver = new Webhook(secret);
  const received = new Map<string, Told>();
  const server = await listen(async (request, response) => {
    const body = await bodyOf(request);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    // Throws, and so answers 500, on a signature that is not ours.
    received.set(headers['webhook-id'] ?? '', told.parse(receiver.verify(body, headers)));
    response.writeHead(204).end();
  });
  return { ...server, secret, received: () => [...received.values()] };
}
