import type { PointerEventHandler } from 'react';
import { leftOf, type PanelData } from './chart-data.ts';
import { areaPath, linePath, type Point, placeIn, roundStep, roundTicks } from './scale.ts';
import { timeOfStep } from './steps.ts';
import styles from './time-chart.module.css';

interface PanelProps {
  readonly panel: PanelData;
  readonly from: number;
  readonly to: number;
  readonly cursor: number;
  readonly onPointerMove: PointerEventHandler<HTMLElement>;
}

const WIDTH = 1000;
const HEIGHT = 100;
const TICKS = 4;

/** One line or row of bars with its axis. It is drawn for the eye only: reading and table say the same in words. */
export function Panel({ panel, from, to, cursor, onPointerMove }: PanelProps) {
  const { title, look, say, mark } = panel;
  const { top, bottom } = reachOf(panel);
  const y = (value: number): number =>
    HEIGHT * (1 - placeIn(Math.max(bottom, Math.min(top, value)), bottom, top));
  const ticks = roundTicks(bottom, top, TICKS);
  return (
    <>
      <p className={styles.title}>{title}</p>
      <div className={styles.ticks} aria-hidden="true">
        {ticks.map((tick) => (
          <span key={tick} style={{ insetBlockStart: `${y(tick)}%` }}>
            {say(tick)}
          </span>
        ))}
      </div>
      <div
        className={`${styles.plot} ${styles[look]}`}
        onPointerMove={onPointerMove}
        onPointerDown={onPointerMove}
        aria-hidden="true"
      >
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path className={styles.rule} d={ticks.map((tick) => `M0 ${y(tick)}H${WIDTH}`).join('')} />
          {look === 'line' ? (
            <Line panel={panel} from={from} to={to} y={y} />
          ) : (
            <Bars panel={panel} from={from} to={to} y={y} />
          )}
          {mark !== undefined && <path className={styles.mark} d={`M0 ${y(mark)}H${WIDTH}`} />}
        </svg>
        <div className={styles.cursor} style={{ insetInlineStart: leftOf(cursor, from, to) }} />
      </div>
    </>
  );
}

interface DrawnProps extends Pick<PanelProps, 'panel' | 'from' | 'to'> {
  readonly y: (value: number) => number;
}

function Line({ panel, from, to, y }: DrawnProps) {
  const points = panel.values.map((value, step): Point | undefined =>
    value === null ? undefined : [WIDTH * placeIn(timeOfStep(panel, step).ends, from, to), value],
  );
  const drawn = (least: number, most: number): (Point | undefined)[] =>
    points.map((point) => point && [point[0], y(Math.min(most, Math.max(least, point[1])))]);
  return (
    <>
      <path className={styles.above} d={areaPath(drawn(0, Number.POSITIVE_INFINITY), y(0))} />
      <path className={styles.below} d={areaPath(drawn(Number.NEGATIVE_INFINITY, 0), y(0))} />
      <path className={styles.line} d={linePath(drawn(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY))} />
      <path className={styles.zero} d={`M0 ${y(0)}H${WIDTH}`} />
    </>
  );
}

function Bars({ panel, from, to, y }: DrawnProps) {
  const d = panel.values
    .map((value, step) => {
      if (value === null || value <= 0) return '';
      const { begins, ends } = timeOfStep(panel, step);
      const left = WIDTH * placeIn(Math.max(begins, from), from, to);
      const right = WIDTH * placeIn(Math.min(ends, to), from, to);
      return right <= left ? '' : `M${left} ${y(0)}V${y(value)}H${right}V${y(0)}Z`;
    })
    .join('');
  return <path className={styles.bar} d={d} />;
}

/** A round top; the bottom only as deep as there is something, and never so deep that the rest cannot be seen. */
function reachOf({ values, top, bottom = 0 }: PanelData): { readonly top: number; readonly bottom: number } {
  const known = values.filter((value) => value !== null);
  const highest = known.reduce((most, value) => Math.max(most, value), top);
  const lowest = known.reduce((least, value) => Math.min(least, value), 0);
  const step = roundStep((highest - Math.max(bottom, lowest)) / TICKS);
  return {
    top: Math.ceil(highest / step - 1e-9) * step,
    bottom: lowest < 0 ? Math.floor(Math.max(bottom, lowest) / step + 1e-9) * step : 0,
  };
}
