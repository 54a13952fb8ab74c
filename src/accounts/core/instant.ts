import { type EpochMs, epochMs } from '#core-values';

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3})\d*)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads RFC 3339 with its offset (`2026-12-28T00:00:00+09:00`); `undefined` for anything else, a day that the calendar does
 * not have included. Written out because `core/` may not use `Date`, which also rolls 31 February over.
 */
export function parseInstant(value: string): EpochMs | undefined {
  const [whole, ...parts] = INSTANT.exec(value) ?? [];
  if (whole === undefined) return;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(0, 6).map(Number);
  const [fraction = '0', sign = '+', offsetHours = '0', offsetMinutes = '0'] = parts.slice(6);
  const leapDay = month === 2 && isLeap(year) ? 1 : 0;
  if (day < 1 || day > (MONTH_DAYS[month - 1] ?? 0) + leapDay) return;
  if (hour > 23 || minute > 59 || second > 59) return;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60_000 : 60_000);
  const time = ((hour * 60 + minute) * 60 + second) * 1000 + Number(fraction.padEnd(3, '0'));
  return epochMs(daysSinceEpoch(year, month, day) * 86_400_000 + time - offset);
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Days from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "days_from_civil"). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
