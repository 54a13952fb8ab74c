import type { Branded } from '#core-values';

export type Seconds = Branded<number, 'Seconds'>;

const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const DURATION = /^(?:([0-9]{1,5})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,5})s)?$/;

/** Reads `7d`, `90m`, `1h30m`: units from large to small, each once. `undefined` for anything else. */
export function parseDuration(value: string): Seconds | undefined {
  const [whole, days, hours, minutes, seconds] = DURATION.exec(value) ?? [];
  if (whole === undefined || whole === '') return;
  const total =
    Number(days ?? 0) * UNITS.d +
    Number(hours ?? 0) * UNITS.h +
    Number(minutes ?? 0) * UNITS.m +
    Number(seconds ?? 0) * UNITS.s;
  // The one place where a sum of seconds takes its brand.
  return total as Seconds;
}
