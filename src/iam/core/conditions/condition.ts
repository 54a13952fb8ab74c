import { BASE_OPERATORS, type Condition, type LanguageVersion } from '../model.ts';
import type { Lookup } from '../request/context.ts';
import { allOf, anyOf, not, type Truth, truth } from '../truth.ts';
import { compileValue, parseBool, type ValueTest } from './value-test.ts';

export interface CompiledCondition {
  readonly condition: Condition;
  /** In lower case. */
  readonly key: string;
  holds(lookUp: (key: string) => Lookup): Truth;
}

/**
 * Compiles a condition that the parser took. Where the key is
 *
 * - not known: `unknown`, whatever the operator;
 * - known to be absent: `Null` holds for `true`; `ForAllValues` and `…IfExists` hold; `ForAnyValue` does not; negated operators
 *   hold and the others do not;
 * - there with several values and no set operator: `unknown`, since AWS says not to write that.
 *
 * Source: IAM User Guide, "Condition operators" and "Single-valued vs. multivalued context keys".
 */
export function compileCondition(condition: Condition, version: LanguageVersion): CompiledCondition {
  const key = condition.key.toLowerCase();
  const test = condition.operator.base === 'Null' ? nullTest(condition) : comparisonTest(condition, version);
  return { condition, key, holds: (lookUp) => test(lookUp(key), lookUp) };
}

type Test = (found: Lookup, lookUp: (key: string) => Lookup) => Truth;

function nullTest({ values }: Condition): Test {
  const wanted = values.map(parseBool);
  return (found) => (found.kind === 'unknown' ? 'unknown' : truth(wanted.includes(found.kind === 'absent')));
}

function comparisonTest({ operator, values }: Condition, version: LanguageVersion): Test {
  const { set, base, ifExists } = operator;
  const { negated } = BASE_OPERATORS[base];
  const tests = values.map((words): ValueTest => compileValue(base, words, version) ?? (() => 'unknown'));
  const whenAbsent = truth(ifExists || set === 'ForAllValues' || (negated && set !== 'ForAnyValue'));
  return (found, lookUp) => {
    if (found.kind !== 'present') return found.kind === 'absent' ? whenAbsent : 'unknown';
    const one = (value: string): Truth => {
      const isAny = anyOf(tests, (test) => test(value, lookUp));
      return negated ? not(isAny) : isAny;
    };
    if (set === undefined) return found.values.length === 1 ? one(found.values[0] ?? '') : 'unknown';
    // An empty text is an empty set to AWS.
    const given = found.values.filter((value) => value !== '');
    return set === 'ForAllValues' ? allOf(given, one) : anyOf(given, one);
  };
}
