import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { importSPKI, jwtVerify } from 'jose';
import type { Json, JsonObject } from '../../../src/core-values/index.ts';
import { bodyOf } from '../listen.ts';
import { type Answer, type Call, type Caller, notFound, type Routes, refused, repositoryIn } from './call.ts';
import { answerSchema, type Matched, operationOf } from './description.ts';
import { invalidIn, queryOf } from './incoming.ts';
import { isObject } from './json.ts';
import { actionRoutes } from './routes/actions.ts';
import { appRoutes, gives } from './routes/apps.ts';
import { checkRoutes } from './routes/checks.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { issueRoutes } from './routes/issues.ts';
import { pullRoutes } from './routes/pulls.ts';
import { repositoryRoutes } from './routes/repositories.ts';
import { teamRoutes } from './routes/teams.ts';
import { faultsOf, filled } from './schema.ts';
import type { Installation, State } from './state.ts';

const ROUTES: Routes = {
  ...appRoutes,
  ...repositoryRoutes,
  ...pullRoutes,
  ...issueRoutes,
  ...checkRoutes,
  ...deploymentRoutes,
  ...actionRoutes,
  ...teamRoutes,
};

/** A request that was answered, for tests to count. */
export interface Answered {
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly status: number;
}

/** How GitHub fails: before it acted, or after it acted but before its answer arrived. */
export interface Outage {
  readonly kind: 'status' | 'no-answer' | 'cut-off';
  readonly status?: number;
  readonly when?: 'before' | 'after';
  /** Only these requests; all of them if left out. */
  readonly hits?: (method: string, path: string) => boolean;
  /** So many times; for ever if left out. */
  times?: number;
}

export interface Switches {
  outage: Outage | undefined;
  /** The next so many requests are refused as too many at once. */
  secondaryLimit: { times: number; readonly retryAfterSeconds: number } | undefined;
}

/** What the stand-in keeps about its callers. */
export interface Records {
  readonly answered: Answered[];
  /** Requests that GitHub's description does not allow: a mistake of the caller. */
  readonly invalid: string[];
  /** Answers that are not as described: a mistake of the stand-in. */
  readonly faults: string[];
}

const LIMIT = 5000;

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const message = (status: number, text: string, more: JsonObject = {}, headers = {}): Sent => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify({
    message: text,
    documentation_url: 'https://docs.github.com/rest',
    status: String(status),
    ...more,
  }),
});

