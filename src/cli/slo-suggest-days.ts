/** Days as clocks of a time zone have them. */
export interface Days {
  /** The number of the day since 1970-01-01, of clocks there. */
  readonly dayOf: (ms: number) => number;
  /** `2026-11-02` */
  readonly dayWords: (day: number) => string;
}

const DAY_MS = 86_400_000;
/** All offsets of our times are whole quarters of an hour. */
const QUARTER_MS = 900_000;
const LAST_MS = 8.64e15;

/** Throws on what is no time zone. */
export function daysIn(timeZone: string): Days {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  let quarter = Number.NaN;
  let day = 0;
  return {
    dayOf: (ms) => {
      const own = Math.floor(Math.min(LAST_MS, Math.max(0, ms)) / QUARTER_MS);
      if (own !== quarter) {
        quarter = own;
        day = Math.floor(Date.parse(format.format(own * QUARTER_MS)) / DAY_MS);
      }
      return day;
    },
    dayWords: (number) => new Date(number * DAY_MS).toISOString().slice(0, 10),
  };
}
