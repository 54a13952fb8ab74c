import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { type PolicyDocument, printPolicy, quotaOf, type Statement } from '#iam/core';
import type { Need } from '../needs/need.ts';
import { partitionOf, type StateStore } from '../session-policy/state-store.ts';
import { additionsOf, coarseAdditionsOf, type Needed, neededBy } from './additions.ts';
import { coarseDenials, foreignDenial, ownDenial } from './denials.ts';
import { charactersOf, type Group, groupsOf, statementOf } from './group.ts';
import limits from './limits.json' with { type: 'json' };
import { mergeInto } from './merges.ts';
import { covers } from './pattern.ts';
import { forbiddenIn } from './proof.ts';

export interface FitFacts {
  readonly account: string;
  readonly region: string;
  /** Sekisho's own roles, policies and identity provider; patterns, too. */
  readonly protectedArns: readonly string[];
  /** The one place outside of the account that may be written. */
  readonly stateStore?: StateStore;
}

/** Policies that together allow every need, and of the forbidden list nothing else. */
export interface FittedPolicy {
  /** The inline session policy. */
  readonly policy: string;
  readonly sizeCharacters: number;
  /** To be made as managed policies under Sekisho's path and passed beside it; empty where all fits inline. */
  readonly managed: readonly ManagedDocument[];
  /** Pairs of an action and a resource beyond the needs, a pattern counted for several: see `additionsOf`. */
  readonly additions: number;
}

export interface ManagedDocument {
  readonly name: string;
  readonly policy: string;
}

const INLINE = quotaOf('session')?.characters ?? 0;
const MANAGED = quotaOf('boundary')?.characters ?? 0;
const FRAME = '{"Version":"2012-10-17","Statement":[]}'.length;

/**
 * The shortest-reaching policies that fit STS: as they are; else merged where that adds nothing forbidden; else as managed
 * policies. `bad-plan` where none of that is possible.
 */
export function fitPolicy(needs: readonly Need[], facts: FitFacts): Result<FittedPolicy, Problem> {
  const own = needs.filter(({ action, resources }) => isChangeOfOwn(action, resources, facts.protectedArns));
  const [first, ...more] = own.map(changesOwn);
  if (first !== undefined) return err(problem('bad-plan', first, ...more));
  const needed = neededBy(needs);
  const { exact, coarse } = groupsOf(needs);
  const inAccount = { ...facts, partition: partitionOf(facts) };
  const ofAnyName = exact.filter(({ resources }) => resources.includes('*'));
  const always = [...coarseDenials(coarse, needs, needed), ...ownDenial(needs, facts.protectedArns)];
  const opened = [...always, ...foreignDenial([...coarse, ...ofAnyName], inAccount)];
  const denials = [...always, ...foreignDenial([...coarse, ...exact], inAccount)];
  const parts = { exact, coarse, needed };
  // Beginnings of buckets' names reach other accounts, too. Where there is no room to deny that, the words say so.
  const fitted =
    merged({ ...parts, denials }) ??
    (denials.length > opened.length ? merged({ ...parts, denials: opened }) : undefined) ??
    spilled({ ...parts, denials });
  const rest = [...coarse.map(statementOf), ...denials];
  if (fitted === undefined)
    return err(problem('bad-plan', tooLarge(printed([...exact.map(statementOf), ...rest]).length)));
  const wrong = forbiddenIn([fitted.policy, ...fitted.managed.map(({ policy }) => policy)], needs, {
    ...facts,
    partition: partitionOf(facts),
  });
  // No plan can bring this about: merging and denials see to it, and this asks the finished policy once more.
  if (wrong !== undefined) throw new Error(`A policy for a plan would allow ${wrong}.`);
  return ok(fitted);
}

interface Parts {
  readonly exact: readonly Group[];
  readonly coarse: readonly Group[];
  readonly denials: readonly Statement[];
  readonly needed: Needed;
}

