import type { Fraction } from '../objective/fraction.ts';

/**
 * Whether bad ≤ share × total, by cross-multiplication: in numbers while the products are safe integers, which is nearly always and
 * fifty times as fast, else in bigints.
 */
export function noMoreBadThan(bad: number, total: number, share: Fraction): boolean {
  const [left, right] = [bad * Number(share.denominator), total * Number(share.numerator)];
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return left <= right;
  return BigInt(bad) * share.denominator <= BigInt(total) * share.numerator;
}
