import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AwsRequest, type HttpRequest, type Permission, streamsBody } from '../aws-requests/index.ts';
import { type LocalServer, listen } from '../listen.ts';
import { callers } from './callers.ts';
import { judge } from './decide.ts';
import { answerWith, bytesOf, forward } from './forward.ts';
import { motoReader } from './moto-reader.ts';
import { type Refusal, type RefusalForm, refusalIn } from './refusals.ts';
import { awsState } from './state.ts';
import { type Decision, type Passed, refusedForError, type Scales, weigh } from './weigh.ts';

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
}

/** Listens on a free loopback port; use it as `AWS_ENDPOINT_URL`. */
export async function startEnforcingAws(options: EnforcingAwsOptions): Promise<EnforcingAws> {
  const { endpoint, now = () => new Date(), onRequest } = options;
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
    const outcome = await weigh(scales, http, incoming).catch(refusedForError);
    decisions.push(outcome.decision);
    if (outcome.kind === 'refused') {
      if (body === undefined) incoming.resume();
      return refuse(response, outcome.form, outcome.refusal);
    }
    await pass(incoming, response, body, outcome);
  }

  async function pass(
    incoming: IncomingMessage,
    response: ServerResponse,
    body: Uint8Array | undefined,
    { request, permissions, session }: Passed,
  ): Promise<void> {
    onRequest?.(request, permissions);
    const isRead =
      /^(?:Get|List|Describe|Head|Batch(?:Get|Check)|Lookup|Search|Select|Query|Scan|Filter)/.test(
        request.operation,
      );
    // Before and after: a reader in between must not keep what was true before.
    if (!isRead) state.forget();
    const given = await forward(endpoint, incoming, body);
    if (session === undefined) await answerWith(given, response);
    else {
      const bytes = await bytesOf(given);
      if (given.statusCode === 200) who.begin(session, Buffer.from(bytes).toString('utf8'));
      response.writeHead(given.statusCode ?? 502, given.rawHeaders).end(bytes);
    }
    if (!isRead) state.forget();
  }

  const server = await listen(answer);
  return { ...server, decisions: () => decisions, forget: state.forget };
}

function refuse(response: ServerResponse, form: RefusalForm, refusal: Refusal): void {
  const { status, headers, body } = refusalIn(form, refusal);
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}
