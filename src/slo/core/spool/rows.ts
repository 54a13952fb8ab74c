import { packedReader, packedWriter } from './packed.ts';

/** Counts are replaced by slots of so many minutes. */
export const SLOT_MINUTES = 5;
export const SLOT_MS = SLOT_MINUTES * 60_000;

export const slotOf = (ms: number): number => Math.floor(ms / SLOT_MS);

/**
 * Requests as they are kept to be judged, in columns. Who asked, for which page, from which page, in which trace and view are numbers of
 * 52 bits that only the server can make of the texts; 0 was not told.
 */
export interface SpoolRows {
  readonly count: number;
  /** Whole milliseconds since 1970. */
  readonly beganMs: Float64Array;
  /** Microseconds; -1 where it was not measured. */
  readonly timeUs: Int32Array;
  readonly status: Uint16Array;
  /** Places in `routes`. */
  readonly route: Int32Array;
  /** Places in `customers`, from 1; 0 was not told. */
  readonly customer: Int32Array;
  readonly bot: Uint8Array;
  readonly client: Float64Array;
  readonly page: Float64Array;
  readonly referer: Float64Array;
  readonly trace: Float64Array;
  readonly view: Float64Array;
  /** The request's own id: of the same one only one counts. */
  readonly id: Float64Array;
  /** `GET /items/{id}`; empty for what was no request line. */
  readonly routes: readonly string[];
  readonly customers: readonly string[];
}

export const KEY_COLUMNS = ['client', 'page', 'referer', 'trace', 'view', 'id'] as const;

const VERSION = 1;

/** Columns one after the other: equal things stand together, which is what makes them small once they are compressed. */
export function packRows(rows: SpoolRows): Uint8Array<ArrayBuffer> {
  const writer = packedWriter();
  const { count } = rows;
  writer.byte(VERSION);
  writer.varint(count);
  for (const texts of [rows.routes, rows.customers]) {
    writer.varint(texts.length);
    for (const text of texts) {
      const bytes = new TextEncoder().encode(text);
      writer.varint(bytes.length);
      writer.bytes(bytes);
    }
  }
  let before = 0;
  for (let row = 0; row < count; row += 1) {
    const beganMs = rows.beganMs[row] ?? 0;
    writer.signed(beganMs - before);
    before = beganMs;
  }
  for (let row = 0; row < count; row += 1) writer.varint((rows.timeUs[row] ?? -1) + 1);
  for (const column of [rows.status, rows.route, rows.customer, rows.bot])
    for (let row = 0; row < count; row += 1) writer.varint(column[row] ?? 0);
  for (const name of KEY_COLUMNS) {
    const places = new Map<number, number>([[0, 0]]);
    const indexes = new Int32Array(count);
    for (let row = 0; row < count; row += 1) {
      const key = rows[name][row] ?? 0;
      const place = places.get(key) ?? places.size;
      places.set(key, place);
      indexes[row] = place;
    }
    writer.varint(places.size);
    for (const key of places.keys()) writer.float(key);
    for (const place of indexes) writer.varint(place);
  }
  return writer.done();
}

/** What `packRows` packed; throws a RangeError for anything else. */
export function unpackRows(packed: Uint8Array): SpoolRows {
  const reader = packedReader(packed);
  const version = reader.byte();
  if (version !== VERSION) throw new RangeError(`Requests of version ${version} are not known`);
  const count = reader.varint();
  if (count > packed.length) throw new RangeError('What was packed ends too early');
  const words = (): readonly string[] =>
    Array.from({ length: Math.min(reader.varint(), packed.length) }, () =>
      new TextDecoder().decode(reader.bytes(reader.varint())),
    );
  const [routes, customers] = [words(), words()];
  const beganMs = new Float64Array(count);
  let before = 0;
  for (let row = 0; row < count; row += 1) {
    before += reader.signed();
    beganMs[row] = before;
  }
  const filled = <T extends Int32Array | Uint16Array | Uint8Array>(column: T): T => {
    for (let row = 0; row < count; row += 1) column[row] = reader.varint();
    return column;
  };
  const timeUs = filled(new Int32Array(count)).map((value) => value - 1);
  const small = {
    status: filled(new Uint16Array(count)),
    route: filled(new Int32Array(count)),
    customer: filled(new Int32Array(count)),
    bot: filled(new Uint8Array(count)),
  };
  const keys = (): Float64Array => {
    const known = new Float64Array(Math.min(reader.varint(), packed.length));
    for (let place = 0; place < known.length; place += 1) known[place] = reader.float();
    const column = new Float64Array(count);
    for (let row = 0; row < count; row += 1) column[row] = known[reader.varint()] ?? 0;
    return column;
  };
  const [client, page, referer, trace, view, id] = [keys(), keys(), keys(), keys(), keys(), keys()];
  return { count, beganMs, timeUs, ...small, client, page, referer, trace, view, id, routes, customers };
}
