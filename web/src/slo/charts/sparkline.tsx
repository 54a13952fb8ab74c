import { areaPath, linePath, type Point } from './scale.ts';
import styles from './sparkline.module.css';

const WIDTH = 100;
const HEIGHT = 24;
const WHOLE = 1_000_000;

/** The course of what is left of a budget: its line, and the line where nothing is left. For the eye only; figures stand beside it. */
export function Sparkline({ values }: { readonly values: readonly (number | null)[] }) {
  const lowest = Math.max(-WHOLE, Math.min(0, ...values.filter((value) => value !== null)));
  const y = (value: number): number =>
    HEIGHT * (1 - (Math.max(lowest, Math.min(WHOLE, value)) - lowest) / (WHOLE - lowest));
  const points = values.map((value, index): Point | undefined =>
    value === null ? undefined : [(WIDTH * index) / Math.max(1, values.length - 1), y(value)],
  );
  return (
    <svg
      className={styles.sparkline}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path className={styles.area} d={areaPath(points, y(0))} />
      <path className={styles.zero} d={`M0 ${y(0)}H${WIDTH}`} />
      <path className={styles.line} d={linePath(points)} />
    </svg>
  );
}
