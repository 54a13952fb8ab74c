import type { IncomingMessage } from 'node:http';
import {
  type AwsRequest,
  type HttpRequest,
  type Permission,
  permissionsOf,
  readAwsRequest,
} from '../aws-requests/index.ts';
import { planSession, type SessionPlan } from './assume-role.ts';
import type { Callers } from './callers.ts';
import type { Judge, Situation } from './decide.ts';
import { lookupIn } from './lookup.ts';
import type { Refusal, RefusalForm } from './refusals.ts';
import { type Caller, callerAccount, callerArn } from './sessions.ts';
import type { AwsState } from './state.ts';

export interface Decision {
  readonly kind: 'allowed' | 'refused';
  /** Absent where the request could not be told. */
  readonly request?: Pick<AwsRequest, 'service' | 'operation' | 'region' | 'protocol'>;
  /** ARN; absent where nobody is known. */
  readonly caller?: string;
  readonly account?: string;
  /** Of the caller's role session. */
  readonly sessionName?: string;
  readonly sourceIdentity?: string;
  /** All that the request needed, as far as was asked: a refusal ends the asking. */
  readonly permissions: readonly { readonly action: string; readonly resource: string }[];
  /** AWS's code and words, of a refusal. */
  readonly refusal?: { readonly code: string; readonly message: string };
}

/** What a request is weighed with. */
export interface Scales {
  readonly state: AwsState;
  readonly judge: Judge;
  readonly callers: Callers;
  readonly now: () => Date;
}

export type Outcome = Passed | Refused;

/** A request that could be told, and whose it is, where that is known. */
export interface Asked {
  readonly request: AwsRequest;
  readonly caller?: Caller;
}

/** Whether AWS would let a request pass. */
export async function weigh(
  scales: Scales,
  http: HttpRequest,
  incoming: IncomingMessage,
): Promise<Outcome & { readonly asked?: Asked }> {
  const { callers, now } = scales;
  const read = readAwsRequest(http);
  if (!read.ok) {
    const { kind, message, ...form } = read.error;
    const code = kind === 'not-signed' ? 'MissingAuthenticationToken' : 'AccessDenied';
    return refused(
      { ...form, method: http.method },
      { code, message: `the AWS stand-in refuses: ${message}` },
      { permissions: [] },
    );
  }
  const request = read.value;
  const form = { protocol: request.protocol, service: request.service, method: request.method };
  const caller = await callers.of(request);
  const about = aboutOf(request, caller.ok ? caller.value : undefined);
  if (!caller.ok) return refused(form, caller.error, about);
  const asked: Asked = { request, ...(caller.value !== undefined && { caller: caller.value }) };
  return { ...(await weighAsked(scales, asked, situationOf(incoming, now()), form, about)), asked };
}

async function weighAsked(
  scales: Scales,
  { request, caller }: Asked,
  situation: Situation,
  form: RefusalForm,
  about: About,
): Promise<Outcome> {
  try {
    if (request.service === 'sts' && request.operation !== 'GetCallerIdentity') {
      return await weighSession(scales, request, caller, situation, form, about);
    }
    if (caller === undefined) return refused(form, NOT_SIGNED, about);
    return await weighPermissions(scales, request, caller, situation, form, about);
  } catch (error) {
    return refusedForError(error, form, about);
  }
}

async function weighPermissions(
  { state, judge }: Scales,
  request: AwsRequest,
  caller: Caller,
  situation: Situation,
  form: RefusalForm,
  about: About,
): Promise<Outcome> {
  const account = callerAccount(caller);
  const needed = await permissionsOf(request, { account }, lookupIn(state, account, request.region));
  if (!needed.ok) return refused(form, { code: 'AccessDenied', message: needed.error }, about);
  const asked: Permission[] = [];
  for (const permission of needed.value) {
    asked.push(permission);
    const ruling = await judge.rule(permission, caller, situation);
    if (ruling.kind === 'denied') {
      return refused(
        form,
        { code: 'AccessDenied', message: ruling.message },
        { ...about, permissions: shown(asked) },
      );
    }
  }
  const decision = { kind: 'allowed', ...about, permissions: shown(asked) } as const;
  return { kind: 'passed', decision, request, permissions: asked };
}

async function weighSession(
  { state, judge, now }: Scales,
  request: AwsRequest,
  caller: Caller | undefined,
  situation: Situation,
  form: RefusalForm,
  about: About,
): Promise<Outcome> {
  const wanted = caller === undefined ? 'AssumeRoleWithWebIdentity' : 'AssumeRole';
  if (request.operation !== wanted) {
    const message = `the AWS stand-in does not give sessions by ${request.operation}${caller === undefined ? ' without a signature' : ''}`;
    return refused(form, { code: 'AccessDenied', message }, about);
  }
  const planned = await planSession(state, judge, { request, caller, situation, now: now() });
  const resource = String(request.parameters.RoleArn ?? '');
  const permissions = [{ action: `sts:${wanted}`, resource }];
  if (!planned.ok) return refused(form, planned.error, { ...about, permissions });
  const decision = { kind: 'allowed', ...about, permissions } as const;
  return { kind: 'passed', decision, request, permissions: [], session: planned.value };
}

export interface Passed {
  readonly kind: 'passed';
  readonly decision: Decision;
  readonly request: AwsRequest;
  readonly permissions: readonly Permission[];
  readonly session?: SessionPlan;
}

export interface Refused {
  readonly kind: 'refused';
  readonly decision: Decision;
  readonly form: RefusalForm;
  readonly refusal: Refusal;
}

type About = Omit<Decision, 'kind' | 'refusal'>;

const NOT_SIGNED: Refusal = {
  code: 'MissingAuthenticationToken',
  message: 'Request is missing Authentication Token',
};

const refused = (form: RefusalForm, refusal: Refusal, about: About): Refused => ({
  kind: 'refused',
  form,
  refusal,
  decision: { kind: 'refused', ...about, refusal: { code: refusal.code, message: refusal.message } },
});

/** A policy that AWS would not have taken, or moto gone: nothing passes, and no client tries again for minutes. */
export function refusedForError(
  error: unknown,
  form: RefusalForm = { protocol: 'rest-json', method: 'POST' },
  about: About = { permissions: [] },
): Refused {
  const words = error instanceof Error ? error.message : String(error);
  return refused(form, { code: 'AccessDenied', message: `the AWS stand-in refuses: ${words}` }, about);
}

function aboutOf({ service, operation, region, protocol }: AwsRequest, caller: Caller | undefined): About {
  const session = caller?.kind === 'session' ? caller.session : undefined;
  return {
    request: { service, operation, region, protocol },
    ...(caller !== undefined && { caller: callerArn(caller), account: callerAccount(caller) }),
    ...(session !== undefined && { sessionName: session.sessionName }),
    ...(session?.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    permissions: [],
  };
}

const shown = (permissions: readonly Permission[]) =>
  permissions.map(({ action, resource }) => ({ action, resource }));

/** Source: IAM User Guide, "AWS global condition context keys", properties of the network and of the request. */
function situationOf(incoming: IncomingMessage, now: Date): Situation {
  const agent = incoming.headers['user-agent'];
  return {
    keys: {
      'aws:currenttime': [now.toISOString()],
      'aws:epochtime': [String(Math.floor(now.getTime() / 1000))],
      // As AWS would see it: nobody speaks to AWS without TLS.
      'aws:securetransport': ['true'],
      'aws:sourceip': [incoming.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1'],
      'aws:viaawsservice': ['false'],
      ...(agent !== undefined && { 'aws:useragent': [agent] }),
    },
  };
}
