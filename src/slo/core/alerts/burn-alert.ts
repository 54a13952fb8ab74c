import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import {
  compare,
  dividedBy,
  type Fraction,
  fraction,
  minus,
  times,
  toNumber,
} from '../objective/fraction.ts';
import { allowance, type Ppm, percent, ppm, WHOLE_PPM } from '../objective/ppm.ts';

export type Severity = 'page' | 'ticket';

/** Burning faster than `factor` over both windows: the long one says that it matters, the short one that it still goes on. */
export interface AlertSpec {
  readonly severity: Severity;
  readonly factor: Fraction;
  readonly longMinutes: number;
  readonly shortMinutes: number;
  /** How long that has to last without a break. */
  readonly forMinutes: number;
}

/** An alert that can fire. */
export interface BurnAlert extends AlertSpec {
  /** It fires while the share of bad events is above this in both windows: factor × allowance, below 1. */
  readonly badShare: Fraction;
  /**
   * Whether the long window's events also have to make it 95 % probable that this is no chance. For pages on events, which are a
   * sample of what users meet; slices of time are all the time that there was.
   */
  readonly gated: boolean;
}

export interface AlertedObjective {
  readonly targetPpm: Ppm;
  readonly periodMinutes: number;
  /** For budgets of time slices. */
  readonly sliceMinutes?: number;
}

/** Spending so much of a period's budget within the long window takes a burn rate of share × period / window. */
export const factorThatSpends = (share: Fraction, periodMinutes: number, longMinutes: number): Fraction =>
  times(share, fraction(periodMinutes, longMinutes));

/** Refused are windows that make no sense, and an alert that no series of events could ever make fire. */
export function burnAlert(spec: AlertSpec, objective: AlertedObjective): Result<BurnAlert, Problem> {
  const { targetPpm, periodMinutes, sliceMinutes } = objective;
  const { longMinutes, shortMinutes, forMinutes, factor } = spec;
  const lengths = [longMinutes, shortMinutes, forMinutes + 1];
  const inOrder = shortMinutes <= longMinutes && longMinutes <= periodMinutes && forMinutes <= periodMinutes;
  if (!lengths.every((length) => Number.isInteger(length) && length > 0) || !inOrder) {
    return err(disordered(spec, periodMinutes));
  }
  if (sliceMinutes !== undefined && shortMinutes < sliceMinutes) return err(belowSlice(spec, sliceMinutes));
  if (factor.numerator <= 0n) return err(withoutFactor);
  const badShare = times(factor, allowance(targetPpm));
  if (compare(badShare, fraction(1)) >= 0) return err(cannotFire(spec, targetPpm));
  return ok({ ...spec, badShare, gated: spec.severity === 'page' && sliceMinutes === undefined });
}

/** All alerts of an objective, or all reasons why some are refused. */
export function burnAlerts(
  specs: readonly AlertSpec[],
  objective: AlertedObjective,
): Result<readonly BurnAlert[], Problem> {
  const results = specs.map((spec) => burnAlert(spec, objective));
  const [first, ...more] = results.flatMap((result) => (result.ok ? [] : result.error.reasons));
  if (first !== undefined) return err(problem('bad-input', first, ...more));
  return ok(results.flatMap((result) => (result.ok ? [result.value] : [])));
}

const shown = (value: Fraction): string => String(Number(toNumber(value).toPrecision(6)));

function cannotFire({ factor, severity }: AlertSpec, targetPpm: Ppm): Problem {
  const most = shown(dividedBy(fraction(1), allowance(targetPpm)));
  const least = minus(fraction(WHOLE_PPM), dividedBy(fraction(WHOLE_PPM), factor));
  const objective = percent(ppm(Number(least.numerator / least.denominator)));
  const name = severity === 'page' ? { en: 'page', ja: 'ページ' } : { en: 'ticket', ja: 'チケット' };
  return problem('bad-input', {
    rule: 'alert.cannot-fire',
    message: text(
      `This ${name.en} can never fire: at ${percent(targetPpm)} a total outage burns ${most} times as fast as allowed, and it waits for more than ${shown(factor)}.`,
      `この${name.ja}アラートは決して発報しません。目標 ${percent(targetPpm)} では全面障害でもバーンレートは ${most} 倍ですが、条件は ${shown(factor)} 倍超です。`,
    ),
    remedy: text(
      `Use a factor below ${most}, or an objective above ${objective}.`,
      `${most} 未満の係数にするか、目標を ${objective} より高くしてください。`,
    ),
  });
}

const disordered = ({ longMinutes, shortMinutes, forMinutes }: AlertSpec, periodMinutes: number): Problem =>
  problem('bad-input', {
    rule: 'alert.windows',
    message: text(
      `These windows do not fit (minutes): short ${shortMinutes}, long ${longMinutes}, for ${forMinutes}, period ${periodMinutes}.`,
      `時間枠（分）の組み合わせが正しくありません: 短 ${shortMinutes}、長 ${longMinutes}、継続 ${forMinutes}、期間 ${periodMinutes}`,
    ),
    remedy: text(
      'Use whole minutes, the short window no longer than the long one, and none longer than the period.',
      '分単位の整数で、短い枠は長い枠以下、どれも期間以下にしてください。',
    ),
  });

const belowSlice = ({ shortMinutes }: AlertSpec, sliceMinutes: number): Problem =>
  problem('bad-input', {
    rule: 'alert.window-below-slice',
    message: text(
      `A window of ${shortMinutes} minutes often holds no slice of ${sliceMinutes} minutes, so this alert would blink.`,
      `${shortMinutes} 分の枠には ${sliceMinutes} 分のスライスが入らないことが多く、アラートが点滅します。`,
    ),
    remedy: text(
      `Make the short window ${sliceMinutes} minutes or longer.`,
      `短い枠を ${sliceMinutes} 分以上にしてください。`,
    ),
  });

const withoutFactor: Problem = problem('bad-input', {
  rule: 'alert.factor',
  message: text(
    'An alert needs a burn rate above 0.',
    'アラートのバーンレートは 0 より大きい必要があります。',
  ),
  remedy: text('Give a factor such as 14.4.', '14.4 のような係数を指定してください。'),
});
