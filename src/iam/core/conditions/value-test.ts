import { arnFields } from '../arn.ts';
import { compileGlob, type Marked } from '../match/glob.ts';
import { filledIn, markedFields, templateOf } from '../match/pattern.ts';
import { BASE_OPERATORS, type BaseOperator, type LanguageVersion } from '../model.ts';
import type { Lookup } from '../request/context.ts';
import { type Truth, truth } from '../truth.ts';
import { parseDate } from './dates.ts';
import { compareDecimals, parseDecimal } from './decimals.ts';
import { liesIn, parseIpRange } from './ip-ranges.ts';

/** Compares one value of a request with one of a policy, as the operator does where it is not negated. */
export type ValueTest = (value: string, lookUp: (key: string) => Lookup) => Truth;

/**
 * Compiles one value of a condition; `undefined` where the operator cannot take it. A value of the request that is not of
 * the operator's type gives `unknown`: AWS does not say what it does then.
 */
export function compileValue(
  base: BaseOperator,
  words: string,
  version: LanguageVersion,
): ValueTest | undefined {
  switch (BASE_OPERATORS[base].comparison) {
    case 'string':
      return compileString(base, words, version);
    case 'arn':
      return compileArn(words, version);
    case 'numeric':
      return compileOrdered(base, parseDecimal, compareDecimals, words);
    case 'date':
      return compileOrdered(base, parseDate, (one, other) => one - other, words);
    case 'bool':
      return compileParsed(parseBool, (one, other) => one === other, words);
    case 'binary':
      return compileParsed(parseBase64, (one, other) => one === other, words);
    case 'ip':
      return compileParsed(parseIpRange, liesIn, words);
    case 'null':
      return undefined;
  }
}

/** `true` and `false`, whatever their case. */
export function parseBool(words: string): boolean | undefined {
  const lower = words.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** Base64 without its padding, so that equal bytes are equal texts. */
function parseBase64(words: string): string | undefined {
  return words.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(words)
    ? words.replace(/=+$/, '')
    : undefined;
}

function compileString(base: BaseOperator, words: string, version: LanguageVersion): ValueTest {
  const isLike = base === 'StringLike' || base === 'StringNotLike';
  const ignoresCase = base === 'StringEqualsIgnoreCase' || base === 'StringNotEqualsIgnoreCase';
  return testOf(words, version, isLike, (pattern) => {
    if (isLike) {
      const glob = compileGlob(pattern);
      return (value) => truth(glob.matches(value));
    }
    if (!ignoresCase) return (value) => truth(value === pattern.text);
    const lower = pattern.text.toLowerCase();
    return (value) => truth(value.toLowerCase() === lower);
  });
}

/** Each of the six fields by itself. A pattern that is no ARN is not refused by AWS, which does not say what it matches. */
const compileArn = (words: string, version: LanguageVersion): ValueTest =>
  testOf(words, version, true, (pattern) => {
    const globs = markedFields(pattern)?.map(compileGlob);
    if (globs === undefined) return () => 'unknown';
    return (value) => {
      const fields = arnFields(value);
      return truth(fields !== undefined && globs.every((glob, index) => glob.matches(fields[index] ?? '')));
    };
  });

/** A variable without a value equals nothing and is like nothing. */
function testOf(
  words: string,
  version: LanguageVersion,
  wild: boolean,
  compile: (pattern: Marked) => (value: string) => Truth,
): ValueTest {
  const template = templateOf(words, version, wild);
  if (template.fixed !== undefined) return compile(template.fixed);
  return (value, lookUp) => {
    const pattern = filledIn(template, wild, lookUp);
    if (pattern === 'absent') return 'no';
    return pattern === 'unknown' ? 'unknown' : compile(pattern)(value);
  };
}

function compileOrdered<T>(
  base: BaseOperator,
  parse: (words: string) => T | undefined,
  compare: (one: T, other: T) => number,
  words: string,
): ValueTest | undefined {
  const holds = orderOf(base);
  return compileParsed(parse, (value, limit) => holds(compare(value, limit)), words);
}

function orderOf(base: BaseOperator): (order: number) => boolean {
  if (base.endsWith('LessThan')) return (order) => order < 0;
  if (base.endsWith('LessThanEquals')) return (order) => order <= 0;
  if (base.endsWith('GreaterThan')) return (order) => order > 0;
  if (base.endsWith('GreaterThanEquals')) return (order) => order >= 0;
  return (order) => order === 0;
}

function compileParsed<T>(
  parse: (words: string) => T | undefined,
  holds: (value: T, policyValue: T) => boolean,
  words: string,
): ValueTest | undefined {
  const policyValue = parse(words);
  if (policyValue === undefined) return undefined;
  return (words) => {
    const value = parse(words);
    return value === undefined ? 'unknown' : truth(holds(value, policyValue));
  };
}
