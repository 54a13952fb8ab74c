import type { Language } from '../app/preferences.ts';
import { usePreferences } from '../app/preferences.ts';

const MILLION = 1_000_000;
/** The least share that one place after the point can tell. */
const LEAST_PPM = 1_000;
const HOUR = 60;
const DAY = 24 * HOUR;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

type Unit = 'day' | 'hour' | 'minute' | 'second' | 'millisecond';

/** Figures as the language writes them. Shares are parts per million; all of them are rounded down, so that nothing looks better than it is. */
export function figuresIn(language: Language) {
  const number = (value: number, options: Intl.NumberFormatOptions = {}): string =>
    new Intl.NumberFormat(language, options).format(value);
  const inUnit = (value: number, unit: Unit, digits = 1): string =>
    number(value, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits });
  const share = (ppm: number, digits: number): string =>
    number(ppm / MILLION, { style: 'percent', maximumFractionDigits: digits, roundingMode: 'floor' });
  return {
    count: (value: number): string => number(value, { maximumFractionDigits: 1, roundingMode: 'floor' }),
    /** An objective or what was reached: 99.95 %. */
    percent: (ppm: number): string => share(ppm, 4),
    /** Of a budget: −12.3 %. */
    budget: (ppm: number): string => (ppm > 0 && ppm < LEAST_PPM ? `<${share(LEAST_PPM, 1)}` : share(ppm, 1)),
    /** How many times as fast as the budget lasts: 14.4×. */
    rate: (rate: number): string =>
      `${number(rate, rate < 10 ? { maximumFractionDigits: 2 } : { maximumFractionDigits: 1 })}×`,
    minutes: (minutes: number): string => {
      if (minutes >= DAY && minutes % HOUR === 0) return inUnit(minutes / DAY, 'day');
      return minutes >= HOUR ? inUnit(minutes / HOUR, 'hour') : inUnit(minutes, 'minute');
    },
    ms: (ms: number): string => {
      if (ms < SECOND_MS) return inUnit(Math.round(ms), 'millisecond');
      return ms < MINUTE_MS ? inUnit(ms / SECOND_MS, 'second', 2) : inUnit(ms / MINUTE_MS, 'minute');
    },
    /** A moment of a time line: day and minute. */
    moment: (ms: number): string =>
      new Intl.DateTimeFormat(language, {
        ...{ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
      }).format(ms),
  };
}

export type Figures = ReturnType<typeof figuresIn>;

export const useFigures = (): Figures => figuresIn(usePreferences().language);
