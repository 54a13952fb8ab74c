import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../../../src/core-values/index.ts';
import { type AwsRequest, type HttpRequest, type Permission, streamsBody } from '../aws-requests/index.ts';
import { type LocalServer, listen } from '../listen.ts';
import type { SessionPlan } from './assume-role.ts';
import { callers } from './callers.ts';
import { judge } from './decide.ts';
import { errorOfAnswer } from './error-of-answer.ts';
import { answerWith, bytesOf, forward } from './forward.ts';
import { motoReader } from './moto-reader.ts';
import { type Refusal, type RefusalForm, refusalIn } from './refusals.ts';
import { awsState } from './state.ts';
import { type Asked, type Decision, type Passed, refusedForError, type Scales, weigh } from './weigh.ts';

export type { SessionPlan } from './assume-role.ts';
export type { Caller } from './sessions.ts';
export type { Decision } from './weigh.ts';

/** An AWS that enforces its policies: moto behind a proxy that asks, before moto does anything, whether AWS would. */
export interface EnforcingAws extends LocalServer {
  /** Every request so far, and what became of it, oldest first. */
  decisions(): readonly Decision[];
  /** Forgets what was read of moto: for who changed something past the proxy. */
  forget(): void;
}

export interface EnforcingAwsOptions {
  /** moto's address; nobody else should use it directly. */
  readonly endpoint: string;
  /** Access keys that act as administrators of the management account. Default: `stand-in`. */
  readonly administrators?: readonly string[];
  readonly now?: () => Date;
  /** Is told of each request that AWS would have let pass, before moto gets it. */
  readonly onRequest?: (request: AwsRequest, permissions: readonly Permission[]) => void;
  /** Is told of each request that could be told, with what became of it, before the answer goes out. */
  readonly onHandled?: (handled: Handled) => void;
  /** Answers, once they may pass, operations that moto does not have: a JSON body. */
  readonly ownAnswer?: (request: AwsRequest) => JsonObject | undefined;
}

/** A request and its end. */
export interface Handled extends Asked {
  readonly at: Date;
  readonly sourceIp: string;
  readonly userAgent: string;
  /** Of a request for a session that was given. */
  readonly began?: SessionPlan;
  /** The gate's or moto's; absent where the request succeeded. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** Listens on a free loopback port; use it as `AWS_ENDPOINT_URL`. */
export async function startEnforcingAws(options: EnforcingAwsOptions): Promise<EnforcingAws> {
  const { endpoint, now = () => new Date(), onRequest, onHandled, ownAnswer } = options;
  const moto = motoReader(endpoint);
  const state = awsState(moto);
  const who = callers(moto, options.administrators ?? ['stand-in'], now);
  const scales: Scales = { state, judge: judge(state), callers: who, now };
  const decisions: Decision[] = [];

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const head: HttpRequest = {
      method: incoming.method ?? 'GET',
      target: incoming.url ?? '/',
      headers: Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      ),
    };
    const body = streamsBody(head) ? undefined : await bytesOf(incoming);
    const http = body === undefined ? head : { ...head, body };
    const outcome: Awaited<ReturnType<typeof weigh>> = await weigh(scales, http, incoming).catch(
      refusedForError,
    );
    decisions.push(outcome.decision);
    const told = (end: Pick<Handled, 'began' | 'error'>): void => {
      if (outcome.asked !== undefined)
        onHandled?.({ ...outcome.asked, ...fromWhere(incoming), at: now(), ...end });
    };
    if (outcome.kind === 'refused') {
      told({ error: outcome.refusal });
      if (body === undefined) incoming.resume();
      return refuse(response, outcome.form, outcome.refusal);
    }
    await pass(incoming, response, body, outcome, told);
  }

  async function pass(
    incoming: IncomingMessage,
    response: ServerResponse,
    body: Uint8Array | undefined,
    { request, permissions, session }: Passed,
    told: (end: Pick<Handled, 'began' | 'error'>) => void,
  ): Promise<void> {
    onRequest?.(request, permissions);
    const own = ownAnswer?.(request);
    if (own !== undefined) {
      told({});
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(own));
      return;
    }
    const isRead =
      /^(?:Get|List|Describe|Head|Batch(?:Get|Check)|Lookup|Search|Select|Query|Scan|Filter)/.test(
        request.operation,
      );
    // Before and after: a reader in between must not keep what was true before.
    if (!isRead) state.forget(request.service);
    const given = await forward(endpoint, incoming, body);
    const status = given.statusCode ?? 502;
    if (session === undefined && status < 400) {
      told({});
      await answerWith(given, response);
    } else {
      const bytes = await bytesOf(given);
      const words = Buffer.from(bytes).toString('utf8');
      if (session !== undefined && status === 200) who.begin(session, words);
      if (status < 400) told(session === undefined ? {} : { began: session });
      else told({ error: errorOfAnswer(status, given.headers, words) });
      response.writeHead(status, given.rawHeaders).end(bytes);
    }
    if (!isRead) state.forget(request.service);
  }

  const server = await listen(answer);
  return { ...server, decisions: () => decisions, forget: () => state.forget() };
}

const fromWhere = ({ socket, headers }: IncomingMessage): Pick<Handled, 'sourceIp' | 'userAgent'> => ({
  sourceIp: socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1',
  userAgent: headers['user-agent'] ?? '',
});

function refuse(response: ServerResponse, form: RefusalForm, refusal: Refusal): void {
  const { status, headers, body } = refusalIn(form, refusal);
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}
