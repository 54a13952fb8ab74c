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
  type Text,
  text,
  verbatim,
} from '#core-values';

/** Speaks to a Sekisho server; every failure, the network's included, is a `Problem` with a remedy. */
export interface ApiClient {
  get(path: string): Promise<Result<Json, Problem>>;
  post(path: string, body: Json | Uint8Array): Promise<Result<Json, Problem>>;
  /** The body as it arrives, for downloads. */
  stream(path: string): Promise<Result<ReadableStream<Uint8Array>, Problem>>;
  /** The whole body, for what must be whole before it is used. */
  bytes(path: string): Promise<Result<Uint8Array, Problem>>;
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
    if (!URL.canParse(options.baseUrl)) return err(notAnAddress(options.baseUrl));
    const headers = new Headers(init.headers);
    headers.set('accept-language', options.language);
    // Checked here, because the error of a header quotes its value.
    if (/[^\x21-\x7e]/.test(authorization.value ?? '')) return err(MALFORMED_TOKEN);
    if (authorization.value !== undefined) headers.set('authorization', `Bearer ${authorization.value}`);
    const signal = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    try {
      const response = await fetch(new URL(path, options.baseUrl), { ...init, headers, signal });
      return response.ok ? ok(response) : err(await problemOf(response));
    } catch (cause) {
      return err(unreachable(options.baseUrl, cause));
    }
  };
  // A server that dies in the middle of its answer has not answered.
  const whole = async (answer: Result<Response, Problem>): Promise<Result<Uint8Array, Problem>> => {
    if (!answer.ok) return answer;
    try {
      return ok(new Uint8Array(await answer.value.arrayBuffer()));
    } catch (cause) {
      return err(unreachable(options.baseUrl, cause));
    }
  };
  const json = async (answer: Result<Response, Problem>): Promise<Result<Json, Problem>> => {
    if (!answer.ok) return answer;
    const bytes = await whole(answer);
    if (!bytes.ok) return bytes;
    const body = jsonOf(new TextDecoder().decode(bytes.value));
    return body === undefined ? err(unreadable(options.baseUrl, answer.value.status)) : ok(body);
  };
  return {
    get: async (path) => json(await call(path, { method: 'GET' })),
    post: async (path, body) => json(await call(path, { method: 'POST', ...encode(body) })),
    bytes: async (path) => whole(await call(path, { method: 'GET' })),
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

const NETWORK_FAILURES: Readonly<Record<string, Text>> = {
  ECONNREFUSED: text('nothing listens there (connection refused)', '接続が拒否されました'),
  ENOTFOUND: text('there is no such host', 'ホスト名を解決できません'),
  EAI_AGAIN: text('its name cannot be looked up now', 'ホスト名を解決できません'),
  ECONNRESET: text('it closed the connection', '接続が切断されました'),
  UND_ERR_SOCKET: text('it closed the connection', '接続が切断されました'),
  ETIMEDOUT: text('it took too long', '時間内に応答がありませんでした'),
  UND_ERR_CONNECT_TIMEOUT: text('it took too long', '時間内に応答がありませんでした'),
};

const notAnAddress = (baseUrl: string): Problem =>
  problem('bad-input', {
    rule: 'server.not-an-address',
    message: text(
      `SEKISHO_URL is no address of a server: “${baseUrl.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd')}”.`,
      `SEKISHO_URL がサーバーのアドレスではありません: 「${baseUrl.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd')}」`,
    ),
    remedy: text(
      'Write it like https://sekisho.example.com.',
      'https://sekisho.example.com のように指定してください。',
    ),
  });

const MALFORMED_TOKEN: Problem = problem('bad-input', {
  rule: 'server.malformed-token',
  message: text(
    'The token to show to the server holds spaces, line breaks or other characters that no token has.',
    'サーバーに提示するトークンに、空白や改行など、使えない文字が含まれています。',
  ),
  remedy: text(
    'Set SEKISHO_TOKEN (in CI: SEKISHO_ID_TOKEN) to the token alone.',
    'SEKISHO_TOKEN(CI では SEKISHO_ID_TOKEN)にはトークンだけを設定してください。',
  ),
});

const unreachable = (baseUrl: string, cause: unknown): Problem => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const said = inner instanceof Error ? inner.message || inner.name : String(inner);
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  const why =
    NETWORK_FAILURES[inner instanceof Error && inner.name === 'TimeoutError' ? 'ETIMEDOUT' : code] ??
    verbatim(said);
  return problem('outside-failed', {
    rule: 'server.unreachable',
    message: text(
      `The Sekisho server at ${baseUrl} did not answer: ${why.en}.`,
      `Sekisho サーバー ${baseUrl} から応答がありません: ${why.ja}`,
    ),
    remedy: text(
      'Start it with `sekisho serve`, or point SEKISHO_URL at it.',
      '`sekisho serve` で起動するか、SEKISHO_URL に正しい URL を指定してください。',
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
