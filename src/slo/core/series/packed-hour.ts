import { type PackedReader, packedReader, packedWriter } from '../spool/packed.ts';

export const HOUR_MINUTES = 60;
const MASK_BYTES = 8;

/** Events of the minutes of an hour. */
export interface HourCounts {
  readonly good: Float64Array;
  readonly bad: Float64Array;
}

export const emptyHour = (): HourCounts => ({
  good: new Float64Array(HOUR_MINUTES),
  bad: new Float64Array(HOUR_MINUTES),
});

/** A bit for each minute that has events, then good and bad of each: whatever the bytes, 0 ≤ good ≤ total holds. */
export function packHour({ good, bad }: HourCounts): Uint8Array<ArrayBuffer> {
  const writer = packedWriter();
  const mask = new Uint8Array(MASK_BYTES);
  for (let minute = 0; minute < HOUR_MINUTES; minute += 1) {
    if (hasEvents(good, bad, minute)) mask[minute >> 3] = (mask[minute >> 3] ?? 0) | (1 << (minute & 7));
  }
  writer.bytes(mask);
  for (let minute = 0; minute < HOUR_MINUTES; minute += 1) {
    if (!hasEvents(good, bad, minute)) continue;
    writer.varint(good[minute] ?? 0);
    writer.varint(bad[minute] ?? 0);
  }
  return writer.done();
}

const hasEvents = (good: Float64Array, bad: Float64Array, minute: number): boolean =>
  (good[minute] ?? 0) > 0 || (bad[minute] ?? 0) > 0;

/** Gives the minutes (0 to 59) of a packed hour that have events. */
export function readHour(
  reader: PackedReader,
  take: (minute: number, good: number, bad: number) => void,
): void {
  const mask = reader.bytes(MASK_BYTES);
  for (let minute = 0; minute < HOUR_MINUTES; minute += 1) {
    if (((mask[minute >> 3] ?? 0) & (1 << (minute & 7))) === 0) continue;
    const good = reader.varint();
    take(minute, good, reader.varint());
  }
}

export function unpackHour(packed: Uint8Array): HourCounts {
  const hour = emptyHour();
  readHour(packedReader(packed), (minute, good, bad) => {
    hour.good[minute] = good;
    hour.bad[minute] = bad;
  });
  return hour;
}

/** The sums of an hour. */
export function hourSums({ good, bad }: HourCounts): { readonly good: number; readonly total: number } {
  let [goods, all] = [0, 0];
  for (let minute = 0; minute < HOUR_MINUTES; minute += 1) {
    goods += good[minute] ?? 0;
    all += (good[minute] ?? 0) + (bad[minute] ?? 0);
  }
  return { good: goods, total: all };
}
