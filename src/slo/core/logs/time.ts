import { byteAt, COLON, type Cursor, DOT, MINUS, readInteger, SLASH, SPACE, twoDigits } from './bytes.ts';

/*
 * Times by the place of their digits. Most lines of a log are of the same minute as the line before: its bytes are compared, and only
 * the seconds are read. All answers are milliseconds since 1970; NaN is what is no time. The cursor ends behind it.
 */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH_OF = new Map(
  MONTHS.map((name, index) => [code(name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2)), index + 1]),
);
const PLUS = 0x2b;
const COMMA = 0x2c;
const UPPER_T = 0x54;
const UPPER_Z = 0x5a;

function code(first: number, second: number, third: number): number {
  return (first << 16) | (second << 8) | third;
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970 of a day of the Gregorian calendar, NaN where there is no such day (Howard Hinnant, days_from_civil). */
function dayNumber(year: number, month: number, day: number): number {
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)))
    return Number.NaN;
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
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

const timeOfDayMs = (hour: number, minute: number): number =>
  hour <= 23 && minute <= 59 ? (hour * 60 + minute) * MINUTE_MS : Number.NaN;

/** 60 is a leap second; it counts into the next minute. */
const secondsMs = (second: number): number => (second <= 60 ? second * 1000 : Number.NaN);

/** `-0700`, `+09:00`, `+09`, `Z`: what must be taken away to get UTC. */
function readZoneMs(bytes: Uint8Array, cursor: Cursor, end: number): number {
  const sign = cursor.at < end ? byteAt(bytes, cursor.at) : 0;
  if (sign === UPPER_Z) {
    cursor.at += 1;
    return 0;
  }
  if ((sign !== PLUS && sign !== MINUS) || end - cursor.at < 3) return Number.NaN;
  const hours = twoDigits(bytes, cursor.at + 1);
  cursor.at += 3;
  const colon = byteAt(bytes, cursor.at) === COLON ? 1 : 0;
  const more = cursor.at + colon + 2 <= end ? twoDigits(bytes, cursor.at + colon) : Number.NaN;
  if (!Number.isNaN(more)) cursor.at += colon + 2;
  const offset = timeOfDayMs(hours, Number.isNaN(more) ? 0 : more);
  return sign === MINUS ? -offset : offset;
}

export interface TimeReader {
  /** `10/Oct/2000:13:55:36 -0700`. */
  readonly commonLog: (bytes: Uint8Array, cursor: Cursor, end: number) => number;
  /**
   * `2018-07-02T22:23:00.186641Z`, also with a space, a comma, `+09:00`. Without a zone it is NaN, for nobody can tell what it means,
   * unless `zoneless` says that the format is in UTC.
   */
  readonly iso: (bytes: Uint8Array, cursor: Cursor, end: number, zoneless?: 'utc') => number;
}

const COMMON_LOG_LENGTH = 26;
const COMMON_LOG_MINUTE = 17;
const COMMON_LOG_ZONE = 20;
const ISO_MINUTE = 16;

