/** Parts per million, rounded down; none of nothing. */
export const shareOf = (part: number, of: number): number | undefined =>
  of === 0 ? undefined : Math.floor((part * 1_000_000) / of);
