import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type Attributes, type AttributeValue, isWanted, type Span } from './span.ts';

/*
 * opentelemetry/proto/{collector/trace,trace,resource,common}/v1 (opentelemetry-proto 1.x, Apache-2.0): only the fields that are looked at;
 * all others are read over, whatever they hold. Throws for what is no protobuf.
 */

type Field = (reader: BinaryReader, wireType: WireType) => void;

/** Reads a message: each of its fields by its number, if it is wanted and has the wire type that belongs to it. */
function readMessage(bytes: Uint8Array, fields: Readonly<Record<number, readonly [WireType, Field]>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const [wanted, read] = Object.hasOwn(fields, number) ? (fields[number] ?? []) : [];
    if (read !== undefined && wanted === wireType) read(reader, wireType);
    else reader.skip(wireType, number);
  }
}

const DELIMITED = WireType.LengthDelimited;

/** Calls `take` for each span of an ExportTraceServiceRequest. `customer`: an attribute that is wanted besides. */
export function readProtobufSpans(
  body: Uint8Array,
  customer: string | undefined,
  take: (span: Span) => void,
): void {
  readMessage(body, { 1: [DELIMITED, (reader) => readResourceSpans(reader.bytes(), customer, take)] });
}

function readResourceSpans(
  bytes: Uint8Array,
  customer: string | undefined,
  take: (span: Span) => void,
): void {
  const resource = new Map<string, AttributeValue>();
  const scopes: Uint8Array[] = [];
  readMessage(bytes, {
    1: [
      DELIMITED,
      (reader) =>
        readMessage(reader.bytes(), {
          1: [DELIMITED, (inner) => readAttribute(inner.bytes(), customer, resource)],
        }),
    ],
    2: [DELIMITED, (reader) => scopes.push(reader.bytes())],
  });
  // The resource may stand behind its spans.
  for (const scope of scopes) {
    readMessage(scope, { 2: [DELIMITED, (reader) => take(readSpan(reader.bytes(), customer, resource))] });
  }
}

function readSpan(bytes: Uint8Array, customer: string | undefined, resource: Attributes): Span {
  const attributes = new Map<string, AttributeValue>();
  const span = { traceId: '', spanId: '', kind: 0, startNano: 0n, endNano: 0n, hasFailed: false };
  readMessage(bytes, {
    1: [DELIMITED, (reader) => (span.traceId = hexOf(reader.bytes()))],
    2: [DELIMITED, (reader) => (span.spanId = hexOf(reader.bytes()))],
    6: [WireType.Varint, (reader) => (span.kind = reader.int32())],
    7: [WireType.Bit64, (reader) => (span.startNano = BigInt(reader.fixed64()))],
    8: [WireType.Bit64, (reader) => (span.endNano = BigInt(reader.fixed64()))],
    9: [DELIMITED, (reader) => readAttribute(reader.bytes(), customer, attributes)],
    15: [
      DELIMITED,
      (reader) =>
        readMessage(reader.bytes(), {
          3: [WireType.Varint, (inner) => (span.hasFailed = inner.int32() === ERROR)],
        }),
    ],
  });
  return { ...span, attributes, resource };
}

const ERROR = 2;

function readAttribute(
  bytes: Uint8Array,
  customer: string | undefined,
  into: Map<string, AttributeValue>,
): void {
  let name = '';
  let value: Uint8Array | undefined;
  readMessage(bytes, {
    1: [DELIMITED, (reader) => (name = reader.string())],
    2: [DELIMITED, (reader) => (value = reader.bytes())],
  });
  const read = value !== undefined && isWanted(name, customer) ? readValue(value, true) : undefined;
  if (read !== undefined) into.set(name, read);
}

/** Headers are lists: of one, its first value. */
function readValue(bytes: Uint8Array, maybeList: boolean): AttributeValue | undefined {
  let value: AttributeValue | undefined;
  readMessage(bytes, {
    1: [DELIMITED, (reader) => (value = reader.string())],
    3: [WireType.Varint, (reader) => (value = Number(reader.int64()))],
    ...(maybeList && {
      5: [
        DELIMITED,
        (reader: BinaryReader) =>
          readMessage(reader.bytes(), {
            1: [DELIMITED, (inner) => (value ??= readValue(inner.bytes(), false))],
          }),
      ] as const,
    }),
  });
  return value;
}

const hexOf = (bytes: Uint8Array): string =>
  bytes.length > 16 ? '' : Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** An ExportTraceServiceResponse; empty where nothing was refused. */
export function protobufAnswer(refused: number, words: string): Uint8Array<ArrayBuffer> {
  const answer = new BinaryWriter();
  if (refused > 0)
    answer
      .tag(1, DELIMITED)
      .fork()
      .tag(1, WireType.Varint)
      .int64(refused)
      .tag(2, DELIMITED)
      .string(words)
      .join();
  return new Uint8Array(answer.finish());
}

/** A google.rpc.Status, as which OTLP wants failures. */
export function protobufStatus(code: number, words: string): Uint8Array<ArrayBuffer> {
  const status = new BinaryWriter().tag(1, WireType.Varint).int32(code).tag(2, DELIMITED).string(words);
  return new Uint8Array(status.finish());
}
