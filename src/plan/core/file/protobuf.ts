import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { text } from '#core-values';
import { refuse, refuseIfThrown } from './refusal.ts';

/** Reads one value of type `T` off the wire. */
export interface Codec<T> {
  readonly wireType: WireType;
  read(reader: BinaryReader): T;
}

/** One field of a message: its number, how to read one occurrence, and what occurrences add up to. */
interface Field<T> {
  readonly number: number;
  readonly wireType: WireType;
  readonly repeated: boolean;
  readItem(reader: BinaryReader): unknown;
  collect(items: readonly unknown[]): T;
}

type Fields = Readonly<Record<string, Field<unknown>>>;
type MessageOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };
export type Decoded<C> = C extends Codec<infer T> ? T : never;

const DAMAGED = text('The plan in the plan file is damaged.', 'プランファイル内のプランが壊れています。');

export const stringCodec: Codec<string> = {
  wireType: WireType.LengthDelimited,
  read: (reader) => reader.string(true),
};
export const bytesCodec: Codec<Uint8Array> = {
  wireType: WireType.LengthDelimited,
  read: (reader) => reader.bytes(),
};
export const boolCodec: Codec<boolean> = { wireType: WireType.Varint, read: (reader) => reader.bool() };
/** For enums and small counters; larger values lose nothing as they are refused later as unknown. */
export const intCodec: Codec<number> = {
  wireType: WireType.Varint,
  read: (reader) => Number(reader.int64()),
};

/** A field that occurs at most once. Protobuf would merge or overwrite a second one; we refuse it. */
export const once = <T, A>(number: number, codec: Codec<T>, absent: A): Field<T | A> => ({
  number,
  wireType: codec.wireType,
  repeated: false,
  readItem: (reader) => codec.read(reader),
  // The items of a field are what its own codec has read.
  collect: (items) => (items.length === 0 ? absent : (items[0] as T)),
});

export const optional = <T>(number: number, codec: Codec<T>): Field<T | undefined> =>
  once(number, codec, undefined);

export const many = <T>(number: number, codec: Codec<T>): Field<readonly T[]> => ({
  number,
  wireType: codec.wireType,
  repeated: true,
  readItem: (reader) => codec.read(reader),
  collect: (items) => items as readonly T[],
});

/**
 * A message by its table of fields. Unknown fields, wrong wire types and second occurrences are refused: a field
 * that we cannot read could change what Terraform does.
 */
export function message<F extends Fields>(name: string, fields: F): Codec<MessageOf<F>> {
  const byNumber = new Map(Object.entries(fields).map(([key, field]) => [field.number, { key, field }]));
  return {
    wireType: WireType.LengthDelimited,
    read: (reader) => readMessage(name, byNumber, reader.bytes()) as MessageOf<F>,
  };
}

/** Decodes a whole buffer as one message. Throws a refusal. */
export function decodeMessage<F extends Fields>(name: string, fields: F, bytes: Uint8Array): MessageOf<F> {
  const byNumber = new Map(Object.entries(fields).map(([key, field]) => [field.number, { key, field }]));
  return refuseIfThrown(() => readMessage(name, byNumber, bytes) as MessageOf<F>, 'damaged-plan', DAMAGED);
}

type FieldTable = ReadonlyMap<number, { readonly key: string; readonly field: Field<unknown> }>;

function readMessage(name: string, table: FieldTable, bytes: Uint8Array): Record<string, unknown> {
  const reader = new BinaryReader(bytes);
  const occurrences = new Map<number, unknown[]>();
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = table.get(number)?.field;
    if (field === undefined || field.wireType !== wireType) return unknownField(name, number);
    const items = occurrences.get(number);
    if (items === undefined) occurrences.set(number, [field.readItem(reader)]);
    else if (field.repeated) items.push(field.readItem(reader));
    else refuse('damaged-plan', DAMAGED);
    if (reader.pos > reader.len) refuse('damaged-plan', DAMAGED);
  }
  const decoded: Record<string, unknown> = {};
  for (const { key, field } of table.values())
    decoded[key] = field.collect(occurrences.get(field.number) ?? []);
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
