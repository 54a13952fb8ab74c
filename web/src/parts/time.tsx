import { usePreferences } from '../app/preferences.ts';

const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone that times are shown in, by its short name: `JST`, `GMT+9`. */
export function useTimeZoneName(): string {
  const { language } = usePreferences();
  const parts = new Intl.DateTimeFormat(language, { timeZoneName: 'short' }).formatToParts(new Date());
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? TIME_ZONE;
}

interface TimeProps {
  readonly at: string;
  /** Where no header near it names the zone. Cards of tables have lost theirs, and show it by themselves. */
  readonly zoned?: boolean;
}

/** A moment in the browser's zone, which a header near it names; the whole of it, with its zone, on the element itself. */
export function Time({ at, zoned = false }: TimeProps) {
  const { language } = usePreferences();
  const zone = useTimeZoneName();
  const moment = new Date(at);
  const isThisYear = moment.getFullYear() === new Date().getFullYear();
  const short = new Intl.DateTimeFormat(language, {
    ...(isThisYear ? {} : { year: 'numeric' as const }),
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const whole = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });
  return (
    <time dateTime={at} title={whole.format(moment)} data-zone={zone}>
      {short.format(moment)}
      {zoned && ` ${zone}`}
    </time>
  );
}
