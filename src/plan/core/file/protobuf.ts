import { text } from '#core-values';
import { type Cursor, recentNames, viewOf } from './msgpack.ts';
import { refuse } from './refusal.ts';
import { utf8Text } from './utf8.ts';

/** The two wire types that a plan is written in (protobuf.dev, "Encoding"). */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
type WireType = typeof VARINT | typeof LENGTH_DELIMITED;

/** Where we are in a message; `end` is where the innermost one ends. */
export interface Reader extends Cursor {
  readonly recent: (Recent | undefined)[];
}

/** Reads one value of type `T` off the wire. */
export interface Codec<T> {
  readonly wireType: WireType;
  read(reader: Reader): T;
}

/** One field of a message: its number, how to read one occurrence, and what stands for none. */
interface Field<T> {
  readonly number: number;
  readonly wireType: WireType;
  readonly repeated: boolean;
  readonly absent: T;
  readItem(reader: Reader): unknown;
}

type Fields = Readonly<Record<string, Field<unknown>>>;
type MessageOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };
export type Decoded<C> = C extends Codec<infer T> ? T : never;

const damaged = (): never =>
  refuse(
    'damaged-plan',
    text('The plan in the plan file is damaged.', 'プランファイル内のプランが壊れています。'),
  );

/** Numbers beyond 2^53 lose digits, which changes nothing: they are no length, field or enum that we know. */
function varint(reader: Reader): number {
  let value = 0;
  let factor = 1;
  for (let index = 0; index < MAX_VARINT_BYTES; index += 1) {
    const byte = reader.position < reader.end ? reader.bytes[reader.position] : undefined;
    if (byte === undefined) return damaged();
    reader.position += 1;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 0x80;
  }
  return damaged();
}

const MAX_VARINT_BYTES = 10;

/** Steps over a length and as many bytes; answers the length. */
function pastDelimited(reader: Reader): number {
  const length = varint(reader);
  if (length > reader.end - reader.position) damaged();
  reader.position += length;
  return length;
}

export const stringCodec: Codec<string> = {
  wireType: LENGTH_DELIMITED,
  read(reader) {
    const length = pastDelimited(reader);
    return utf8Text(reader.bytes, reader.position - length, reader.position) ?? damaged();
  },
};
export const bytesCodec: Codec<Uint8Array> = {
  wireType: LENGTH_DELIMITED,
  read(reader) {
    const length = pastDelimited(reader);
    return reader.bytes.subarray(reader.position - length, reader.position);
  },
};
export const boolCodec: Codec<boolean> = { wireType: VARINT, read: (reader) => varint(reader) !== 0 };
/** For enums and small counters; larger values lose nothing as they are refused later as unknown. */
export const intCodec: Codec<number> = { wireType: VARINT, read: varint };

/** A field that occurs at most once. Protobuf would merge or overwrite a second one; we refuse it. */
export const once = <T, A>(number: number, codec: Codec<T>, absent: A): Field<T | A> => ({
  number,
  wireType: codec.wireType,
  repeated: false,
  absent,
  readItem: (reader) => codec.read(reader),
});

export const optional = <T>(number: number, codec: Codec<T>): Field<T | undefined> =>
  once(number, codec, undefined);

export const many = <T>(number: number, codec: Codec<T>): Field<readonly T[]> => ({
  number,
  wireType: codec.wireType,
  repeated: true,
  absent: [],
  readItem: (reader) => codec.read(reader),
});

/**
 * A message by its table of fields. Unknown fields, wrong wire types and second occurrences are refused: a field
 * that we cannot read could change what Terraform does.
 */
export function message<F extends Fields>(name: string, fields: F): Codec<MessageOf<F>> {
  const table = tableOf(name, fields);
  // The items of a field are what its own codec has read.
  return within((reader) => readMessage(table, reader) as MessageOf<F>);
}

/** What stands within a length: `read` finds the reader's end there, and has to come to it. */
export const within = <T>(read: (reader: Reader) => T): Codec<T> => ({
  wireType: LENGTH_DELIMITED,
  read(reader) {
    const outer = reader.end;
    const length = varint(reader);
    if (length > outer - reader.position) damaged();
    reader.end = reader.position + length;
    const decoded = read(reader);
    reader.end = outer;
    return decoded;
  },
});

