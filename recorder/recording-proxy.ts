import { request as forward, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { type LocalServer, listen } from '../demo/stand-ins/listen.ts';
import ownAnswers from './own-answers.json' with { type: 'json' };

/** A request to AWS and what the stand-in answered, as they passed. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, not decoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** base64. */
  readonly body: string;
  readonly status: number;
  /** Text; long answers are cut off. */
  readonly answer: string;
}

const ANSWER_CHARACTERS = 20_000;

/** For operations that the stand-in does not know and the provider cannot do without. */
const BY_TARGET: Readonly<Record<string, unknown>> = ownAnswers.targets;
const BY_ACTION: Readonly<Record<string, string>> = ownAnswers.actions;
const BY_PATH = ownAnswers.paths.map((one) => ({ ...one, path: new RegExp(one.path) }));

function ownAnswer(method: string, target: string, headers: IncomingHttpHeaders, body: Buffer) {
  const [path = ''] = target.split('?');
  const byPath = BY_PATH.find((one) => one.method === method && one.path.test(path));
  if (byPath !== undefined)
    return answerOf('application/json', byPath.status === 204 ? '' : '{}', byPath.status);
  const json = BY_TARGET[headers['x-amz-target']?.toString() ?? ''];
  if (json !== undefined) return answerOf('application/x-amz-json-1.0', JSON.stringify(json));
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const action = isForm ? new URLSearchParams(body.toString('utf8')).get('Action') : null;
  const xml = BY_ACTION[action ?? ''];
  return xml === undefined ? undefined : answerOf('text/xml', xml);
}

const answerOf = (type: string, text: string, status = 200): Answer => ({
  status,
  headers: { 'content-type': type },
  bytes: Buffer.from(text),
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Records everything that passes on to the stand-in. `take` hands out what came since the last time. */
export interface RecordingProxy extends LocalServer {
  take(): readonly RecordedRequest[];
}

export async function startRecordingProxy(upstream: string): Promise<RecordingProxy> {
  let recorded: RecordedRequest[] = [];
  const { hostname, port } = new URL(upstream);
  const server = await listen(async (asked, response) => {
    const body = await bytesOf(asked);
    const { method = 'GET', url: target = '/', headers } = asked;
    const request = { hostname, port, method, path: target, headers };
    const answer = ownAnswer(method, target, headers, body) ?? (await passOn(request, body));
    recorded.push({
      method,
      target,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body: body.toString('base64'),
      status: answer.status,
      answer: answer.bytes.toString('utf8').slice(0, ANSWER_CHARACTERS),
    });
    response.writeHead(answer.status, answer.headers).end(answer.bytes);
  });
  return {
    ...server,
    take: () => {
      const taken = recorded;
      recorded = [];
      return taken;
    },
  };
}

/** With the client's own Host: the stand-in makes addresses (of queues) of it. */
const passOn = (options: RequestOptions, body: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const onward = forward(options, (got) => {
      bytesOf(got).then(
        (bytes) => resolve({ status: got.statusCode ?? 0, headers: got.headers, bytes }),
        reject,
      );
    });
    onward.once('error', reject);
    onward.end(body);
  });

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
