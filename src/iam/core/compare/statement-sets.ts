import { arnFields } from '../arn.ts';
import { liesIn, parseIpRange } from '../conditions/ip-ranges.ts';
import { canonicalStatement, policyJson } from '../document/print.ts';
import { joined, literal, type Marked, wildcards } from '../match/glob.ts';
import { completedArn } from '../match/pattern.ts';
import { piecesOf } from '../match/variables.ts';
import {
  BASE_OPERATORS,
  type Condition,
  type LanguageVersion,
  operatorName,
  type PatternElement,
  type Statement,
} from '../model.ts';
import { covers, overlap } from './glob-sets.ts';

/** A statement with the version that says whether `${…}` are variables. */
export interface VersionedStatement {
  readonly statement: Statement;
  readonly version: LanguageVersion;
}

/** A pattern as a set of texts. */
interface PatternSet {
  readonly words: string;
  /** Every text it may match: a variable may be anything. */
  readonly most: Marked;
  /** Whether it matches all of `most`, in every reading: it has no variables, and no wildcards that may or may not reach over colons. */
  readonly isExact: boolean;
}

const actionSet = (words: string): PatternSet => ({
  words: words.toLowerCase(),
  most: wildcards(words.toLowerCase()),
  isExact: true,
});

function resourceSet(words: string, version: LanguageVersion): PatternSet {
  const completed = completedArn(words);
  const pieces = version === '2012-10-17' ? piecesOf(completed) : undefined;
  const most =
    pieces === undefined
      ? wildcards(completed)
      : joined(
          pieces.map((piece) =>
            piece.kind === 'variable'
              ? wildcards('*')
              : piece.kind === 'text'
                ? wildcards(piece.text)
                : literal(piece.text),
          ),
        );
  const hasVariable = pieces?.some(({ kind }) => kind === 'variable') ?? false;
  const early = arnFields(completed)?.slice(0, 5) ?? [];
  const isDoubtful = early.some((field) => /[*?]/.test(field.endsWith('*') ? field.slice(0, -1) : field));
  return { words: completed, most, isExact: !hasVariable && !isDoubtful };
}

type SetsOf = (element: PatternElement) => readonly PatternSet[];

/** The same element is asked about for every statement that it is compared with: its sets are made once. */
function madeOnce(setOf: (words: string) => PatternSet): SetsOf {
  const made = new WeakMap<PatternElement, readonly PatternSet[]>();
  return (element) => {
    const sets = made.get(element) ?? element.patterns.map(setOf);
    made.set(element, sets);
    return sets;
  };
}

const actionSets = madeOnce(actionSet);
const OLD_RESOURCE_SETS = madeOnce((words) => resourceSet(words, '2008-10-17'));
const RESOURCE_SETS = madeOnce((words) => resourceSet(words, '2012-10-17'));
const resourceSets = (version: LanguageVersion): SetsOf =>
  version === '2012-10-17' ? RESOURCE_SETS : OLD_RESOURCE_SETS;

const patternCovers = (outer: PatternSet, inner: PatternSet): boolean =>
  outer.words === inner.words || (outer.isExact && covers(outer.most, inner.most));

const mayOverlap = (one: PatternSet, other: PatternSet): boolean => overlap(one.most, other.most);

/** Whether `outer` holds wherever `inner` does. */
function elementCovers(
  outer: PatternElement | undefined,
  inner: PatternElement | undefined,
  setsOf: SetsOf,
): boolean {
  if (outer === undefined || inner === undefined) return outer === inner;
  const wide = setsOf(outer);
  const narrow = setsOf(inner);
  if (!outer.negated && !inner.negated) {
    return narrow.every((one) => wide.some((other) => patternCovers(other, one)));
  }
  if (outer.negated && inner.negated)
    return wide.every((one) => narrow.some((other) => patternCovers(other, one)));
  if (outer.negated) return narrow.every((one) => wide.every((other) => !mayOverlap(one, other)));
  return wide.some(({ words }) => words === '*');
}

/** Whether some request may fit both. */
function elementsMayMeet(
  one: PatternElement | undefined,
  other: PatternElement | undefined,
  setsOf: SetsOf,
): boolean {
  if (one === undefined || other === undefined) return true;
  if (one.negated && other.negated) return true;
  if (one.negated) return elementsMayMeet(other, one, setsOf);
  const sets = setsOf(one);
  const others = setsOf(other);
  return other.negated
    ? sets.some((set) => !others.some((outer) => patternCovers(outer, set)))
    : sets.some((set) => others.some((outer) => mayOverlap(set, outer)));
}

