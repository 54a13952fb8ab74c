import { type Language, type StackName, text } from '#core-values';
import { visible } from '#plan/core';
import { type BlockPlace, type FileTexts, placeOf } from '../block-places.ts';
import { nextStep } from '../comment/next-step.ts';
import { saying } from '../comment/page.ts';
import { changesWords } from '../comment/plan-section.ts';
import { sectionOf } from '../comment/stack-section.ts';
import type { PullRequestFacts, StackFacts } from '../facts.ts';
import { SITUATION_WORDS, SITUATIONS, type Situation, situationOf } from '../situation.ts';

/** A check run as GitHub shows it on a commit. */
export interface CheckRun {
  /** Finds it again: `stack:NAME`, or `all`; with ` → BRANCH` where that is not the default one. */
  readonly externalId: string;
  readonly name: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion?: 'success' | 'failure' | 'action_required';
  /** At most 255 characters. */
  readonly title: string;
  /** At most 65,535 bytes. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

export interface Annotation extends BlockPlace {
  readonly level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** The one to require where the stacks of a repository come and go. */
export const ALL_STACKS = 'sekisho';

/** More checks of stacks that a change does not touch would cost more requests than they are worth: `sekisho` covers them. */
export const MOST_UNTOUCHED = 30;

/** Neutral and skipped count as passed where a check is required: nothing here is either. */
const OUTCOMES: Readonly<Record<Situation, Pick<CheckRun, 'status' | 'conclusion'>>> = {
  unreadable: { status: 'completed', conclusion: 'failure' },
  deleted: { status: 'completed', conclusion: 'action_required' },
  moved: { status: 'completed', conclusion: 'action_required' },
  fork: { status: 'completed', conclusion: 'action_required' },
  refused: { status: 'completed', conclusion: 'failure' },
  failed: { status: 'completed', conclusion: 'failure' },
  'plan-again': { status: 'completed', conclusion: 'action_required' },
  held: { status: 'completed', conclusion: 'action_required' },
  'changes-requested': { status: 'completed', conclusion: 'action_required' },
  waits: { status: 'completed', conclusion: 'action_required' },
  ready: { status: 'completed', conclusion: 'action_required' },
  unplanned: { status: 'queued' },
  planning: { status: 'in_progress' },
  applying: { status: 'in_progress' },
  approved: { status: 'completed', conclusion: 'success' },
  applied: { status: 'completed', conclusion: 'success' },
  overtaken: { status: 'completed', conclusion: 'success' },
  'no-changes': { status: 'completed', conclusion: 'success' },
};

/** What the checks of the commit are: one for each stack, and one for all. `files` are the texts of the commit. */
export function checksOf(facts: PullRequestFacts, files: FileTexts): readonly CheckRun[] {
  const { language, stacks, untouched } = facts;
  const checks = [
    checkOfAll(facts),
    ...stacks.map((stack) => checkOfStack(stack, facts, files)),
    ...untouched.slice(0, MOST_UNTOUCHED).map((name) => untouchedCheck(name, facts, language)),
  ];
  return checks.map((check) => ofBase(check, facts));
}

/**
 * GitHub keeps checks by commit, and not by pull request: with the same names, a request for a branch of the author's own, where the commit changes
 * nothing, would pass for the same commit's request for the default branch.
 */
const ofBase = (check: CheckRun, { otherBase }: PullRequestFacts): CheckRun => {
  if (otherBase === undefined) return check;
  const of = ` → ${otherBase}`;
  return { ...check, externalId: `${check.externalId}${of}`, name: short(`${check.name}${of}`) };
};

const LONGEST_TITLE = 255;
const short = (words: string): string =>
  words.length > LONGEST_TITLE ? `${words.slice(0, LONGEST_TITLE - 1).toWellFormed()}…` : words;

/** Passes when every stack's check would. */
function checkOfAll(facts: PullRequestFacts): CheckRun {
  const say = saying(facts.language);
  const situations = facts.stacks.map((stack) => situationOf(stack, facts));
  const worst = worstOfUnread(facts) ?? SITUATIONS.find((one) => situations.includes(one));
  const count = situations.filter((one) => one === worst).length;
  const nothing = text('This change touches no stack', 'どのスタックにも影響しません');
  const title =
    worst === undefined
      ? nothing
      : text(
          `${SITUATION_WORDS[worst].words.en}${situations.length > 1 ? ` (${count} of ${situations.length} stacks)` : ''}`,
          `${SITUATION_WORDS[worst].words.ja}${situations.length > 1 ? `(${situations.length} スタック中 ${count})` : ''}`,
        );
  return {
    externalId: 'all',
    name: ALL_STACKS,
    ...(worst === undefined ? PASSED : OUTCOMES[worst]),
    title: short(say(title)),
    summary: say(nextStep(facts).words),
    annotations: [],
  };
}

/** Where it is not known which stacks the change touches, it may be any. */
const worstOfUnread = ({
  failedLookups,
  fork,
  status,
}: PullRequestFacts): 'unreadable' | 'fork' | undefined =>
  failedLookups.length > 0 ? 'unreadable' : fork && status !== 'merged' ? 'fork' : undefined;

const PASSED = { status: 'completed', conclusion: 'success' } as const;

function checkOfStack(stack: StackFacts, facts: PullRequestFacts, files: FileTexts): CheckRun {
  const say = saying(facts.language);
  const situation = situationOf(stack, facts);
  const { words } = SITUATION_WORDS[situation];
  const changes = stack.plan === undefined ? '' : `: ${say(changesWords(stack.plan.details))}`;
  return {
    externalId: `stack:${stack.name}`,
    name: `sekisho: ${stack.name}`,
    ...OUTCOMES[situation],
    title: short(`${say(words)}${changes}`),
    summary: sectionOf(stack, facts),
    annotations: annotationsOf(stack, files),
  };
}

/** A required check that never comes would hold every other pull request. */
function untouchedCheck(name: StackName, facts: PullRequestFacts, language: Language): CheckRun {
  const unread = worstOfUnread(facts);
  const words =
    unread === undefined
      ? text('Not affected by this change', 'この変更の影響を受けません')
      : SITUATION_WORDS[unread].words;
  return {
    externalId: `stack:${name}`,
    name: `sekisho: ${name}`,
    ...(unread === undefined ? PASSED : OUTCOMES[unread]),
    title: words[language],
    summary: unread === 'fork' ? saying(language)(nextStep(facts).words) : words[language],
    annotations: [],
  };
}

const MOST_ANNOTATIONS = 200;
const LEVELS = {
  critical: 'failure',
  high: 'failure',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
} as const;

/** Findings on the lines of the blocks that cause them; where the block is not certainly known, none. Plain text: GitHub shows it as such. */
function annotationsOf({ plan, path }: StackFacts, files: FileTexts): readonly Annotation[] {
  return (plan?.review?.findings ?? [])
    .flatMap(({ severity, rule, address, message, remedy }): readonly Annotation[] => {
      const place = address === undefined ? undefined : placeOf(files, path, address);
      if (place === undefined || address === undefined) return [];
      const words = `${visible(message)}\n→ ${visible(remedy)}`;
      return [
        { ...place, level: LEVELS[severity], title: short(`${visible(address)} [${rule}]`), message: words },
      ];
    })
    .slice(0, MOST_ANNOTATIONS);
}
