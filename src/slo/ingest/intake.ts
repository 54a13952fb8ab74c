import { sql } from 'kysely';
import { ok } from '#core-values';
import {
  clearRow,
  type LogRequest,
  newBatch,
  type RequestBatch,
  SPANS,
  setSpan,
  spanEnd,
  spanStart,
  TEXT_FIELDS,
} from '../core/logs/batch.ts';
import { bytesOf } from '../core/logs/bytes.ts';
import type { RouteTable } from '../core/routes/route-table.ts';
import type { IntakeRequest, RequestIntake, SloRoom } from '../room.ts';
import { beginTaking, ForgottenMeanwhile, linesOfRequests, readyToTake, take } from './take.ts';

/** Takes spans and beacons: exactly once by delivery, and by request where they say ids. */
export const requestIntake = (room: SloRoom): RequestIntake => ({
  take: async (delivery) => {
    for (;;) {
      try {
        return ok(await takeOnce(room, delivery));
      } catch (error) {
        if (!(error instanceof ForgottenMeanwhile)) throw error;
      }
    }
  },
});

async function takeOnce(
  room: SloRoom,
  { source, deliveryId, requests }: Parameters<RequestIntake['take']>[0],
): Promise<'taken' | 'repeated'> {
  const taking = await beginTaking(room);
  const idOf = (row: number): Uint8Array | undefined => {
    const id = requests[row]?.id;
    return id === undefined ? undefined : bytesOf(`${source}\0${id}`);
  };
  taking.gatherer.add(batchOf(requests, taking.routes), idOf);
  const taken = await readyToTake(source, taking.gatherer.take(), linesOfRequests(requests.length));
  const at = room.clock.now();
  return room.inTransaction(async (tx) => {
    const { rows } = await sql`
      INSERT INTO slo_deliveries (source, delivery_id, taken_at) VALUES (${source}, ${deliveryId}, ${new Date(at)})
      ON CONFLICT DO NOTHING RETURNING 1`.execute(tx);
    if (rows.length === 0) return 'repeated';
    await take(tx, taken, { at });
    return 'taken';
  });
}

/** Requests as rows, all in one batch. */
function batchOf(requests: readonly IntakeRequest[], routes: RouteTable): RequestBatch {
  const texts = requests.map((request) => TEXT_FIELDS.map((field) => bytesOf(request[field] ?? '')));
  const size = texts.flat().reduce((sum, { length }) => sum + length, 0);
  const batch = newBatch(Math.max(1, requests.length), size + 1);
  for (const [index, request] of requests.entries()) {
    clearRow(batch);
    setNumbers(batch, request);
    for (const [place, field] of TEXT_FIELDS.entries()) {
      const bytes = texts[index]?.[place] ?? new Uint8Array();
      batch.bytes.set(bytes, batch.free);
      setSpan(batch, SPANS[field], batch.free, batch.free + bytes.length);
      batch.free += bytes.length;
    }
    const at = (span: number) => [spanStart(batch, index, span), spanEnd(batch, index, span)] as const;
    batch.route[index] = routes.idOf(batch.bytes, ...at(SPANS.method), ...at(SPANS.path));
    batch.count += 1;
  }
  return batch;
}

function setNumbers(batch: RequestBatch, { beganMs, durationMs, status }: LogRequest): void {
  const row = batch.count;
  batch.beganMs[row] = beganMs;
  batch.durationMs[row] = durationMs ?? Number.NaN;
  batch.status[row] = status;
}