/** Everything in the session's own policy, merged as far as that takes. */
function merged({ exact, coarse, denials, needed }: Parts): FittedPolicy | undefined {
  const rest = [...coarse.map(statementOf), ...denials];
  const groups = mergeInto(exact, INLINE - (rest.length === 0 ? FRAME : printed(rest).length), needed);
  if (groups === undefined) return undefined;
  const policy = printed([...[...coarse, ...groups].map(statementOf).toSorted(inOrder), ...denials]);
  if (policy.length > INLINE) return undefined;
  return {
    policy,
    sizeCharacters: policy.length,
    managed: [],
    additions: additionsIn(groups, coarse, needed),
  };
}

/** Allowances as managed policies, each full before the next begins; what is denied stays in the session's own. */
function spilled({ exact, coarse, denials, needed }: Parts): FittedPolicy | undefined {
  const documents: Group[][] = [[]];
  let size = FRAME;
  for (const group of [...coarse, ...exact].flatMap(split)) {
    const characters = charactersOf(group);
    if (characters + FRAME > MANAGED) return undefined;
    if (size + characters > MANAGED) {
      documents.push([]);
      size = FRAME;
    }
    documents.at(-1)?.push(group);
    size += characters;
  }
  const policy = printed(denials.length === 0 ? [NOTHING] : denials);
  const passed = documents.length * limits.arnCharacters;
  if (documents.length > limits.managedPolicies || policy.length + passed > INLINE) return undefined;
  return {
    policy,
    sizeCharacters: policy.length,
    managed: documents.map((groups, at) => ({
      name: `needs-${at + 1}`,
      policy: printed(groups.map(statementOf).toSorted(inOrder)),
    })),
    additions: additionsIn(exact, coarse, needed),
  };
}

/** A statement that alone is too long for a document, in parts. */
function split(group: Group): readonly Group[] {
  if (charactersOf(group) + FRAME <= MANAGED || group.resources.length < 2) return [group];
  const half = Math.ceil(group.resources.length / 2);
  return [group.resources.slice(0, half), group.resources.slice(half)].flatMap((resources) =>
    split({ ...group, resources }),
  );
}

/** A session policy must say something; `sts:GetCallerIdentity` passes anyway. */
const NOTHING: Statement = {
  effect: 'Allow',
  actions: { negated: false, patterns: ['sts:GetCallerIdentity'] },
  resources: { negated: false, patterns: ['*'] },
  conditions: [],
};

const additionsIn = (merged: readonly Group[], coarse: readonly Group[], needed: Needed): number =>
  merged.reduce((sum, group) => sum + additionsOf(group, needed), 0) +
  coarse.reduce((sum, group) => sum + coarseAdditionsOf(group, needed), 0);

const printed = (statements: readonly Statement[]): string => {
  const document: PolicyDocument = {
    kind: 'session',
    version: '2012-10-17',
    statements: statements.length === 0 ? [NOTHING] : statements,
  };
  return printPolicy(document);
};

const inOrder = (one: Statement, other: Statement): number => {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const isChangeOfOwn = (action: string, resources: readonly string[], own: readonly string[]): boolean =>
  /^(?:iam|sts):(?!Get|List)/i.test(action) &&
  !action.includes('*') &&
  resources.some((one) => own.some((pattern) => covers(pattern, one)));

const changesOwn = ({ action, why }: Need): Reason => ({
  rule: 'session-policy.changes-sekisho',
  message: text(
    `${why.address} needs ${action} on one of the roles, or the identity provider, that Sekisho itself works with; no grant allows that.`,
    `${why.address} には、Sekisho 自身が使うロールまたは ID プロバイダーに対する ${action} が必要ですが、グラントでは許可されません。`,
  ),
  remedy: text(
    'Change it outside of Sekisho, or take it out of this stack.',
    'Sekisho を経由せずに変更するか、このスタックから外してください。',
  ),
});

const tooLarge = (size: number): Reason => ({
  rule: 'session-policy.too-large',
  message: text(
    `What this plan needs takes ${size} characters of session policy; AWS takes ${INLINE}, and merging or managed policies do not make it fit without allowing what no grant may.`,
    `このプランに必要なセッションポリシーは ${size} 文字です(AWS の上限は ${INLINE} 文字)。統合しても、管理ポリシーに分けても、グラントで許可してはならない操作を含めずに収めることができません。`,
  ),
  remedy: text(
    'Split the change: fewer resources in one apply.',
    '変更を分割し、1 回の適用で扱うリソースを減らしてください。',
  ),
});
