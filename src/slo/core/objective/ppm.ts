import { type Branded, err, ok, type Problem, problem, type Result, text } from '#core-values';
import { decimal, type Fraction, fraction, times } from './fraction.ts';

/** Parts per million, an integer from 0 to 1,000,000: an objective of 99.95 % is 999,500. */
export type Ppm = Branded<number, 'Ppm'>;

export const WHOLE_PPM = 1_000_000;

/** For constants and stored values; throws on what is no ppm. */
export function ppm(value: number): Ppm {
  if (!Number.isInteger(value) || value < 0 || value > WHOLE_PPM) throw new RangeError(`Not ppm: ${value}`);
  return value as Ppm;
}

/** `99.95` or `99.95%`, as in OpenSLO's `targetPercent` and Sloth's `objective`. Never rounded: finer than a ppm is refused. */
export const ppmOfPercent = (words: string | number): Result<Ppm, Problem> =>
  parsed(String(words).replace(/\s*%$/, ''), 10_000);

/** `0.9995`, as in OpenSLO's `target`. */
export const ppmOfRatio = (words: string | number): Result<Ppm, Problem> => parsed(String(words), WHOLE_PPM);

/** The share of events that may be bad. */
export const allowance = (targetPpm: Ppm): Fraction => fraction(WHOLE_PPM - targetPpm, WHOLE_PPM);

/** `99.95%`, exactly. */
export function percent(share: Ppm): string {
  const part = String(share % 10_000)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return `${Math.floor(share / 10_000)}${part === '' ? '' : `.${part}`}%`;
}

function parsed(words: string, scale: number): Result<Ppm, Problem> {
  const value = decimal(words.trim());
  const scaled = value && times(value, fraction(scale));
  if (scaled?.denominator !== 1n || scaled.numerator < 0n || scaled.numerator > BigInt(WHOLE_PPM)) {
    return err(notAShare(words, scale));
  }
  return ok(ppm(Number(scaled.numerator)));
}

function notAShare(words: string, scale: number): Problem {
  const [least, most] = scale === WHOLE_PPM ? ['0.000001', '1'] : ['0.0001', '100'];
  return problem('bad-input', {
    rule: 'objective.not-a-share',
    message: text(
      `${JSON.stringify(words)} is not a share from 0 to ${most} in steps of ${least}.`,
      `${JSON.stringify(words)} は 0 から ${most} まで（${least} 刻み）の割合ではありません。`,
    ),
    remedy: text(
      `Write a decimal number from 0 to ${most}, no finer than ${least}.`,
      `0 から ${most} までの小数を、${least} より細かくせずに書いてください。`,
    ),
  });
}
