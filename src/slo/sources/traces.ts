import { createHash } from 'node:crypto';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type AddRoutes, bearerToken, createRoute, type HttpContext } from '#platform';
import { protobufAnswer, protobufStatus } from '../core/sources/otlp-protobuf.ts';
import { type ReadSpans, readSpans, refusalWords, refusedSpans } from '../core/sources/spans.ts';
import type { RequestIntake } from '../room.ts';
import { atOnce, isSecret, unpacked } from './push.ts';

export interface TraceOptions {
  readonly intake: RequestIntake;
  /** Whoever sends spans has it as a bearer token. */
  readonly token: string;
  /** The attribute of a span or its resource that names who a request was for. */
  readonly customerAttribute?: string;
}

const MEBIBYTE = 1024 * 1024;
/** Batches of OpenTelemetry's collector are some MiB at most. */
export const TRACE_LIMITS = { 'POST /v1/traces': { maxBodyBytes: 8 * MEBIBYTE } } as const;
const MOST_UNPACKED_BYTES = 64 * MEBIBYTE;
const AT_ONCE = 4;
const SOURCE = 'otlp';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

const take = createRoute({
  method: 'post',
  path: '/v1/traces',
  summary: 'Spans as OTLP/HTTP, protobuf or JSON: those of servers become requests that SLOs are judged by',
  responses: {
    200: {
      description:
        'An ExportTraceServiceResponse in the encoding of the request: how many were refused, and why',
    },
    default: { description: 'A google.rpc.Status in the encoding of the request' },
  },
});

/** `POST /v1/traces`, as every exporter of OpenTelemetry sends them. */
export function traceRoutes(options: TraceOptions): AddRoutes {
  const limited = atOnce(AT_ONCE);
  return (app) => {
    app.openapi(take, async (c) => {
      const type = mediaTypeOf(c);
      if (!isSecret(bearerToken(c), options.token)) return refused(c, type, 401, NOT_LET_IN);
      if (type === undefined) return refused(c, JSON_TYPE, 415, WRONG_TYPE);
      const taken = await limited(() => takeSpans(options, c, type));
      // OTLP: whoever is told 503 or 429 keeps its spans and sends them again.
      if (taken === 'busy') return refused(c, type, 503, BUSY);
      if (!taken.ok) return refused(c, type, statusOf(taken.error), taken.error);
      return answered(c, type, taken.value);
    });
  };
}

type MediaType = typeof PROTOBUF | typeof JSON_TYPE;

function mediaTypeOf(c: HttpContext): MediaType | undefined {
  const [type] = (c.req.header('content-type') ?? '').split(';');
  return ([PROTOBUF, JSON_TYPE] as const).find((known) => known === type?.trim().toLowerCase());
}

async function takeSpans(
  { intake, customerAttribute }: TraceOptions,
  c: HttpContext,
  type: MediaType,
): Promise<Result<ReadSpans, Problem>> {
  const body = await unpacked(
    new Uint8Array(await c.req.arrayBuffer()),
    c.req.header('content-encoding'),
    MOST_UNPACKED_BYTES,
  );
  if (!body.ok) return body;
  const bytes = body.value;
  const read = readSpans(
    type === PROTOBUF ? { kind: 'protobuf', bytes } : { kind: 'json', value: parsed(bytes) },
    customerAttribute,
  );
  if (read === undefined) return err(NOT_UNDERSTOOD);
  if (read.requests.length > 0) {
    const deliveryId = createHash('sha256').update(bytes).digest('hex');
    const taken = await intake.take({ source: SOURCE, deliveryId, requests: read.requests });
    if (!taken.ok) return taken;
  }
  return ok(read);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function answered(c: HttpContext, type: MediaType, read: ReadSpans): Response {
  const refusedCount = refusedSpans(read);
  const words = refusalWords(read);
  if (refusedCount > 0) c.var.log.warn('Spans were refused', { spans: refusedCount, why: words });
  if (type === PROTOBUF)
    return c.body(protobufAnswer(refusedCount, words), 200, { 'Content-Type': PROTOBUF });
  return c.json(
    refusedCount === 0
      ? {}
      : { partialSuccess: { rejectedSpans: String(refusedCount), errorMessage: words } },
    200,
  );
}

type Refusal = 400 | 401 | 413 | 415 | 503;

const statusOf = ({ code }: Problem): Refusal =>
  code === 'too-large' ? 413 : code === 'bad-input' ? 400 : 503;

/** Codes of google.rpc.Code. */
const CODES: Readonly<Record<Refusal, number>> = { 400: 3, 401: 16, 413: 8, 415: 3, 503: 14 };

function refused(
  c: HttpContext,
  type: MediaType | undefined,
  status: Refusal,
  { reasons }: Problem,
): Response {
  const [{ message, remedy }] = reasons;
  const words = `${message.en} ${remedy.en}`;
  if (status === 503) c.header('Retry-After', '5');
  if (type === PROTOBUF)
    return c.body(protobufStatus(CODES[status], words), status, { 'Content-Type': PROTOBUF });
  return c.json({ code: CODES[status], message: words }, status);
}

const NOT_LET_IN = problem('unauthenticated', {
  rule: 'slo.traces-token',
  message: text('The spans come without the right token.', 'スパンの送信に必要なトークンがありません。'),
  remedy: text(
    'Send `Authorization: Bearer …` with the secret that server.slo.traces.token in sekisho.yaml names.',
    'sekisho.yaml の server.slo.traces.token が指す秘密を `Authorization: Bearer …` で送ってください。',
  ),
});
const WRONG_TYPE = problem('bad-input', {
  rule: 'slo.traces-type',
  message: text('The body is neither protobuf nor JSON.', '本文が protobuf でも JSON でもありません。'),
  remedy: text(
    'Set the exporter’s protocol to http/protobuf or http/json.',
    'エクスポーターのプロトコルを http/protobuf か http/json にしてください。',
  ),
});
const NOT_UNDERSTOOD = problem('bad-input', {
  rule: 'slo.traces-body',
  message: text(
    'The body is no ExportTraceServiceRequest.',
    '本文を ExportTraceServiceRequest として読めません。',
  ),
  remedy: text(
    'Send OTLP 1.x, in batches of up to 100,000 spans.',
    'OTLP 1.x を、100,000 スパン以下に分けて送ってください。',
  ),
});
const BUSY = problem('unavailable', {
  rule: 'slo.traces-busy',
  message: text('Too many batches at once.', '同時に送られたバッチが多すぎます。'),
  remedy: text('Send it again in some seconds.', '数秒後に再送してください。'),
});
