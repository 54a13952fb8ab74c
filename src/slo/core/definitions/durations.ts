import { text } from '#core-values';
import { parsedString } from '#platform/core';
import type { CalendarUnit } from '../objective/time-window.ts';
import { refusal } from './fields.ts';

/** OpenSLO's duration-shorthand. */
const SHORTHAND = /^([1-9]\d{0,8})([mhdwMQY])$/;

/** A rolling month has 30 days, as in Sloth; months of a calendar have those that they have. */
const MINUTES: Readonly<Record<string, number>> = {
  m: 1,
  h: 60,
  d: 1440,
  w: 7 * 1440,
  M: 30 * 1440,
  Q: 90 * 1440,
  Y: 365 * 1440,
};
const UNITS: Readonly<Record<string, CalendarUnit>> = {
  d: 'day',
  w: 'week',
  M: 'month',
  Q: 'quarter',
  Y: 'year',
};

export interface Shorthand {
  readonly count: number;
  readonly minutes: number;
  /** Of durations that a calendar knows: not minutes and hours. */
  readonly unit?: CalendarUnit;
}

export function parseShorthand(words: string): Shorthand | undefined {
  const [, digits, postfix = ''] = SHORTHAND.exec(words) ?? [];
  if (digits === undefined) return undefined;
  const count = Number(digits);
  const unit = UNITS[postfix];
  return { count, minutes: count * (MINUTES[postfix] ?? 0), ...(unit === undefined ? {} : { unit }) };
}

const NO_DURATION = refusal(
  'slo.duration',
  text('This is no duration.', '期間として読めません。'),
  text(
    'Write a number and one of m, h, d, w, M (months), Q, Y: 5m, 1h, 4w, 1M.',
    '数字と m、h、d、w、M(月)、Q、Y のいずれかで書いてください(例: 5m、1h、4w、1M)。',
  ),
);

export const shorthand = () => parsedString(parseShorthand, NO_DURATION);

/** As minutes. */
export const minutes = () => parsedString((value) => parseShorthand(value)?.minutes, NO_DURATION);

/** As minutes; `0m` is allowed too, which OpenSLO's text names as the default and its JSON schema refuses. */
export const delay = () =>
  parsedString((value) => (/^0[mhd]$/.test(value) ? 0 : parseShorthand(value)?.minutes), NO_DURATION);

/** The same minutes in the largest of d, h and m that needs no fraction. */
export function minutesWords(value: number): string {
  if (value > 0 && value % 1440 === 0) return `${value / 1440}d`;
  return value > 0 && value % 60 === 0 ? `${value / 60}h` : `${value}m`;
}

export const unitWords = (unit: CalendarUnit, count: number): string =>
  `${count}${Object.entries(UNITS).find(([, known]) => known === unit)?.[0] ?? 'd'}`;

const LATENCY = /^([1-9]\d{0,6})(ms|s|m)$/;

/** `300ms`, `2s`, as milliseconds. */
export const latency = () =>
  parsedString(
    (value) => {
      const [, digits, unit] = LATENCY.exec(value) ?? [];
      if (digits === undefined) return undefined;
      return Number(digits) * (unit === 'm' ? 60_000 : unit === 's' ? 1000 : 1);
    },
    refusal(
      'slo.latency',
      text('This is no time that a request may take.', 'リクエストの所要時間として読めません。'),
      text('Write it as 300ms or 2s.', '300ms や 2s のように書いてください。'),
    ),
  );

export const latencyWords = (ms: number): string => `${ms}ms`;
