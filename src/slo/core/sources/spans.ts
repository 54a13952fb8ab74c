import { readJsonSpans } from './otlp-json.ts';
import { readProtobufSpans } from './otlp-protobuf.ts';
import { requestOfSpan, type Span, type SpanOfRequest, type SpanRefusal } from './span.ts';

/** What became of every span of a body. */
export interface ReadSpans {
  readonly requests: readonly SpanOfRequest[];
  /** Spans that are no requests to a server. */
  readonly others: number;
  readonly refused: Readonly<Record<SpanRefusal | 'no-span', number>>;
}

/** Spans that one body may hold; batches of OpenTelemetry's collector have 8,192. */
export const MOST_SPANS = 100_000;

/** Reads a body of OTLP; `undefined` where it is none, or holds more than it may. */
export function readSpans(
  body:
    | { readonly kind: 'protobuf'; readonly bytes: Uint8Array }
    | { readonly kind: 'json'; readonly value: unknown },
  customer: string | undefined,
): ReadSpans | undefined {
  const requests: SpanOfRequest[] = [];
  const refused = { 'no-span': 0, 'no-id': 0, 'no-time': 0, 'no-path': 0, 'no-status': 0, 'too-long': 0 };
  let [others, spans] = [0, 0];
  const take = (span: Span | undefined): void => {
    spans += 1;
    if (spans > MOST_SPANS) throw new RangeError('Too many spans');
    const read =
      span === undefined ? ({ kind: 'refused', why: 'no-span' } as const) : requestOfSpan(span, customer);
    if (read.kind === 'request') requests.push(read.request);
    else if (read.kind === 'other') others += 1;
    else refused[read.why] += 1;
  };
  try {
    if (body.kind === 'protobuf') readProtobufSpans(body.bytes, customer, take);
    else if (!readJsonSpans(body.value, customer, take)) return undefined;
  } catch {
    // What is no protobuf, in as many ways as bytes can be wrong: nothing of it is taken.
    return undefined;
  }
  return { requests, others, refused };
}

export const refusedSpans = ({ refused }: ReadSpans): number =>
  Object.values(refused).reduce((a, b) => a + b, 0);

/** For whoever sent them: how many of each, in one line. */
export function refusalWords({ refused }: ReadSpans): string {
  const told = Object.entries(refused).filter(([, count]) => count > 0);
  return told.map(([why, count]) => `${count} ${WHY[why] ?? why}`).join(', ');
}

const WHY: Readonly<Record<string, string>> = {
  'no-span': 'are no spans',
  'no-id': 'have no valid trace or span id',
  'no-time': 'have no time, or end before they begin',
  'no-path': 'have neither url.path nor http.route',
  'no-status': 'have no status code',
  'too-long': 'have an attribute of more than 4096 characters',
};
