import { type Clock, err, ok, type Problem, type Result } from '#core-values';
import { type KeptAnswers, keptAnswers } from './kept-answers.ts';
import type { Route } from './port.ts';
import { answeredProblem, limited, malformedAnswer, unreachable } from './problems.ts';
import { afterAnswer, freshRate, isLimited, type Rate, takeWrite } from './rate.ts';
import type { RestRequest } from './request-of.ts';
import { type Turns, turns } from './turns.ts';

/** What reaches the outside world; `main/` gives the real ones. */
export interface GitHubNetwork {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  /** For one request, with its body. */
  readonly timeoutMs: number;
}

/** In whose name something is asked. */
export interface Authority {
  readonly host: string;
  /** What GitHub counts together: an installation, or an App itself. */
  readonly rateKey: string;
  /** What may be seen with it: answers are kept apart by it. */
  readonly scope: string;
  /** `undefined` where nobody is asked in the name of. */
  readonly token: () => Promise<Result<string | undefined, Problem>>;
  /** GitHub does not take the token any more. */
  readonly forget: () => void;
}

export interface Answer {
  readonly data: unknown;
  readonly link: string | null;
}

export interface RestClient {
  /** One request; `route` is what messages call it. A redirection is a problem with the rule `github.moved`. */
  send(authority: Authority, route: Route, request: RestRequest): Promise<Result<Answer, Problem>>;
  /** What is left of each rate limit that was asked under, by its key. */
  rates(): ReadonlyMap<string, Rate>;
}

/** At once and in one name; GitHub allows 100, for everything that the installation does. */
const MOST_AT_ONCE = 6;
/** A limit that ends sooner is waited for; else who asks comes again later. */
const LONGEST_WAIT_MS = 10_000;
const MOST_TRIES = 3;
const FIRST_PAUSE_MS = 500;
const MOST_BODY_BYTES = 64 * 1024 * 1024;
const API_VERSION = '2022-11-28';

interface State {
  readonly network: GitHubNetwork;
  readonly kept: KeptAnswers;
  readonly rates: Map<string, Rate>;
  readonly turns: Map<string, Turns>;
}

export function restClient(network: GitHubNetwork): RestClient {
  const state: State = { network, kept: keptAnswers(), rates: new Map(), turns: new Map() };
  return {
    rates: () => state.rates,
    send: (authority, route, request) => {
      const inTurn = state.turns.get(authority.rateKey) ?? turns(MOST_AT_ONCE);
      state.turns.set(authority.rateKey, inTurn);
      return inTurn(() => sendInTurn(state, authority, route, request));
    },
  };
}

type Tried =
  | { readonly kind: 'answered'; readonly answer: Result<Answer, Problem> }
  /** Nothing was done by it: it may be asked again. */
  | { readonly kind: 'again'; readonly why: Problem; readonly afterMs: number };

async function sendInTurn(
  state: State,
  authority: Authority,
  route: Route,
  request: RestRequest,
): Promise<Result<Answer, Problem>> {
  for (let tries = 1; ; tries += 1) {
    const free = await untilFree(state, authority, request);
    if (!free.ok) return free;
    const tried = await tryOnce(state, authority, route, request);
    if (tried.kind === 'answered') return tried.answer;
    if (tries === MOST_TRIES) return err(tried.why);
    await state.network.pause(tried.afterMs * 2 ** (tries - 1));
  }
}

/** Waits for a limit that ends soon and for the turn of a change; a longer one is a problem at once, and no request. */
async function untilFree(
  { network, rates }: State,
  { host, rateKey }: Authority,
  { method }: RestRequest,
): Promise<Result<void, Problem>> {
  const now = network.clock.now();
  const known = rates.get(rateKey) ?? freshRate(now);
  if (known.pausedUntilMs - now > LONGEST_WAIT_MS) return err(limited(host, known.pausedUntilMs));
  const { rate, waitMs } = isRead(method) ? { rate: known, waitMs: 0 } : takeWrite(known, now);
  rates.set(rateKey, rate);
  const wait = Math.max(waitMs, known.pausedUntilMs - now);
  if (wait > 0) await network.pause(wait);
  return ok(undefined);
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

async function tryOnce(
  state: State,
  authority: Authority,
  route: Route,
  request: RestRequest,
): Promise<Tried> {
  const answered = (answer: Result<Answer, Problem>): Tried => ({ kind: 'answered', answer });
  const token = await authority.token();
  if (!token.ok) return answered(token);
  const key = `${authority.scope} ${request.url}`;
  const kept = isRead(request.method) ? state.kept.find(key) : undefined;
  const got = await exchange(state.network, request, token.value, kept?.etag);
  if (got.kind === 'failed') {
    const why = unreachable(authority.host, got.why);
    // Only what changes nothing is asked again: the rest may have been done.
    return isRead(request.method) ? { kind: 'again', why, afterMs: FIRST_PAUSE_MS } : answered(err(why));
  }
  const { status, headers, text } = got;
  const message = messageOf(text);
  const facts = {
    status,
    header: (name: string) => headers.get(name),
    saysLimit: /rate limit|abuse/i.test(message),
  };
  const now = state.network.clock.now();
  const rate = afterAnswer(state.rates.get(authority.rateKey) ?? freshRate(now), facts, now);
  state.rates.set(authority.rateKey, rate);
  const why = answeredProblem({ host: authority.host, route, status, message });
  if (isLimited(facts))
    return { kind: 'again', why: limited(authority.host, rate.pausedUntilMs), afterMs: 0 };
  if (status === 401) {
    authority.forget();
    return { kind: 'again', why, afterMs: 0 };
  }
  if (status >= 500 && isRead(request.method)) return { kind: 'again', why, afterMs: FIRST_PAUSE_MS };
  if (status === 304 && kept !== undefined) return answered(parsed(authority, route, kept.text, kept.link));
  if (status < 200 || status > 299) return answered(err(why));
  const [link, etag] = [headers.get('link'), headers.get('etag')];
  if (isRead(request.method) && etag !== null) state.kept.keep(key, { etag, text, link });
  return answered(parsed(authority, route, text, link));
}

const parsed = (
  { host }: Authority,
  route: Route,
  text: string,
  link: string | null,
): Result<Answer, Problem> => {
  if (text === '') return ok({ data: undefined, link });
  try {
    return ok({ data: JSON.parse(text), link });
  } catch {
    return err(malformedAnswer(host, route));
  }
};

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text.slice(0, 65_536));
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}

type Exchange =
  | { readonly kind: 'got'; readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly kind: 'failed'; readonly why: string };

async function exchange(
  network: GitHubNetwork,
  { method, url, body }: RestRequest,
  token: string | undefined,
  etag: string | undefined,
): Promise<Exchange> {
  try {
    const response = await network.fetch(url, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        'user-agent': 'sekisho',
        'x-github-api-version': API_VERSION,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(etag !== undefined && { 'if-none-match': etag }),
      },
      // Never followed: the token would go along.
      redirect: 'manual',
      signal: AbortSignal.timeout(network.timeoutMs),
      ...(body !== undefined && { body }),
    });
    const text = await textOf(response);
    return { kind: 'got', status: response.status, headers: response.headers, text };
  } catch (cause) {
    return { kind: 'failed', why: reasonOf(cause) };
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) throw new Error(`more than ${MOST_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `fetch failed` says nothing; its cause has the code. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  if (cause.name === 'TimeoutError') return 'timed out';
  const inner: unknown = cause.cause;
  const code: unknown = inner instanceof Error ? Reflect.get(inner, 'code') : undefined;
  return typeof code === 'string' ? code : cause.message;
}
