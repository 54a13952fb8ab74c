import { type PointerEvent, useState } from 'react';
import { useText } from '../../app/text.ts';
import { useFigures } from '../figures.ts';
import { shareOf } from '../share.ts';
import styles from './histogram.module.css';
import { messages } from './messages.ts';
import { ValueTable } from './value-table.tsx';

interface Bucket {
  readonly upToMs: number;
  readonly count: number;
}

interface HistogramProps {
  readonly title: string;
  /** Ascending; each counts what is above the one before. */
  readonly buckets: readonly Bucket[];
  readonly thresholdMs: number;
}

/** Bars of equal width, since buckets of a sketch grow with their times; what counts fully, half and not at all differs in look. */
export function Histogram({ title, buckets, thresholdMs }: HistogramProps) {
  const say = useText();
  const { ms, count, budget } = useFigures();
  const [chosen, setChosen] = useState<number>();
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const all = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const highest = buckets.reduce(
    (at, bucket, index) => (bucket.count > (buckets[at]?.count ?? 0) ? index : at),
    0,
  );
  const place = Math.min(chosen ?? highest, buckets.length - 1);
  const shareWords = (bucket: Bucket): string => budget(shareOf(bucket.count, all) ?? 0);
  const words = (index: number): string => {
    const bucket = buckets[index];
    if (bucket === undefined) return '';
    return say(messages.readTime, {
      from: ms(buckets[index - 1]?.upToMs ?? 0),
      ...{ to: ms(bucket.upToMs), count: count(bucket.count), share: shareWords(bucket) },
    });
  };
  const point = ({ currentTarget, clientX }: PointerEvent<HTMLElement>): void => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setChosen(
      Math.min(buckets.length - 1, Math.max(0, Math.floor(((clientX - left) / width) * buckets.length))),
    );
  };
  return (
    <figure className={styles.histogram} aria-label={title}>
      <p className={styles.reading} aria-hidden="true">
        {words(place)}
      </p>
      <div className={styles.bars} onPointerMove={point} onPointerDown={point} aria-hidden="true">
        {buckets.map((bucket, index) => (
          <i
            key={bucket.upToMs}
            className={`${styles[lookOf(bucket.upToMs, thresholdMs)]} ${index === place ? styles.read : ''}`}
            style={{ blockSize: `${(bucket.count / most) * 100}%` }}
          />
        ))}
      </div>
      <input
        type="range"
        className={styles.rail}
        aria-label={say(messages.place, { chart: title })}
        aria-valuetext={words(place)}
        min={0}
        max={Math.max(0, buckets.length - 1)}
        value={place}
        onChange={(event) => setChosen(Number(event.target.value))}
      />
      <div className={styles.axis} aria-hidden="true">
        <span>{ms(buckets[0]?.upToMs ?? 0)}</span>
        <span>{ms(buckets[Math.floor(buckets.length / 2)]?.upToMs ?? 0)}</span>
        <span>{ms(buckets.at(-1)?.upToMs ?? 0)}</span>
      </div>
      <ul className={styles.legend}>
        <li>
          <i className={styles.fast} /> {say(messages.fast, { threshold: ms(thresholdMs) })}
        </li>
        <li>
          <i className={styles.slow} /> {say(messages.slow, { threshold: ms(4 * thresholdMs) })}
        </li>
        <li>
          <i className={styles.tooSlow} /> {say(messages.tooSlow)}
        </li>
      </ul>
      <ValueTable
        title={say(messages.values)}
        headers={[say(messages.upTo), say(messages.requests), say(messages.share)]}
        rows={() => buckets.map((bucket) => [ms(bucket.upToMs), count(bucket.count), shareWords(bucket)])}
      />
    </figure>
  );
}

const SLOW_TIMES = 4;

const lookOf = (upToMs: number, thresholdMs: number): 'fast' | 'slow' | 'tooSlow' => {
  if (upToMs <= thresholdMs) return 'fast';
  return upToMs <= SLOW_TIMES * thresholdMs ? 'slow' : 'tooSlow';
};
