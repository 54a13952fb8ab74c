const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TIME_STEPS_MS = [
  ...[5, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((days) => days * DAY_MS),
];
const ROUND = [1, 2, 5, 10];

/** Where something lies between two ends: 0 at the one, 1 at the other. */
export const placeIn = (value: number, from: number, to: number): number =>
  to === from ? 0 : (value - from) / (to - from);

/** Round values from the first to the last, `most` of them or fewer. */
export function roundTicks(from: number, to: number, most: number): readonly number[] {
  const step = roundStep((to - from) / Math.max(1, most - 1));
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** The smallest round step that is no smaller. */
export function roundStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return (ROUND.find((one) => one * power >= least * (1 - 1e-9)) ?? 10) * power;
}

/** Times that people know, `most` or fewer: whole hours and days of a zone that is so far ahead of UTC. */
export function timeTicks(from: number, to: number, most: number, aheadMs: number): readonly number[] {
  const step =
    TIME_STEPS_MS.find((one) => Math.ceil((to - from) / one) <= most) ?? (to - from) / Math.max(1, most);
  const ticks: number[] = [];
  const first = Math.ceil((from + aheadMs) / step) * step - aheadMs;
  for (let at = first; at <= to; at += step) ticks.push(at);
  return ticks;
}

export type Point = readonly [x: number, y: number];

/** Lines through points; where there is none, the line has a gap. */
export function linePath(points: readonly (Point | undefined)[]): string {
  let broken = true;
  return points
    .map((point) => {
      if (point === undefined) {
        broken = true;
        return '';
      }
      const command = broken ? 'M' : 'L';
      broken = false;
      return `${command}${short(point[0])} ${short(point[1])}`;
    })
    .join('');
}

/** What lies between a line and a height. */
export function areaPath(points: readonly (Point | undefined)[], base: number): string {
  const paths: string[] = [];
  let piece: Point[] = [];
  const close = (): void => {
    const [first] = piece;
    const last = piece.at(-1);
    if (first !== undefined && last !== undefined)
      paths.push(
        `M${short(first[0])} ${short(base)}${piece.map(([x, y]) => `L${short(x)} ${short(y)}`).join('')}L${short(last[0])} ${short(base)}Z`,
      );
    piece = [];
  };
  for (const point of points) {
    if (point === undefined) close();
    else piece.push(point);
  }
  close();
  return paths.join('');
}

const short = (value: number): string => String(Math.round(value * 100) / 100);
