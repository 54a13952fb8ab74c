import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { sql } from 'kysely';
import type { EpochMs } from '#core-values';
import type { Db, Tx } from '#platform';
import type { Gathered } from '../core/spool/gather.ts';
import { LOOK_AHEAD_MS } from '../core/spool/judge.ts';
import { packRows, SLOT_MS, type SpoolRows, unpackRows } from '../core/spool/rows.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Requests that are ready to be written. */
export interface PackedSlot {
  readonly slot: number;
  readonly requests: number;
  readonly data: Buffer;
  /** It has requests of views that were opened in the slot before. */
  readonly reachesBack: boolean;
}

export async function packed({ slots }: Pick<Gathered, 'slots'>): Promise<readonly PackedSlot[]> {
  const parts: PackedSlot[] = [];
  for (const [slot, rows] of [...slots].toSorted(([a], [b]) => a - b)) {
    const data = await compress(packRows(rows));
    const reachesBack = (rows.beganMs[0] ?? 0) < slot * SLOT_MS + LOOK_AHEAD_MS;
    parts.push({ slot, requests: rows.count, data, reachesBack });
  }
  return parts;
}

/** The first slot whose requests are all still kept; locked, so that nothing is forgotten before the transaction ends. */
export async function keptFrom(tx: Tx): Promise<number> {
  const { rows } = await sql<{ slot: number }>`SELECT slot FROM slo_spool_floor FOR SHARE`.execute(tx);
  return rows[0]?.slot ?? 0;
}

export async function insertSpool(
  tx: Tx,
  source: string,
  parts: readonly PackedSlot[],
  takenAt: EpochMs,
): Promise<void> {
  for (const { slot, requests, data } of parts)
    await sql`INSERT INTO slo_spool (slot, source, requests, data, taken_at)
      VALUES (${slot}, ${source}, ${requests}, ${data}, ${new Date(takenAt)})`.execute(tx);
  const touched = new Set(
    parts.flatMap(({ slot, reachesBack }) => [...(reachesBack ? [slot - 1] : []), slot, slot + 1]),
  );
  if (touched.size > 0)
    await sql`
      INSERT INTO slo_slots AS known (slot) SELECT unnest(${[...touched].toSorted((a, b) => a - b)}::int[])
      ON CONFLICT (slot) DO UPDATE SET version = known.version + 1`.execute(tx);
}

/** All that is kept of some slots. */
export async function readSpool(
  db: Db,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly SpoolRows[]> {
  const { rows } = await sql<{ data: Buffer }>`
    SELECT data FROM slo_spool WHERE slot BETWEEN ${from} AND ${to} ORDER BY slot, id`.execute(db);
  const read: SpoolRows[] = [];
  for (const { data } of rows) read.push(unpackRows(await decompress(data)));
  return read;
}

export interface SlotState {
  readonly slot: number;
  readonly version: number;
  readonly judgedVersion: number;
  readonly judgedUntil: number;
  readonly definitions: string;
}

/** Slots of which something was not judged yet: requests that came since, minutes that are old enough now, other definitions. */
export async function slotsToJudge(
  db: Db,
  {
    untilMinute,
    definitions,
    most,
  }: { readonly untilMinute: number; readonly definitions: string; readonly most: number },
): Promise<readonly SlotState[]> {
  const { rows } = await sql<SlotState>`
    SELECT slot, version, judged_version AS "judgedVersion", judged_until AS "judgedUntil", definitions
    FROM slo_slots
    WHERE slot * 5 < ${untilMinute} AND slot > (SELECT floor.slot FROM slo_spool_floor AS floor)
      AND (judged_version < version OR definitions <> ${definitions} OR judged_until < least((slot + 1) * 5, ${untilMinute}))
    ORDER BY slot LIMIT ${most}`.execute(db);
  return rows;
}

/** Marks a slot as judged, as it was when its requests were read. False where somebody else judged it meanwhile, or it was forgotten. */
export async function markJudged(
  tx: Tx,
  { slot, version, ...before }: SlotState,
  now: { readonly untilMinute: number; readonly definitions: string },
): Promise<boolean> {
  if (slot <= (await keptFrom(tx))) return false;
  const { rows } = await sql`
    UPDATE slo_slots SET judged_version = ${version}, judged_until = ${now.untilMinute}, definitions = ${now.definitions}
    WHERE slot = ${slot} AND judged_version = ${before.judgedVersion} AND judged_until = ${before.judgedUntil}
      AND definitions = ${before.definitions} RETURNING 1`.execute(tx);
  return rows.length === 1;
}

/**
 * Forgets requests of slots before this one, but nothing that a slot still has to be judged by. Counts stay.
 */
export async function forgetSpool(tx: Tx, before: number): Promise<void> {
  const { rows } = await sql<{ slot: number }>`SELECT slot FROM slo_spool_floor FOR UPDATE`.execute(tx);
  const floor = rows[0]?.slot ?? 0;
  const waiting = await sql<{ slot: number | null }>`
    SELECT min(slot) AS slot FROM slo_slots WHERE slot > ${floor} AND judged_version < version`.execute(tx);
  const first = waiting.rows[0]?.slot ?? before;
  const next = Math.min(before, first - 1);
  if (next <= floor) return;
  await sql`UPDATE slo_spool_floor SET slot = ${next}`.execute(tx);
  await sql`DELETE FROM slo_spool WHERE slot < ${next}`.execute(tx);
  await sql`DELETE FROM slo_slots WHERE slot <= ${next}`.execute(tx);
}
