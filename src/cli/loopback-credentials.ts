import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Problem, Result } from '#core-values';

/** As AWS SDKs take them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** ISO 8601. */
  readonly expiration: string;
}

export interface LoopbackCredentials {
  /** AWS_CONTAINER_CREDENTIALS_FULL_URI */
  readonly url: string;
  /** AWS_CONTAINER_AUTHORIZATION_TOKEN */
  readonly authorization: string;
  close(): Promise<void>;
}

/**
 * Serves credentials to a child process by the container-credentials protocol, from memory: on 127.0.0.1 only, on a random port,
 * to whoever has the random token. `current` is asked every time, so it may renew.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export async function serveLoopbackCredentials(
  current: () => Promise<Result<AwsCredentials, Problem>>,
): Promise<LoopbackCredentials> {
  const authorization = randomBytes(32).toString('base64url');
  let host = '';
  const server = createServer(async (request, response) => {
    const answer = isAllowed(request, host, authorization) ? await current() : undefined;
    response.setHeader('content-type', 'application/json');
    response.setHeader('cache-control', 'no-store');
    if (answer === undefined) {
      response.writeHead(403).end('{"code":"Forbidden","message":"not for you"}');
    } else if (!answer.ok) {
      const message = answer.error.reasons[0].message.en;
      response.writeHead(503).end(JSON.stringify({ code: 'Unavailable', message }));
    } else {
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = answer.value;
      const body = {
        ...{ AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey },
        ...{ Token: sessionToken, Expiration: expiration },
      };
      response.writeHead(200).end(JSON.stringify(body));
    }
  });
  server.requestTimeout = 5_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listening on no port');
  host = `127.0.0.1:${address.port}`;
  return {
    url: `http://${host}/credentials`,
    authorization,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A browser page cannot set `authorization` across origins; the rest stops DNS rebinding. */
function isAllowed({ method, url, headers }: IncomingMessage, host: string, authorization: string): boolean {
  return (
    method === 'GET' &&
    url === '/credentials' &&
    headers.host === host &&
    headers.origin === undefined &&
    sameSecret(headers.authorization ?? '', authorization)
  );
}

const sha256 = (words: string): Buffer => createHash('sha256').update(words).digest();

const sameSecret = (one: string, other: string): boolean => timingSafeEqual(sha256(one), sha256(other));
