import { Temporal } from 'temporal-polyfill';

/** `2026-11-02T09:30:00+09:00`, or `2026-11-02` for when that day begins in the time zone, in milliseconds since 1970. */
export function instantOf(words: string, timeZone: string): number | undefined {
  try {
    return /^\d{4}-\d\d-\d\d$/.test(words)
      ? Temporal.PlainDate.from(words).toZonedDateTime(timeZone).epochMilliseconds
      : Temporal.Instant.from(words).epochMilliseconds;
  } catch {
    return undefined;
  }
}