export function timeReader(): TimeReader {
  const common = new Uint8Array(COMMON_LOG_LENGTH);
  let commonMinuteMs = Number.NaN;
  const iso = new Uint8Array(ISO_MINUTE);
  let isoMinuteMs = Number.NaN;

  const sameCommonMinute = (bytes: Uint8Array, start: number): boolean => {
    for (let index = 0; index < COMMON_LOG_MINUTE; index += 1) {
      if (bytes[start + index] !== common[index]) return false;
    }
    for (let index = COMMON_LOG_ZONE; index < COMMON_LOG_LENGTH; index += 1) {
      if (bytes[start + index] !== common[index]) return false;
    }
    return true;
  };

  return {
    commonLog: (bytes, cursor, end) => {
      const start = cursor.at;
      if (end - start < COMMON_LOG_LENGTH) return Number.NaN;
      if (Number.isNaN(commonMinuteMs) || !sameCommonMinute(bytes, start)) {
        commonMinuteMs = commonLogMinuteMs(bytes, start, end);
        common.set(bytes.subarray(start, start + COMMON_LOG_LENGTH));
      }
      if (byteAt(bytes, start + COMMON_LOG_MINUTE) !== COLON) return Number.NaN;
      cursor.at = start + COMMON_LOG_LENGTH;
      return commonMinuteMs + secondsMs(twoDigits(bytes, start + COMMON_LOG_MINUTE + 1));
    },
    iso: (bytes, cursor, end, zoneless) => {
      const start = cursor.at;
      if (end - start < ISO_MINUTE + 3) return Number.NaN;
      let same = !Number.isNaN(isoMinuteMs);
      for (let index = 0; same && index < ISO_MINUTE; index += 1) same = bytes[start + index] === iso[index];
      if (!same) {
        isoMinuteMs = isoMinuteOfMs(bytes, start);
        iso.set(bytes.subarray(start, start + ISO_MINUTE));
      }
      if (byteAt(bytes, start + ISO_MINUTE) !== COLON) return Number.NaN;
      const wholeMs = isoMinuteMs + secondsMs(twoDigits(bytes, start + ISO_MINUTE + 1));
      cursor.at = start + ISO_MINUTE + 3;
      const fractionMs = readFractionMs(bytes, cursor, end);
      const before = cursor.at;
      const zoneMs = readZoneMs(bytes, cursor, end);
      if (!Number.isNaN(zoneMs)) return wholeMs + fractionMs - zoneMs;
      cursor.at = before;
      return zoneless === 'utc' ? wholeMs + fractionMs : Number.NaN;
    },
  };
}

/** Milliseconds; what is smaller falls away, for a log's order is by begin and nobody needs less. */
function readFractionMs(bytes: Uint8Array, cursor: Cursor, end: number): number {
  const mark = cursor.at < end ? byteAt(bytes, cursor.at) : 0;
  if (mark !== DOT && mark !== COMMA) return 0;
  cursor.at += 1;
  const start = cursor.at;
  const fraction = readInteger(bytes, cursor, end);
  return Math.floor((fraction * 1000) / 10 ** (cursor.at - start));
}

function commonLogMinuteMs(bytes: Uint8Array, start: number, end: number): number {
  const separated =
    byteAt(bytes, start + 2) === SLASH &&
    byteAt(bytes, start + 6) === SLASH &&
    byteAt(bytes, start + 11) === COLON &&
    byteAt(bytes, start + 14) === COLON &&
    byteAt(bytes, start + COMMON_LOG_ZONE) === SPACE;
  if (!separated) return Number.NaN;
  const month = MONTH_OF.get(
    code(byteAt(bytes, start + 3), byteAt(bytes, start + 4), byteAt(bytes, start + 5)),
  );
  const year = twoDigits(bytes, start + 7) * 100 + twoDigits(bytes, start + 9);
  const zone = { at: start + COMMON_LOG_ZONE + 1 };
  const zoneMs = readZoneMs(bytes, zone, end);
  if (zone.at !== start + COMMON_LOG_LENGTH) return Number.NaN;
  const dayMs = dayNumber(year, month ?? 0, twoDigits(bytes, start)) * DAY_MS;
  return dayMs + timeOfDayMs(twoDigits(bytes, start + 12), twoDigits(bytes, start + 15)) - zoneMs;
}

function isoMinuteOfMs(bytes: Uint8Array, start: number): number {
  const middle = byteAt(bytes, start + 10);
  if (byteAt(bytes, start + 13) !== COLON || (middle !== UPPER_T && middle !== SPACE)) return Number.NaN;
  const time = timeOfDayMs(twoDigits(bytes, start + 11), twoDigits(bytes, start + 14));
  return isoDayMs(bytes, start) + time;
}

/** `2019-12-04`, in UTC. */
export function isoDayMs(bytes: Uint8Array, start: number): number {
  if (byteAt(bytes, start + 4) !== MINUS || byteAt(bytes, start + 7) !== MINUS) return Number.NaN;
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  return dayNumber(year, twoDigits(bytes, start + 5), twoDigits(bytes, start + 8)) * DAY_MS;
}

/** `21:02:31`, since midnight. */
export const clockMs = (bytes: Uint8Array, start: number): number =>
  byteAt(bytes, start + 2) === COLON && byteAt(bytes, start + 5) === COLON
    ? timeOfDayMs(twoDigits(bytes, start), twoDigits(bytes, start + 3)) +
      secondsMs(twoDigits(bytes, start + 6))
    : Number.NaN;
