import { z } from 'zod';
import { type Attributes, type AttributeValue, isWanted, type Span } from './span.ts';

/* OTLP/JSON: protobuf's JSON with ids in hexadecimal digits and enumerations as numbers (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */

const whole = z.union([z.int(), z.string().regex(/^-?\d{1,20}$/)]);
const scalar = z.object({ stringValue: z.string().optional(), intValue: whole.optional() });
const value = scalar.extend({ arrayValue: z.object({ values: z.array(scalar).optional() }).optional() });
const attributes = z.array(z.object({ key: z.string(), value: z.unknown() })).default([]);

const request = z.object({
  resourceSpans: z
    .array(
      z.object({
        resource: z.object({ attributes }).optional(),
        scopeSpans: z.array(z.object({ spans: z.array(z.unknown()).default([]) })).default([]),
      }),
    )
    .default([]),
});

const span = z.object({
  traceId: z.string().default(''),
  spanId: z.string().default(''),
  kind: z.int().default(0),
  startTimeUnixNano: whole.default(0),
  endTimeUnixNano: whole.default(0),
  attributes,
  status: z.object({ code: z.int().default(0) }).optional(),
});

const ERROR = 2;

/** Calls `take` for each span, with `undefined` for what is none; false where the body is no request at all. */
export function readJsonSpans(
  body: unknown,
  customer: string | undefined,
  take: (span: Span | undefined) => void,
): boolean {
  const parsed = request.safeParse(body);
  if (!parsed.success) return false;
  for (const { resource, scopeSpans } of parsed.data.resourceSpans) {
    const ofResource = attributesOf(resource?.attributes ?? [], customer);
    for (const { spans } of scopeSpans) for (const one of spans) take(spanOf(one, customer, ofResource));
  }
  return true;
}

function spanOf(given: unknown, customer: string | undefined, resource: Attributes): Span | undefined {
  const parsed = span.safeParse(given);
  if (!parsed.success) return undefined;
  const { traceId, spanId, kind, startTimeUnixNano, endTimeUnixNano, status } = parsed.data;
  return {
    traceId: traceId.toLowerCase(),
    spanId: spanId.toLowerCase(),
    kind,
    startNano: BigInt(startTimeUnixNano),
    endNano: BigInt(endTimeUnixNano),
    hasFailed: status?.code === ERROR,
    attributes: attributesOf(parsed.data.attributes, customer),
    resource,
  };
}

function attributesOf(given: z.output<typeof attributes>, customer: string | undefined): Attributes {
  const known = new Map<string, AttributeValue>();
  for (const { key, value: said } of given) {
    if (!isWanted(key, customer)) continue;
    const { stringValue, intValue, arrayValue } = value.safeParse(said).data ?? {};
    const first = arrayValue?.values?.[0];
    const read = stringValue ?? intValue ?? first?.stringValue ?? first?.intValue;
    if (read !== undefined) known.set(key, read);
  }
  return known;
}
