/** The middle one; of an even number, the lower of the two. */
export const medianOf = (values: readonly number[]): number => percentileOf(values, 50);

/** The value that `percent` of the values do not exceed (nearest rank). */
export function percentileOf(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
  if (value === undefined) throw new Error('There are no figures.');
  return value;
}
