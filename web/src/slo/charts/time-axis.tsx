import { usePreferences } from '../../app/preferences.ts';
import { useTimeZoneName } from '../../parts/time.tsx';
import { placeIn, timeTicks } from './scale.ts';
import styles from './time-chart.module.css';

const TICKS = 6;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Ticks so near to an end would stick out. */
const MARGIN = 0.05;

/** Days, or hours of short spans, in the reader's zone, which it names. */
export function TimeAxis({ from, to }: { readonly from: number; readonly to: number }) {
  const { language } = usePreferences();
  const zone = useTimeZoneName();
  const aheadMs = -new Date(from).getTimezoneOffset() * MINUTE_MS;
  const ticks = timeTicks(from, to, TICKS, aheadMs);
  const isDaily = ticks.length < 2 || (ticks[1] ?? 0) - (ticks[0] ?? 0) >= DAY_MS;
  const format = new Intl.DateTimeFormat(
    language,
    isDaily ? { month: 'numeric', day: 'numeric' } : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  );
  return (
    <>
      <span className={styles.zone}>{zone}</span>
      <div className={styles.axis} aria-hidden="true">
        {ticks
          .map((tick) => [tick, placeIn(tick, from, to)] as const)
          .filter(([, place]) => place >= MARGIN && place <= 1 - MARGIN)
          .map(([tick, place]) => (
            <span key={tick} style={{ insetInlineStart: `${place * 100}%` }}>
              {format.format(tick)}
            </span>
          ))}
      </div>
    </>
  );
}
