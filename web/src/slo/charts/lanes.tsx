import { Fragment, type PointerEventHandler } from 'react';
import { type LaneData, leftOf } from './chart-data.ts';
import styles from './time-chart.module.css';

interface LanesProps {
  readonly lanes: readonly LaneData[];
  readonly from: number;
  readonly to: number;
  readonly cursor: number;
  readonly onPointerMove: PointerEventHandler<HTMLElement>;
}

/** What happened, below the plots and at the same places: spans as bars, moments as diamonds. */
export function Lanes({ lanes, from, to, cursor, onPointerMove }: LanesProps) {
  return lanes.map(({ id, title, spans }) => (
    <Fragment key={id}>
      <p className={styles.lane}>{title}</p>
      <div
        className={styles.strip}
        onPointerMove={onPointerMove}
        onPointerDown={onPointerMove}
        aria-hidden="true"
      >
        {spans
          .filter((span) => span.to >= from && span.from <= to)
          .map((span) =>
            span.from === span.to ? (
              <i
                key={`${span.from} ${span.words}`}
                className={`${styles.moment} ${styles[span.tone]}`}
                style={{ insetInlineStart: leftOf(span.from, from, to) }}
              />
            ) : (
              <i
                key={`${span.from} ${span.words}`}
                className={`${styles.span} ${styles[span.tone]}`}
                style={{
                  insetInlineStart: leftOf(span.from, from, to),
                  insetInlineEnd: `calc(100% - ${leftOf(span.to, from, to)})`,
                }}
              />
            ),
          )}
        <div className={styles.cursor} style={{ insetInlineStart: leftOf(cursor, from, to) }} />
      </div>
    </Fragment>
  ));
}
