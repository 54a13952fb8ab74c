import type { LogRequest } from '../logs/batch.ts';

/** What an attribute can say that we look at; lists say their first. */
export type AttributeValue = string | number;
export type Attributes = ReadonlyMap<string, AttributeValue>;

/** A span of OTLP with what we look at, whichever way it was sent. */
export interface Span {
  /** In hexadecimal digits of small letters; of the wrong length where it is none. */
  readonly traceId: string;
  readonly spanId: string;
  readonly kind: number;
  /** Nanoseconds since 1970. */
  readonly startNano: bigint;
  readonly endNano: bigint;
  readonly hasFailed: boolean;
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

export const SPAN_REFUSALS = ['no-id', 'no-time', 'no-path', 'no-status', 'too-long'] as const;
export type SpanRefusal = (typeof SPAN_REFUSALS)[number];

/** `id`: of the same one only one counts. */
export interface SpanOfRequest extends LogRequest {
  readonly id: string;
}

/** `other`: no request that a server answered over HTTP, which is not looked at. */
export type SpanRequest =
  | { readonly kind: 'request'; readonly request: SpanOfRequest }
  | { readonly kind: 'other' }
  | { readonly kind: 'refused'; readonly why: SpanRefusal };

const SERVER = 2;
const MOST_TEXT = 4096;
const NANOS = 1_000_000n;
/** Longer requests are clocks that went wrong. */
const MOST_DURATION_MS = 86_400_000;

/**
 * Names by OpenTelemetry's semantic conventions for HTTP, the stable ones first, then those before 1.21. Headers are there where the
 * instrumentation was told to keep them.
 */
const NAMES = {
  method: ['http.request.method', 'http.method'],
  originalMethod: ['http.request.method_original'],
  path: ['url.path', 'http.target', 'url.full', 'http.url'],
  route: ['http.route'],
  status: ['http.response.status_code', 'http.status_code'],
  client: ['session.id', 'client.address', 'http.client_ip'],
  userAgent: ['user_agent.original', 'http.user_agent', 'http.request.header.user-agent'],
  referer: ['http.request.header.referer'],
  view: ['sekisho.view', 'http.request.header.x-sekisho-view', 'http.request.header.x_sekisho_view'],
} as const;

const WANTED: ReadonlySet<string> = new Set(Object.values(NAMES).flat());

/** Whether an attribute is looked at; all others are read over. */
export const isWanted = (name: string, customer: string | undefined): boolean =>
  WANTED.has(name) || name === customer;

/** A server's span as the request that it answered. `customer`: the attribute that names who the request was for. */
export function requestOfSpan(span: Span, customer: string | undefined): SpanRequest {
  const textOf = (names: readonly string[]): string | undefined => {
    const value = names
      .map((name) => span.attributes.get(name))
      .find((one) => one !== undefined && one !== '');
    return value === undefined ? undefined : String(value);
  };
  const method = textOf(NAMES.method);
  if (span.kind !== SERVER || method === undefined) return { kind: 'other' };
  const refuse = (why: SpanRefusal): SpanRequest => ({ kind: 'refused', why });
  if (!isId(span.traceId, 32) || !isId(span.spanId, 16)) return refuse('no-id');
  const durationMs = Number(span.endNano - span.startNano) / Number(NANOS);
  if (span.startNano <= 0n || !(durationMs >= 0 && durationMs <= MOST_DURATION_MS)) return refuse('no-time');
  const path = pathOf(textOf(NAMES.path)) ?? pathOfRoute(textOf(NAMES.route));
  if (path === undefined) return refuse('no-path');
  const status = statusOf(textOf(NAMES.status), span.hasFailed);
  if (status === undefined) return refuse('no-status');
  const named =
    customer === undefined ? undefined : (span.attributes.get(customer) ?? span.resource.get(customer));
  const texts = {
    method: (method === '_OTHER' ? (textOf(NAMES.originalMethod) ?? method) : method).toUpperCase(),
    path,
    trace: span.traceId,
    ...told('client', textOf(NAMES.client)),
    ...told('userAgent', textOf(NAMES.userAgent)),
    ...told('referer', textOf(NAMES.referer)),
    ...told('view', textOf(NAMES.view)),
    ...told('customer', named === undefined ? undefined : String(named)),
  };
  if (Object.values(texts).some((words) => words.length > MOST_TEXT)) return refuse('too-long');
  const beganMs = Number(span.startNano / 1000n) / 1000;
  return {
    kind: 'request',
    request: { ...texts, beganMs, durationMs, status, id: span.traceId + span.spanId },
  };
}

const told = <Name extends string>(
  name: Name,
  words: string | undefined,
): { readonly [Key in Name]?: string } =>
  words === undefined || words === '' ? {} : ({ [name]: words } as { readonly [Key in Name]: string });

/** All zeroes are an invalid id (opentelemetry/proto/trace/v1/trace.proto). */
const isId = (words: string, digits: number): boolean =>
  words.length === digits && /^[0-9a-f]+$/.test(words) && !/^0+$/.test(words);

/** The path of `/a?b`, `https://host/a?b`. */
function pathOf(words: string | undefined): string | undefined {
  const [, path] = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?(\/[^?#]*)/i.exec(words ?? '') ?? [];
  return path;
}

/** Frameworks write `/items/:id`, `/items/<int:id>`, `/items/{id:[0-9]+}`; ours is `/items/{id}`. */
function pathOfRoute(words: string | undefined): string | undefined {
  if (words === undefined || words === '') return undefined;
  const path = words
    .replaceAll(/<(?:[a-z]+:)?([A-Za-z_]\w*)>/g, '{$1}')
    .replaceAll(/\/:([A-Za-z_]\w*)(?:\([^)]*\))?\??/g, '/{$1}')
    .replaceAll(/\{([A-Za-z_]\w*)[:?=][^}]*\}/g, '{$1}');
  return path.startsWith('/') ? path : `/${path}`;
}

/** Where no response was sent, the server failed. */
function statusOf(words: string | undefined, hasFailed: boolean): number | undefined {
  if (words === undefined) return hasFailed ? 500 : undefined;
  return /^[1-9]\d{2}$/.test(words) ? Number(words) : undefined;
}
