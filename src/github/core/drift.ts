import type { PlanState } from '#changes/core';
import {
  type Environment,
  type Language,
  type StackName,
  type TeamName,
  type Text,
  text,
} from '#core-values';
import { code, plain } from '#plan/core';
import { leaf, saying } from './comment/page.ts';
import { changePieces, changesWords, findingPieces, findingsWords } from './comment/plan-section.ts';
import type { StackPlan } from './facts.ts';
import { fitPage } from './fit.ts';

/** What is known of a stack's default branch against what stands in AWS. */
export interface DriftFacts {
  readonly stack: StackName;
  readonly environment: Environment;
  readonly team: TeamName;
  readonly language: Language;
  /** The newest plan of the default branch that says something: a scheduled one, or one that was applied or changed nothing. */
  readonly plan?: StackPlan;
}

export interface DriftIssue {
  readonly title: string;
  readonly body: string;
}

export const driftMarker = (stack: StackName): string => `<!-- sekisho:drift:${stack} -->`;

/** Where nothing is left of what a scheduled plan had found. */
const WITHOUT_DRIFT: readonly PlanState[] = ['no-changes', 'applied'];

/** `undefined` where nobody can tell: no plan, or one that is still being judged. */
export function hasDrifted({ plan }: Pick<DriftFacts, 'plan'>): boolean | undefined {
  if (plan === undefined) return undefined;
  const { state, changes } = plan.details;
  if (WITHOUT_DRIFT.includes(state)) return state === 'no-changes' && (changes.drift ?? 0) > 0;
  return state === 'planned' || state === 'reviewed' ? undefined : true;
}

const MOST_BYTES = 60_000;

/** The one issue of a drifted stack: what differs, and what to do about it. */
export function driftIssueOf({ stack, environment, team, language, plan }: DriftFacts): DriftIssue {
  const say = saying(language);
  const title = text(
    `Drift: ${stack} differs from its code`,
    `ドリフト: ${stack} の実環境がコードと異なります`,
  );
  const first = text(
    `🧭 **Next, team ${plain(team)}:** what stands in AWS is not what the code of ${code(stack)} (${environment}) says. Apply the code to undo what was changed by hand, or change the code to say so.`,
    `🧭 **次の操作(${plain(team)} チーム):** ${code(stack)}(${environment})の実環境がコードと一致していません。手作業の変更を元に戻すならコードを適用し、残すならコードに反映してください。`,
  );
  const last = text(
    'Sekisho updates this issue with each scheduled plan, and closes it when nothing differs any more.',
    'この Issue は定期プランのたびに更新され、差異がなくなると自動でクローズされます。',
  );
  const head = `${driftMarker(stack)}\n${say(first)}\n\n`;
  if (plan === undefined) return { title: say(title), body: `${head}<sub>${say(last)}</sub>\n` };
  const { details, review, runUrl } = plan;
  const counts = [say(changesWords(details)), findingsWords(details, say)].filter((words) => words !== '');
  const run = runUrl === undefined ? '' : ` · [CI](${runUrl})`;
  const body = fitPage(
    [
      leaf(`${head}**${counts.join('** · ')}${counts.length === 1 ? '**' : ''} · ${code(plan.id)}${run}\n\n`),
      ...(review === undefined ? [] : findingPieces(review.findings, 1, say)),
      ...(review === undefined ? [] : changePieces(review.changes, 1, say)),
      leaf(`<sub>${say(last)}</sub>\n`),
    ],
    { mostBytes: MOST_BYTES, noteBytes: 300, note: () => `✂️ \`sekisho show ${plan.id}\`\n\n` },
  );
  return { title: say(title), body };
}

/** What is said when the issue closes, and when it opens again. */
export const driftEnded: Text = text(
  '✅ The newest plan finds no difference any more.',
  '✅ 最新のプランで差異がなくなりました。',
);

export const driftReturned: Text = text(
  '🧭 It differs again; the newest plan is above.',
  '🧭 再び差異が見つかりました。最新のプランの内容は本文にあります。',
);
