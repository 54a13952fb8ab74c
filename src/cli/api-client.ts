import { z } from 'zod';
import {
  ERROR_KINDS,
  err,
  type Json,
  type Language,
  ok,
  type Problem,
  problem,
  type Reason,
  type Result,
  text,
  verbatim,
} from '#core-values';

/** Speaks to a Sekisho server; every failure, the network's included, is a `Problem` with a remedy. */
export interface ApiClient {
  get(path: string): Promise<Result<Json, Problem>>;
  post(path: string, body: Json | Uint8Array): Promise<Result<Json, Problem>>;
  /** The body as it arrives, for downloads. */
  stream(path: string): Promise<Result<ReadableStream<Uint8Array>, Problem>>;
}

export interface ApiClientOptions {
  readonly baseUrl: string;
  readonly language: Language;
  /** Asked for every request, because a workload's token serves only once; `undefined` sends none. */
  readonly authorization: () => Promise<Result<string | undefined, Problem>>;
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;

export function apiClient(options: ApiClientOptions): ApiClient {
  const call = async (path: string, init: RequestInit): Promise<Result<Response, Problem>> => {
    const authorization = await options.authorization();
    if (!authorization.ok) return authorization;
    const headers = new Headers(init.headers);
    headers.set('accept-language', options.language);
    if (authorization.value !== undefined) headers.set('authorization', `Bearer ${authorization.value}`);
    const signal = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    try {
      const response = await fetch(new URL(path, options.baseUrl), { ...init, headers, signal });
      return response.ok ? ok(response) : err(await problemOf(response));
    } catch (cause) {
      return err(unreachable(options.baseUrl, cause));
    }
  };
  const json = async (answer: Result<Response, Problem>): Promise<Result<Json, Problem>> => {
    if (!answer.ok) return answer;
    const body = jsonOf(await answer.value.text());
    return body === undefined ? err(unreadable(options.baseUrl, answer.value.status)) : ok(body);
  };
  return {
    get: async (path) => json(await call(path, { method: 'GET' })),
    post: async (path, body) => json(await call(path, { method: 'POST', ...encode(body) })),
    stream: async (path) => {
      const answer = await call(path, { method: 'GET' });
      if (!answer.ok) return answer;
      const { body, status } = answer.value;
      return body === null ? err(unreadable(options.baseUrl, status)) : ok(body);
    },
  };
}

const encode = (body: Json | Uint8Array): Pick<RequestInit, 'body' | 'headers'> =>
  body instanceof Uint8Array
    ? { body: new Uint8Array(body), headers: { 'content-type': 'application/octet-stream' } }
    : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };

function jsonOf(words: string): Json | undefined {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

const codes = Object.keys(ERROR_KINDS);

/** RFC 9457 as `platform/http` writes it. The server has already chosen the language. */
const problemDocument = z.object({
  code: z.string().refine((code): code is Problem['code'] => codes.includes(code)),
  reasons: z.array(z.object({ rule: z.string(), message: z.string(), remedy: z.string() })).min(1),
});

async function problemOf(response: Response): Promise<Problem> {
  const document = problemDocument.safeParse(jsonOf(await response.text()));
  if (!document.success) return unreadable(response.url, response.status);
  const [first, ...more] = document.data.reasons.map(
    ({ rule, message, remedy }): Reason => ({ rule, message: verbatim(message), remedy: verbatim(remedy) }),
  );
  return first === undefined
    ? unreadable(response.url, response.status)
    : problem(document.data.code, first, ...more);
}

const unreachable = (baseUrl: string, cause: unknown): Problem => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const why = inner instanceof Error ? inner.message || inner.name : String(inner);
  return problem('outside-failed', {
    rule: 'server.unreachable',
    message: text(
      `The Sekisho server at ${baseUrl} did not answer: ${why}.`,
      `Sekisho サーバー ${baseUrl} から応答がありません: ${why}`,
    ),
    remedy: text(
      'Start it with `sekisho serve`, or point SEKISHO_URL (or --server) at it.',
      '`sekisho serve` で起動するか、SEKISHO_URL(または --server)に正しい URL を指定してください。',
    ),
  });
};

const unreadable = (url: string, status: number): Problem =>
  problem('outside-failed', {
    rule: 'server.not-sekisho',
    message: text(
      `${url} answered HTTP ${status} with something that is not Sekisho’s.`,
      `${url} が HTTP ${status} を返しましたが、Sekisho の応答ではありません。`,
    ),
    remedy: text(
      'Check SEKISHO_URL, and any proxy on the way.',
      'SEKISHO_URL と、経路上のプロキシを確認してください。',
    ),
  });
