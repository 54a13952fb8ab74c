/**
 * The beta distribution, accurate from a handful of events to billions. Written here because @stdlib's two functions bring 229
 * packages and 0.2 s of loading, and jstat is wrong in the second digit at a million events; held against SciPy's values.
 */

/** P(X ≤ x) for X ~ Beta(a, b), that is the regularised incomplete beta function; 0 ≤ x ≤ 1, a and b at least ½. */
export const betaCdf = (x: number, a: number, b: number): number =>
  x <= 0 ? 0 : x >= 1 ? 1 : isBelow(x, a, b) ? below(x, a, b) : 1 - above(x, a, b);

/** P(X > x), without losing digits where it is small. */
export const betaTail = (x: number, a: number, b: number): number =>
  x <= 0 ? 1 : x >= 1 ? 0 : isBelow(x, a, b) ? 1 - below(x, a, b) : above(x, a, b);

/** The x with P(X ≤ x) = probability, by halving until neighbouring numbers are reached. */
export function betaQuantile(probability: number, a: number, b: number): number {
  if (probability <= 0) return 0;
  if (probability >= 1) return 1;
  let [low, high] = [0, 1];
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle - low <= middle * 2 ** -50 || middle < 1e-300) return middle;
    if (betaCdf(middle, a, b) < probability) low = middle;
    else high = middle;
  }
}

/** The continued fraction converges fast below the mean; above it, the distribution is mirrored. */
const isBelow = (x: number, a: number, b: number): boolean => x * (a + b) <= a;

const below = (x: number, a: number, b: number): number =>
  density(x, a, b) * continuedFraction(x, 1 - x, a, b, a - x * (a + b));

const above = (x: number, a: number, b: number): number =>
  density(x, a, b) * continuedFraction(1 - x, x, b, a, x * (a + b) - a);

/**
 * I_x(a, b) · B(a, b) / (x^a · y^b), y = 1 − x, by Didonato and Morris, "Significant Digit Computation of the Incomplete Beta Function
 * Ratios" (1992), section 9. Their `lambda` = a − (a + b) · x is given, because 1 − x of a tiny x has no digits left for it.
 */
function continuedFraction(x: number, y: number, a: number, b: number, lambda: number): number {
  const c = lambda + 1;
  const step = 1 + 1 / a;
  // The last convergent is value / 1, the one before it earlier / under.
  let [value, earlier, under, s, p] = [step / c, 0, step / c, a + 1, 1];
  for (let n = 1; n < 100_000; n += 1) {
    const t = n / a;
    const w = n * (b - n) * x;
    const alpha = p * (p + b / a) * (a / s) ** 2 * (w * x);
    const beta = n + w / s + ((t + 1) / (step + 2 * t)) * (c + n * (y + 1));
    [p, s] = [t + 1, s + 2];
    const scale = alpha * under + beta;
    const next = (alpha * earlier + beta * value) / scale;
    if (Math.abs(next - value) <= 1e-16 * next) return next;
    [earlier, under, value] = [value / scale, 1 / scale, next];
  }
  return value;
}

/**
 * x^a · (1 − x)^b / B(a, b) by Loader's saddle point ("Fast and Accurate Computation of Binomial Probabilities", 2000): differences of
 * logarithms of gamma functions of millions would leave few digits.
 */
function density(x: number, a: number, b: number): number {
  const n = a + b;
  const excess = x * n - a;
  const stirling = stirlingError(n) - stirlingError(a) - stirlingError(b);
  const deviances = deviance(a, n * x, -excess) + deviance(b, n * (1 - x), excess);
  return Math.exp(stirling - deviances) * Math.sqrt((a * b) / (2 * Math.PI * n));
}

/** ln Γ(n+1) − Stirling's formula. Its series needs n ≥ 16; below, one step up after the other. */
function stirlingError(n: number): number {
  let [error, at] = [0, n];
  for (; at < 16; at += 1) error += (at + 0.5) * Math.log1p(1 / at) - 1;
  const square = at * at;
  return error + STIRLING.reduceRight((sum, term) => term - sum / square, 0) / at;
}

/** Of ln Γ, with their signs taking turns (Abramowitz and Stegun 6.1.41). */
const STIRLING = [1 / 12, 1 / 360, 1 / 1260, 1 / 1680, 1 / 1188, 691 / 360_360];

/** value · ln(value / mean) + mean − value, where difference = value − mean; by a series where the terms would cancel. */
function deviance(value: number, mean: number, difference: number): number {
  if (Math.abs(difference) >= 0.1 * (value + mean)) return value * Math.log(value / mean) - difference;
  const v = difference / (value + mean);
  let [sum, power] = [difference * v, 2 * value * v];
  for (let j = 1; ; j += 1) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) return next;
    sum = next;
  }
}