/** What a codec has read from the bytes before `end`. */
interface Recent {
  readonly codec: object;
  readonly start: number;
  readonly end: number;
  readonly decoded: unknown;
}

const RECENT = 256;

/**
 * A codec of what stands within a length that answers the very same for the same bytes as lately in this plan: thousands
 * of resources have one provider and the same sensitive paths.
 */
export const repeating = <T>(codec: Codec<T>): Codec<T> => ({
  wireType: codec.wireType,
  read(reader) {
    const { bytes, position: start, recent } = reader;
    const length = pastDelimited(reader);
    const end = reader.position;
    const slot = ((bytes[end - 1] ?? 0) * 7 + length) % RECENT;
    const last = recent[slot];
    // What this codec has decoded is a `T`.
    if (last?.codec === codec && isSameBytes(bytes, start, end, last)) return last.decoded as T;
    reader.position = start;
    const decoded = codec.read(reader);
    recent[slot] = { codec, start, end, decoded };
    return decoded;
  },
});

function isSameBytes(bytes: Uint8Array, start: number, end: number, last: Recent): boolean {
  if (end - start !== last.end - last.start) return false;
  for (let index = start; index < end; index += 1) {
    if (bytes[index] !== bytes[index - start + last.start]) return false;
  }
  return true;
}

/** Decodes a whole buffer as one message. Throws a refusal. */
export const decodeMessage = <F extends Fields>(name: string, fields: F, bytes: Uint8Array): MessageOf<F> =>
  readMessage(tableOf(name, fields), {
    bytes,
    view: viewOf(bytes),
    names: recentNames(),
    recent: new Array<Recent | undefined>(RECENT).fill(undefined),
    position: 0,
    end: bytes.length,
  }) as MessageOf<F>;

interface Table {
  readonly name: string;
  /** A message without fields: copied whole, which is faster than making each message key by key. */
  readonly empty: Readonly<Record<string, unknown>>;
  /** By field number. */
  readonly slots: readonly (Slot | undefined)[];
}

interface Slot {
  readonly key: string;
  readonly field: Field<unknown>;
  /** This field's among those that tell which a message has had. */
  readonly bit: number;
}

const MOST_FIELDS = 31;

function tableOf(name: string, fields: Fields): Table {
  const entries = Object.entries(fields);
  if (entries.length > MOST_FIELDS) throw new Error(`The message ${name} has more fields than bits`);
  const highest = Math.max(...entries.map(([, { number }]) => number));
  const slots = new Array<Slot | undefined>(highest + 1).fill(undefined);
  for (const [index, [key, field]] of entries.entries())
    slots[field.number] = { key, field, bit: 1 << index };
  return { name, empty: Object.fromEntries(entries.map(([key, { absent }]) => [key, absent])), slots };
}

function readMessage({ name, empty, slots }: Table, reader: Reader): Record<string, unknown> {
  const decoded = { ...empty };
  let seen = 0;
  while (reader.position < reader.end) {
    const tag = varint(reader);
    const number = Math.floor(tag / 8);
    const slot = number < slots.length ? slots[number] : undefined;
    if (slot === undefined || slot.field.wireType !== tag % 8) return unknownField(name, number);
    const { key, field, bit } = slot;
    const item = field.readItem(reader);
    const earlier = decoded[key];
    if ((seen & bit) === 0) decoded[key] = field.repeated ? [item] : item;
    else if (field.repeated && Array.isArray(earlier)) earlier.push(item);
    else damaged();
    seen |= bit;
  }
  return decoded;
}

function unknownField(name: string, number: number): never {
  return refuse(
    'unknown-field',
    text(
      `The plan holds a field we do not know (${name}, field ${number}). It could change what is applied.`,
      `プランに未知のフィールド(${name} の ${number} 番)があります。適用内容を変えうるため受け付けません。`,
    ),
    text(
      'Check that the file is unchanged; if a newer Terraform or OpenTofu made it, update Sekisho.',
      'ファイルが変更されていないか確認してください。新しい Terraform や OpenTofu で作成した場合は Sekisho を更新してください。',
    ),
  );
}
