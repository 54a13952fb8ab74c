import { type RequestBatch, SPANS, spanEnd, spanStart } from '../logs/batch.ts';
import { type ByteTable, byteTable } from '../logs/byte-table.ts';
import { textOf } from '../logs/bytes.ts';
import type { RouteTable } from '../routes/route-table.ts';
import { isBotAgent } from '../screens/bots.ts';
import { pageOfAddress } from '../screens/keys-of-rows.ts';
import { microseconds } from '../screens/score.ts';
import { KEY_COLUMNS, type SpoolRows, slotOf } from './rows.ts';

/** Makes a number of 52 bits, never 0, of a text under a secret key; of different kinds they differ. */
export type Pseudonym = (kind: PseudonymKind, bytes: Uint8Array) => number;
export type PseudonymKind = 'client' | 'page' | 'trace' | 'view' | 'id';

export interface Gathering {
  readonly routes: RouteTable;
  readonly pseudonym: Pseudonym;
  /** Requests that began before or from then on are only counted: their slots cannot be judged any more, or their time is yet to come. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Takes requests as they are read and gives them as columns by slot. */
export interface Gatherer {
  /** `idOf`: the request's own id, by its row. */
  readonly add: (batch: RequestBatch, idOf?: (row: number) => Uint8Array | undefined) => void;
  readonly size: () => number;
  /** What came since the last time, each slot with its requests in the order of their time. */
  readonly take: () => Gathered;
}

export interface Gathered {
  readonly slots: ReadonlyMap<number, SpoolRows>;
  readonly tooLate: number;
  readonly tooEarly: number;
  /** When the newest request began; missing without any. */
  readonly newestMs?: number;
}

const MOST_TEXTS = 65_536;
const SEPARATOR = 0;

/** One request of those that wait to be packed. */
interface Kept {
  readonly beganMs: number;
  readonly timeUs: number;
  readonly status: number;
  readonly route: string;
  readonly customer: string;
  readonly bot: number;
  readonly keys: readonly number[];
}

/** Numbers of texts, each made once for as long as there is room. */
function knownKeys(pseudonym: Pseudonym, kind: PseudonymKind) {
  let known: ByteTable = byteTable(MOST_TEXTS);
  let keys: number[] = [];
  return (bytes: Uint8Array, start: number, end: number): number => {
    if (end <= start) return 0;
    let place = known.intern(bytes, start, end);
    if (place < 0) {
      known = byteTable(MOST_TEXTS);
      keys = [];
      place = known.intern(bytes, start, end);
    }
    const key = keys[place];
    if (key !== undefined) return key;
    const made = pseudonym(kind, bytes.subarray(start, end));
    if (place >= 0) keys[place] = made;
    return made;
  };
}

type KeepRow = (batch: RequestBatch, row: number, beganMs: number, id: Uint8Array | undefined) => Kept;

function rowKeeper({ routes, pseudonym }: Gathering): KeepRow {
  const keyOf = {
    client: knownKeys(pseudonym, 'client'),
    page: knownKeys(pseudonym, 'page'),
    trace: knownKeys(pseudonym, 'trace'),
    view: knownKeys(pseudonym, 'view'),
  };
  const bots = new Map<string, number>();
  const customers: ByteTable = byteTable(MOST_TEXTS);
  let scratch = new Uint8Array(1024);

  /** Clients are told apart by address and user agent: many people are behind one address. */
  const clientOf = (batch: RequestBatch, row: number): number => {
    const [start, end] = [spanStart(batch, row, SPANS.client), spanEnd(batch, row, SPANS.client)];
    if (end <= start) return 0;
    const [agentStart, agentEnd] = [
      spanStart(batch, row, SPANS.userAgent),
      spanEnd(batch, row, SPANS.userAgent),
    ];
    const length = end - start + 1 + agentEnd - agentStart;
    if (length > scratch.length) scratch = new Uint8Array(2 * length);
    scratch.set(batch.bytes.subarray(start, end));
    scratch[end - start] = SEPARATOR;
    scratch.set(batch.bytes.subarray(agentStart, agentEnd), end - start + 1);
    return keyOf.client(scratch, 0, length);
  };
  const isBot = (batch: RequestBatch, row: number): number => {
    const [start, end] = [spanStart(batch, row, SPANS.userAgent), spanEnd(batch, row, SPANS.userAgent)];
    if (end <= start) return 0;
    const agent = textOf(batch.bytes, start, end);
    const known = bots.get(agent) ?? (isBotAgent(agent) ? 1 : 0);
    if (bots.size >= MOST_TEXTS) bots.clear();
    bots.set(agent, known);
    return known;
  };
  const customerOf = (batch: RequestBatch, row: number): string => {
    const [start, end] = [spanStart(batch, row, SPANS.customer), spanEnd(batch, row, SPANS.customer)];
    if (end <= start) return '';
    const place = customers.intern(batch.bytes, start, end);
    return place < 0 ? textOf(batch.bytes, start, end) : customers.text(place);
  };
  return (batch, row, beganMs, id) => {
    const { bytes } = batch;
    const span = (kind: 'trace' | 'view'): number =>
      keyOf[kind](bytes, spanStart(batch, row, SPANS[kind]), spanEnd(batch, row, SPANS[kind]));
    const referer = pageOfAddress(
      bytes,
      spanStart(batch, row, SPANS.referer),
      spanEnd(batch, row, SPANS.referer),
    );
    const durationMs = batch.durationMs[row] ?? Number.NaN;
    const { method, pattern } = routes.route(batch.route[row] ?? 0);
    return {
      beganMs,
      timeUs: Number.isNaN(durationMs) ? -1 : microseconds(durationMs),
      status: batch.status[row] ?? 0,
      route: method === '' ? pattern : `${method} ${pattern}`,
      customer: customerOf(batch, row),
      bot: isBot(batch, row),
      keys: [
        clientOf(batch, row),
        keyOf.page(bytes, spanStart(batch, row, SPANS.path), spanEnd(batch, row, SPANS.path)),
        referer === undefined ? 0 : keyOf.page(referer.bytes, referer.start, referer.end),
        span('trace'),
        span('view'),
        id === undefined ? 0 : pseudonym('id', id),
      ],
    };
  };
}

export function gatherer(gathering: Gathering): Gatherer {
  const { fromMs, toMs } = gathering;
  const keep = rowKeeper(gathering);
  let kept: Kept[] = [];
  let [tooLate, tooEarly, newestMs] = [0, 0, Number.NEGATIVE_INFINITY];
  return {
    size: () => kept.length,
    add: (batch, idOf) => {
      for (let row = 0; row < batch.count; row += 1) {
        const beganMs = Math.floor(batch.beganMs[row] ?? Number.NaN);
        if (beganMs >= toMs) tooEarly += 1;
        // Also what has no time.
        else if (!(beganMs >= fromMs)) tooLate += 1;
        else {
          kept.push(keep(batch, row, beganMs, idOf?.(row)));
          if (beganMs > newestMs) newestMs = beganMs;
        }
      }
    },
    take: () => {
      const gathered: Gathered = {
        slots: bySlot(kept),
        ...{ tooLate, tooEarly },
        ...(newestMs > Number.NEGATIVE_INFINITY && { newestMs }),
      };
      kept = [];
      [tooLate, tooEarly, newestMs] = [0, 0, Number.NEGATIVE_INFINITY];
      return gathered;
    },
  };
}

function bySlot(kept: readonly Kept[]): ReadonlyMap<number, SpoolRows> {
  const slots = Map.groupBy(kept, ({ beganMs }) => slotOf(beganMs));
  return new Map([...slots].map(([slot, rows]) => [slot, columnsOf(rows)]));
}

function columnsOf(given: readonly Kept[]): SpoolRows {
  const kept = given.toSorted((a, b) => a.beganMs - b.beganMs);
  const [routes, customers] = [new Map<string, number>(), new Map<string, number>()];
  const placeIn = (places: Map<string, number>, text: string): number => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  };
  const route = Int32Array.from(kept, (row) => placeIn(routes, row.route));
  const customer = Int32Array.from(kept, (row) =>
    row.customer === '' ? 0 : placeIn(customers, row.customer) + 1,
  );
  const key = (name: (typeof KEY_COLUMNS)[number]): Float64Array =>
    Float64Array.from(kept, ({ keys }) => keys[KEY_COLUMNS.indexOf(name)] ?? 0);
  return {
    count: kept.length,
    beganMs: Float64Array.from(kept, ({ beganMs }) => beganMs),
    timeUs: Int32Array.from(kept, ({ timeUs }) => timeUs),
    status: Uint16Array.from(kept, ({ status }) => status),
    route,
    customer,
    bot: Uint8Array.from(kept, ({ bot }) => bot),
    client: key('client'),
    page: key('page'),
    referer: key('referer'),
    trace: key('trace'),
    view: key('view'),
    id: key('id'),
    routes: [...routes.keys()],
    customers: [...customers.keys()],
  };
}