/** `Bearer` with a JWT is an App, with anything else an installation's token. */
async function callerOf(state: State, headers: IncomingHttpHeaders): Promise<Caller | string> {
  const [, value] = /^(?:Bearer|token) (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (headers.authorization === undefined) return { kind: 'nobody' };
  if (value === undefined) return 'Bad credentials';
  if (value.split('.').length === 3) return await appByJwt(state, value);
  const token = state.tokens.get(value);
  return token === undefined || token.expiresAtMs <= state.nowMs()
    ? 'Bad credentials'
    : { kind: 'installation', token };
}

const LONGEST_JWT_MS = 600_000;

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
async function appByJwt(state: State, jwt: string): Promise<Caller | string> {
  const payload = jwt.split('.')[1] ?? '';
  const claims: Json = parsed(Buffer.from(payload, 'base64url').toString('utf8')) ?? null;
  const issuer = isObject(claims) ? String(claims.iss) : '';
  const app = state.apps.values().find(({ id, clientId }) => String(id) === issuer || clientId === issuer);
  if (app === undefined) return 'Integration not found';
  const nowMs = state.nowMs();
  try {
    const key = await importSPKI(app.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'RS256');
    const { payload: verified } = await jwtVerify(jwt, key, {
      algorithms: ['RS256'],
      currentDate: new Date(nowMs),
      requiredClaims: ['iat', 'exp'],
    });
    if (Number(verified.exp) * 1000 > nowMs + LONGEST_JWT_MS)
      return "'Expiration time' claim ('exp') is too far in the future";
    if (Number(verified.iat) * 1000 > nowMs)
      return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
    return { kind: 'app', app };
  } catch {
    return 'A JSON web token could not be decoded';
  }
}

function parsed(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Why the caller may not use the route; `undefined` if it may. */
function barred(needs: string, caller: Caller): Answer | undefined {
  if (needs === 'public') return undefined;
  if (caller.kind === 'nobody') return refused(401, 'Requires authentication');
  if (needs === 'app')
    return caller.kind === 'app' ? undefined : refused(401, 'A JSON web token could not be decoded');
  if (caller.kind !== 'installation')
    return refused(403, 'You must authenticate with an installation access token in order to do this.');
  const isGiven = needs.split('|').some((each) => {
    const [name, level] = each.split(':');
    return gives(caller.token.permissions[name ?? ''], level ?? '');
  });
  return isGiven ? undefined : refused(403, 'Resource not accessible by integration');
}

export interface Incoming {
  readonly method: string;
  /** Without `/api/v3`, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const limitHeaders = (state: State, { remaining }: Installation): Record<string, string> => ({
  'x-ratelimit-limit': String(LIMIT),
  'x-ratelimit-remaining': String(Math.max(0, remaining)),
  'x-ratelimit-used': String(LIMIT - Math.max(0, remaining)),
  'x-ratelimit-reset': String(Math.ceil((state.nowMs() + 1000) / 1000)),
  'x-ratelimit-resource': 'core',
});

/** Cuts one page out of a list, and says where the others are. https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
function pageOf(
  answer: Extract<Answer, { kind: 'list' }>,
  incoming: Incoming,
  query: Call['query'],
  api: string,
): { readonly body: Json; readonly link: string } {
  const size = Math.min(100, Math.max(1, Number(query.per_page ?? 30)));
  const page = Math.max(1, Number(query.page ?? 1));
  const last = Math.max(1, Math.ceil(answer.items.length / size));
  const items = answer.items.slice((page - 1) * size, page * size);
  const link = (to: number, rel: string): string => {
    const others = new URLSearchParams(incoming.query);
    others.set('page', String(to));
    return `<${api}${incoming.path}?${others.toString()}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  const body: Json =
    answer.within === undefined ? items : { total_count: answer.items.length, [answer.within]: items };
  return { body, link: links.join(', ') };
}

/** The answer as GitHub writes it: held against the description, with its page, its tag and what is left of the limit. */
function written(
  state: State,
  records: Records,
  matched: Matched,
  incoming: Incoming,
  call: Call,
  answer: Answer,
): Sent {
  if (answer.kind === 'refused')
    return message(
      answer.status,
      answer.message,
      answer.errors === undefined ? {} : { errors: answer.errors },
    );
  if (answer.kind === 'raw')
    return { status: 200, headers: { 'content-type': 'application/vnd.github.raw+json' }, body: answer.body };
  if (answer.kind === 'empty') return { status: answer.status, headers: {}, body: '' };
  const status = answer.kind === 'list' ? 200 : answer.status;
  const { body, link } =
    answer.kind === 'list'
      ? pageOf(answer, incoming, call.query, state.api)
      : { body: answer.body, link: '' };
  const schema = answerSchema(matched, status);
  if (schema === undefined || schema === 'empty') {
    records.faults.push(`${matched.route} does not answer ${status} with a body`);
    return { status, headers: {}, body: '' };
  }
  const whole = filled(schema.schema, body);
  records.faults.push(...faultsOf(schema, whole).map((fault) => `${matched.route} ${status}: ${fault}`));
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...(link === '' ? {} : { link }),
  };
  return { status, headers, body: JSON.stringify(whole) };
}

/** With `If-None-Match`, what has not changed costs nothing and is not sent again. */
function conditional(incoming: Incoming, sent: Sent): Sent {
  if (incoming.method !== 'GET' || sent.status !== 200) return sent;
  const etag = `W/"${createHash('sha256').update(sent.body).digest('hex')}"`;
  const headers = { ...sent.headers, etag };
  return incoming.headers['if-none-match'] === etag
    ? { status: 304, headers, body: '' }
    : { ...sent, headers };
}

async function answerTo(
  state: State,
  switches: Switches,
  records: Records,
  incoming: Incoming,
): Promise<Sent> {
  const matched = operationOf(incoming.method, incoming.path);
  if (matched === undefined) {
    records.invalid.push(`${incoming.method} ${incoming.path}: GitHub has no such route`);
    return message(404, 'Not Found');
  }
  const body = incoming.text === '' ? {} : parsed(incoming.text);
  const problems = invalidIn(matched, incoming, body);
  if (problems.length > 0) {
    records.invalid.push(...problems.map((problem) => `${matched.route}: ${problem}`));
    return message(400, 'The request is not as GitHub describes it', { errors: [...problems] });
  }
  const route = ROUTES[matched.route];
  if (route === undefined) {
    records.invalid.push(`${matched.route}: the stand-in does not have it`);
    return message(501, 'The stand-in does not have this route');
  }
  const caller = await callerOf(state, incoming.headers);
  if (typeof caller === 'string') return message(401, caller);
  const installation = caller.kind === 'installation' ? caller.token.installation : undefined;
  if (installation?.suspendedAt !== undefined) return message(403, 'This installation has been suspended');
  const limited = limit(state, switches, installation);
  if (limited !== undefined) return limited;
  const call: Call = {
    path: matched.parameters,
    query: queryOf(matched, incoming.query),
    body: isObject(body) ? body : {},
    caller,
    accept: incoming.headers.accept ?? '',
  };
  const isUnseen =
    matched.parameters.repo !== undefined &&
    caller.kind === 'installation' &&
    repositoryIn(state, call) === undefined;
  const answer = isUnseen ? notFound : (barred(route.needs, caller) ?? route.handle(state, call));
  const sent = conditional(incoming, written(state, records, matched, incoming, call, answer));
  if (installation === undefined) return sent;
  if (sent.status !== 304) installation.remaining -= 1;
  return { ...sent, headers: { ...sent.headers, ...limitHeaders(state, installation) } };
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function limit(state: State, switches: Switches, installation: Installation | undefined): Sent | undefined {
  const secondary = switches.secondaryLimit;
  if (secondary !== undefined && secondary.times > 0) {
    secondary.times -= 1;
    return message(
      403,
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      {},
      { 'retry-after': String(secondary.retryAfterSeconds) },
    );
  }
  if (installation === undefined || installation.remaining > 0) return undefined;
  return message(
    403,
    `API rate limit exceeded for installation ID ${installation.id}.`,
    {},
    limitHeaders(state, installation),
  );
}

/** Whether this request meets the outage, at this moment. */
function isHit(switches: Switches, when: 'before' | 'after', { method, path }: Incoming): Outage | undefined {
  const { outage } = switches;
  if (outage === undefined || (outage.when ?? 'before') !== when) return undefined;
  if (outage.hits !== undefined && !outage.hits(method, path)) return undefined;
  if (outage.times !== undefined) {
    if (outage.times <= 0) return undefined;
    outage.times -= 1;
  }
  return outage;
}

function fail(outage: Outage, response: ServerResponse): void {
  if (outage.kind === 'cut-off') response.destroy();
  if (outage.kind === 'status') response.writeHead(outage.status ?? 502).end('<html>Unicorn!</html>');
}

/** Answers one request to the REST API; `path` is below its root. */
export async function answerRest(
  state: State,
  switches: Switches,
  records: Records,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const incoming: Incoming = {
    method: request.method ?? 'GET',
    path: url.pathname.replace(/^\/api\/v3(?=\/)/, ''),
    query: url.searchParams,
    headers: request.headers,
    text: await bodyOf(request),
  };
  const before = isHit(switches, 'before', incoming);
  if (before !== undefined) return fail(before, response);
  const sent = await answerTo(state, switches, records, incoming);
  const { method, path } = incoming;
  const route = operationOf(method, path)?.route ?? path;
  records.answered.push({ method, route, path, status: sent.status });
  const after = isHit(switches, 'after', incoming);
  if (after !== undefined) return fail(after, response);
  response
    .writeHead(sent.status, {
      ...sent.headers,
      'x-github-request-id': String(state.nextId()),
      date: new Date(state.nowMs()).toUTCString(),
    })
    .end(sent.body);
}
