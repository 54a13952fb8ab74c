import { parseTime } from '#core-values';

const W3C =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/;
const EPOCH_SECONDS = /^\d{5,12}(?:\.\d{1,9})?$/;

/**
 * Milliseconds since 1970 of a date as policies and requests write it: W3C's profile of ISO 8601 (`2026`, `2026-11`, `2026-11-22`,
 * `2026-11-22T09:30Z`, `2026-11-22T09:30:00.5+09:00`) or seconds since 1970. Four digits are a year.
 */
export function parseDate(words: string): number | undefined {
  if (EPOCH_SECONDS.test(words)) return Number(words) * 1000;
  const found = W3C.exec(words);
  if (found === null) return undefined;
  const [
    ,
    year = '',
    month = '01',
    day = '01',
    hour = '00',
    minute = '00',
    second = '00',
    fraction = '',
    zone = 'Z',
  ] = found;
  const ms = fraction.slice(0, 3).padEnd(3, '0');
  const local = parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  const offsetMinutes = zone === 'Z' ? 0 : minutesOf(zone);
  if (local === undefined || offsetMinutes === undefined) return undefined;
  return local - offsetMinutes * 60_000;
}

function minutesOf(zone: string): number | undefined {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
