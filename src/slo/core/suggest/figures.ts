import { type Text, text } from '#core-values';
import { type Ppm, percent } from '../objective/ppm.ts';

/** 2,981 */
export const counted = (count: number): string => String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');

/** 1 file, 2,981 files */
export const things = (count: number, one: string): string =>
  `${counted(count)} ${one}${count === 1 ? '' : 's'}`;

/** `99.5 %` */
export const target = (share: Ppm): string => percent(share).replace('%', ' %');

/** 2026-11-02 to 2026-11-08 (6.9 days) */
export function spanWords({
  days,
  first,
  last,
}: {
  readonly first: string;
  readonly last: string;
  readonly days: number;
}): Text {
  const hours = Math.max(0.1, days * 24);
  const tenths = (value: number): string => `${Number(value.toFixed(value < 10 ? 1 : 0))}`;
  const [en, ja] =
    days < 1
      ? [`${tenths(hours)} hour${tenths(hours) === '1' ? '' : 's'}`, `${tenths(hours)} 時間`]
      : [`${tenths(days)} days`, `${tenths(days)} 日間`];
  return first === last
    ? text(`${first} (${en})`, `${first}(${ja})`)
    : text(`${first} to ${last} (${en})`, `${first}〜${last}(${ja})`);
}

/** 178 ms, 1.5 s */
export function duration(ms: number): string {
  if (ms < 1) return '< 1 ms';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}

/** 98.7 %, and 99.997 % instead of 100.0 % where something is missing; never rounded up to the whole. */
export function percentOf(part: number, whole: number): string {
  if (whole === 0) return '–';
  if (part === whole) return '100 %';
  if (part === 0) return '0 %';
  const share = (100 * part) / whole;
  const digits = share > 99 ? Math.min(5, 1 - Math.floor(Math.log10(100 - share))) : share < 1 ? 2 : 1;
  const scale = 10 ** digits;
  return `${Number((Math.floor(share * scale) / scale).toFixed(digits))} %`;
}

/** Routes are the log's words: what cannot be seen is no name. */
export const visibleRoute = (words: string): string =>
  words.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
