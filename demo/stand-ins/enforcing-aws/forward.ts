import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** Hands a request on as it came (a body that was read already, or the rest of the stream) and gives back the answer unread. */
export function forward(
  endpoint: string,
  incoming: IncomingMessage,
  body: Uint8Array | undefined,
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      hostname,
      port,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.rawHeaders,
      setHost: false,
    });
    outgoing.once('error', reject);
    outgoing.once('response', resolve);
    if (body !== undefined) outgoing.end(body);
    else pipeline(incoming, outgoing).catch(reject);
  });
}

/** Passes an answer on as it is. */
export async function answerWith(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
  await pipeline(answer, response);
}

export async function bytesOf(message: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
