import { type Text, text } from '#core-values';
import type { CliContext } from './context.ts';

/** `2026-11-28 22:38 JST`: in the time zone of whoever reads it. */
export function localTime(iso: string, { env, language }: Pick<CliContext, 'env' | 'language'>): string {
  const parts = new Map(
    formatFor(language, env.TZ)
      .formatToParts(new Date(iso))
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}

/** TZ may name a file or a POSIX rule, which Intl does not read: then the system's own zone. */
function formatFor(language: string, timeZone: string | undefined): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  };
  try {
    return new Intl.DateTimeFormat(language, { ...options, ...(timeZone ? { timeZone } : {}) });
  } catch {
    return new Intl.DateTimeFormat(language, options);
  }
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `in 6 days`, `3 minutes ago`, `just now`: by the largest unit that is not zero, rounded down. */
export function fromNow(iso: string, { clock, language }: Pick<CliContext, 'clock' | 'language'>): string {
  const apartMs = Date.parse(iso) - clock.now();
  for (const [unit, unitMs] of UNITS) {
    const count = Math.trunc(apartMs / unitMs);
    if (count !== 0) return new Intl.RelativeTimeFormat(language).format(count, unit);
  }
  return NOW[language];
}

const NOW: Text = text('just now', 'たった今');
