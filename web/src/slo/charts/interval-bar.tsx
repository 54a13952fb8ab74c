import styles from './interval-bar.module.css';
import { placeIn } from './scale.ts';

interface IntervalBarProps {
  readonly interval: { readonly lowPpm: number; readonly highPpm: number };
  /** The left end of the scale; its right end is everything. */
  readonly from: number;
}

const WHOLE = 1_000_000;

/** From where to where the true share may be. For the eye only; the ends stand beside it. */
export function IntervalBar({ interval: { lowPpm, highPpm }, from }: IntervalBarProps) {
  return (
    <span className={styles.scale} aria-hidden="true">
      <i
        style={{
          insetInlineStart: `${placeIn(lowPpm, from, WHOLE) * 100}%`,
          insetInlineEnd: `${100 - placeIn(highPpm, from, WHOLE) * 100}%`,
        }}
      />
    </span>
  );
}
