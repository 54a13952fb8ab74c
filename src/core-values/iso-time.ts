import { type EpochMs, epochMs } from './time.ts';

/** ISO 8601 in UTC to the millisecond, by arithmetic: pure code may not use `Date`. Years 1970 to 9999. */
const MS_OF_DAY = 86_400_000;
const LAST_MS = 253_402_300_799_999;
const FORM = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})\.(\d{3})Z$/;

/** `2026-11-22T09:30:00.000Z`; throws outside the years 1970 to 9999. */
export function formatTime(at: EpochMs): string {
  if (!Number.isSafeInteger(at) || at < 0 || at > LAST_MS) throw new RangeError(`Not a time: ${at}`);
  const day = civilDay(Math.floor(at / MS_OF_DAY));
  const ms = at % MS_OF_DAY;
  const clock = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  return `${day}T${clock.map((part) => digits(part, 2)).join(':')}.${digits(ms % 1000, 3)}Z`;
}

/** Exactly the form that `formatTime` writes, and only times that exist; `undefined` for everything else. */
export function parseTime(words: string): EpochMs | undefined {
  const [year, month, day, hour, minute, second, ms] = (FORM.exec(words) ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined || hour === undefined) return undefined;
  if (minute === undefined || second === undefined || ms === undefined || year < 1970) return undefined;
  const at =
    daysSinceEpoch(year, month, day) * MS_OF_DAY + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms;
  if (at < 0 || at > LAST_MS) return undefined;
  // February 30 and 25 o'clock come back as another time.
  return formatTime(epochMs(at)) === words ? epochMs(at) : undefined;
}

const digits = (value: number, length: number): string => String(value).padStart(length, '0');

/** Howard Hinnant's `days_from_civil` and its inverse: years begin in March, eras are 400 years. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

function civilDay(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}