/**
 * Whether every request that fits `inner` fits `outer`, effects aside. `true` is always right; `false` may be too careful.
 */
export function statementCovers(outer: VersionedStatement, inner: VersionedStatement): boolean {
  const wide = outer.statement;
  const narrow = inner.statement;
  if (outer.version !== inner.version && [wide, narrow].some(mentionsVariables)) return false;
  return (
    principalsText(wide) === principalsText(narrow) &&
    elementCovers(wide.actions, narrow.actions, actionSets) &&
    elementCovers(wide.resources, narrow.resources, resourceSets(inner.version)) &&
    wide.conditions.every((condition) => narrow.conditions.some((given) => implies(given, condition)))
  );
}

/** Whether some request may fit both, whatever its context. */
export const statementsMayMeet = (one: VersionedStatement, other: VersionedStatement): boolean =>
  elementsMayMeet(one.statement.actions, other.statement.actions, actionSets) &&
  (one.version !== other.version
    ? true
    : elementsMayMeet(one.statement.resources, other.statement.resources, resourceSets(one.version)));

const mentionsVariables = ({ resources, conditions }: Statement): boolean =>
  [...(resources?.patterns ?? []), ...conditions.flatMap(({ values }) => values)].some((words) =>
    words.includes('${'),
  );

/** Equal texts for equal principals. */
export function principalsText({ principals }: Statement): string {
  if (principals === undefined) return '';
  const bare: Statement = {
    effect: 'Deny',
    principals,
    actions: { negated: false, patterns: ['*'] },
    conditions: [],
  };
  return JSON.stringify(
    policyJson({ kind: 'resource', version: '2012-10-17', statements: [canonicalStatement(bare)] }),
  );
}

/** Whether `given` holds only where `wanted` does. Too careful where numbers or dates are compared. */
function implies(given: Condition, wanted: Condition): boolean {
  const from = given.operator;
  const to = wanted.operator;
  if (given.key.toLowerCase() !== wanted.key.toLowerCase() || from.set !== to.set) return false;
  if (from.ifExists && !to.ifExists) return false;
  const isSame = operatorName({ ...from, ifExists: false }) === operatorName({ ...to, ifExists: false });
  const { negated, comparison } = BASE_OPERATORS[from.base];
  if (!isSame) {
    const isLooser = from.base === 'StringEquals' && to.base === 'StringLike';
    return isLooser && given.values.every((value) => isPlain(value) && wanted.values.includes(value));
  }
  if (negated) return wanted.values.every((value) => given.values.includes(value));
  return given.values.every((value) =>
    wanted.values.some((other) => other === value || isWithin(comparison, value, other)),
  );
}

const isPlain = (value: string): boolean => !/[*?$]/.test(value);

function isWithin(comparison: string, value: string, other: string): boolean {
  if (comparison !== 'ip') return false;
  const inner = parseIpRange(value);
  const outer = parseIpRange(other);
  return inner !== undefined && outer !== undefined && liesIn(inner, outer);
}

/** One statement for each pattern of actions and of resources, where they are not negated: each is covered by itself. */
export function* pieces(statement: Statement): Generator<Statement> {
  for (const actions of split(statement.actions)) {
    for (const resources of statement.resources === undefined ? [undefined] : split(statement.resources)) {
      yield { ...statement, actions, ...(resources !== undefined && { resources }) };
    }
  }
}

const split = (element: PatternElement): readonly PatternElement[] =>
  element.negated ? [element] : element.patterns.map((words) => ({ negated: false, patterns: [words] }));

/** Patterns of one element without those that another covers; what the element means stays. */
export function withoutCovered(
  element: PatternElement,
  kind: 'action' | 'resource',
  version: LanguageVersion,
): PatternElement {
  const sets = (kind === 'action' ? actionSets : resourceSets(version))(element);
  const kept: PatternSet[] = [];
  for (const set of sets) {
    if (kept.some((other) => patternCovers(other, set))) continue;
    const rest = kept.filter((other) => !patternCovers(set, other));
    kept.splice(0, kept.length, ...rest, set);
  }
  const words = new Set(kept.map((set) => set.words));
  return {
    negated: element.negated,
    patterns: element.patterns.filter((_, index) => words.delete(sets[index]?.words ?? '')),
  };
}
