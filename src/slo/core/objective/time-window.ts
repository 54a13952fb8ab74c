import { Temporal } from 'temporal-polyfill';
import { type EpochMs, err, ok, type Problem, problem, type Result, type Text, text } from '#core-values';

/** Minutes from `fromMinute` up to and without `toMinute`, both counted since 1970-01-01T00:00Z: the grain of all counts. */
export interface Bounds {
  readonly fromMinute: number;
  readonly toMinute: number;
}

export type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** What an objective is held against: the last so many minutes, or one period of a calendar after the other. */
export type TimeWindow = RollingWindow | CalendarWindow;

export interface RollingWindow {
  readonly kind: 'rolling';
  readonly minutes: number;
}

export interface CalendarWindow {
  readonly kind: 'calendar';
  readonly every: { readonly unit: CalendarUnit; readonly count: number };
  /** When one of the periods begins on the clocks of the time zone: `2026-01-01T00:00`. All others are counted from it. */
  readonly anchor: string;
  readonly timeZone: string;
}

/** Monday, and the first of month, quarter and year. */
const NATURAL_ANCHOR = { week: '1970-01-05T00:00', other: '1970-01-01T00:00' };
/** OpenSLO writes `2020-01-21 12:30:00`; seconds other than 0 would cut a minute's counts in two. */
const ANCHOR = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::00(?:\.0+)?)?$/;
const MINUTES: Readonly<Record<CalendarUnit, number>> = {
  day: 1440,
  week: 7 * 1440,
  month: 30 * 1440,
  quarter: 90 * 1440,
  year: 365 * 1440,
};
/** Of 400 Gregorian years, which are 146,097 days. */
const AVERAGE_MINUTES: Readonly<Record<CalendarUnit, number>> = {
  ...MINUTES,
  month: (146_097 * 1440) / 4800,
  quarter: (146_097 * 1440) / 1600,
  year: (146_097 * 1440) / 400,
};
/** A century: longer windows are slips of the pen, and their minutes would not fit where counts are kept. */
const MOST_MINUTES = 100 * 366 * 1440;

export function rollingWindow(minutes: number): Result<RollingWindow, Problem> {
  if (Number.isInteger(minutes) && minutes > 0 && minutes <= MOST_MINUTES) {
    return ok({ kind: 'rolling', minutes });
  }
  return refused('length', `${minutes}`, {
    en: 'A rolling window is a whole number of minutes, from one to a century.',
    ja: 'ローリングウィンドウの長さは 1 分から 100 年までの分単位の整数です。',
  });
}

/** Without an anchor: days from midnight, weeks from Monday, the others from the first of January. Any IANA time zone. */
export function calendarWindow(given: {
  readonly unit: CalendarUnit;
  readonly count?: number;
  readonly timeZone: string;
  readonly anchor?: string;
}): Result<CalendarWindow, Problem> {
  const { unit, count = 1, timeZone } = given;
  const anchor = given.anchor ?? (unit === 'week' ? NATURAL_ANCHOR.week : NATURAL_ANCHOR.other);
  if (!Number.isInteger(count) || count < 1 || count * MINUTES[unit] > MOST_MINUTES) {
    return refused('length', `${count} ${unit}`, {
      en: 'A calendar window is a whole number of periods, one or more and less than a century.',
      ja: 'カレンダーウィンドウは 1 以上の整数個の期間で、100 年未満です。',
    });
  }
  const [, date, time] = ANCHOR.exec(anchor) ?? [];
  const start =
    date === undefined ? undefined : attempt(() => Temporal.PlainDateTime.from(`${date}T${time}`));
  if (start === undefined) {
    return refused('anchor', anchor, {
      en: 'Write the start as a local time in whole minutes, such as 2026-01-01T00:00.',
      ja: '開始は 2026-01-01T00:00 のように、現地時刻の分単位で書いてください。',
    });
  }
  if (attempt(() => start.toZonedDateTime(timeZone)) === undefined) {
    return refused('time-zone', timeZone, {
      en: 'Use a name of the IANA time zone database, such as Asia/Tokyo.',
      ja: 'Asia/Tokyo のような IANA タイムゾーン名を使ってください。',
    });
  }
  return ok({ kind: 'calendar', every: { unit, count }, anchor: `${date}T${time}`, timeZone });
}

/**
 * The window that counts at this time. Rolling: the finished minutes before it. Calendar: the period it is in, whose end may lie
 * ahead. Days with a change of clocks have the 23, 23.5, 24.5 or 25 hours that they have.
 */
export function boundsAt(window: TimeWindow, at: EpochMs): Bounds {
  const minute = Math.floor(at / 60_000);
  if (window.kind === 'rolling') return { fromMinute: minute - window.minutes, toMinute: minute };
  const { fromMinute, toMinute } = periodAt(window, minute);
  return { fromMinute, toMinute };
}

/** The calendar's periods that touch these bounds, in order and without gaps; for a burn-down or a history. */
export function periodsWithin(window: CalendarWindow, { fromMinute, toMinute }: Bounds): readonly Bounds[] {
  const periods: Bounds[] = [];
  let { index, ...bounds } = periodAt(window, fromMinute);
  while (bounds.fromMinute < toMinute) {
    // Where a zone skips a day (Samoa, 2011-12-30), its period has no minutes.
    if (bounds.toMinute > bounds.fromMinute) periods.push(bounds);
    index += 1;
    bounds = { fromMinute: bounds.toMinute, toMinute: startOf(window, index + 1) };
  }
  return periods;
}

/** The length that tables of alerts go by; a month counts as 30 days there, as in Sloth. */
export const nominalMinutes = (window: TimeWindow): number =>
  window.kind === 'rolling' ? window.minutes : window.every.count * MINUTES[window.every.unit];

/** The period that holds this minute, numbered from the anchor's: guessed by average lengths, then stepped to. */
function periodAt(window: CalendarWindow, minute: number): Bounds & { readonly index: number } {
  const { unit, count } = window.every;
  let index = Math.floor((minute - startOf(window, 0)) / (AVERAGE_MINUTES[unit] * count));
  let [fromMinute, toMinute] = [startOf(window, index), startOf(window, index + 1)];
  for (; fromMinute > minute; index -= 1) [fromMinute, toMinute] = [startOf(window, index - 1), fromMinute];
  for (; toMinute <= minute; index += 1) [fromMinute, toMinute] = [toMinute, startOf(window, index + 2)];
  return { index, fromMinute, toMinute };
}

/** Always counted from the anchor, so that the 31st comes back after February. A time that clocks skip is the one after the gap. */
function startOf({ every, anchor, timeZone }: CalendarWindow, period: number): number {
  const amount = period * every.count;
  const months = every.unit === 'quarter' ? 3 * amount : every.unit === 'month' ? amount : 0;
  const length = {
    years: every.unit === 'year' ? amount : 0,
    months,
    weeks: every.unit === 'week' ? amount : 0,
    days: every.unit === 'day' ? amount : 0,
  };
  const start = Temporal.PlainDateTime.from(anchor).add(length).toZonedDateTime(timeZone);
  return Math.floor(start.epochMilliseconds / 60_000);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const refused = (rule: 'length' | 'anchor' | 'time-zone', found: string, remedy: Text) =>
  err(
    problem('bad-input', {
      rule: `time-window.${rule}`,
      message: text(
        `This is no time window: ${JSON.stringify(found)}.`,
        `時間枠として正しくありません: ${JSON.stringify(found)}`,
      ),
      remedy,
    }),
  );
