const FIRST_MS = 5_000;
const LONGEST_MS = 300_000;

/**
 * How long to wait before the next attempt: twice as long each time, five minutes at most, and by chance (`random`, from 0 to below 1) between half
 * of that and all of it, so that not everything comes back at once when GitHub does.
 */
export function backOffMs(attempts: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts, 16));
  return Math.round(full / 2 + (full / 2) * random);
}
