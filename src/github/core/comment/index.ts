import { text } from '#core-values';
import { code } from '#plan/core';
import type { PullRequestFacts, StackFacts } from '../facts.ts';
import { bytesOf, fitPage } from '../fit.ts';
import { SITUATION_WORDS, situationOf } from '../situation.ts';
import { nextStep } from './next-step.ts';
import { type CommentPiece, type Cut, leaf, type Say, saying, WORTH } from './page.ts';
import { changesWords, findingsWords, prose } from './plan-section.ts';
import { stackPieces } from './stack-section.ts';

/** GitHub takes 65,536 characters of a comment. Bytes are never fewer than characters, so the limit holds however it counts. */
const MOST_BYTES = 65_000;
const NOTE_BYTES = 1_500;

/** By which our comment is found again; invisible on the page. */
export const COMMENT_MARKER = '<!-- sekisho:pull-request -->';

/** The one comment of a pull request: first what is to be done next and by whom, then each stack. Never longer than GitHub takes. */
export function commentOf(facts: PullRequestFacts): string {
  const say = saying(facts.language);
  const { mark, words } = nextStep(facts);
  const pieces: readonly CommentPiece[] = [
    leaf(`${COMMENT_MARKER}\n${mark} ${say(words)}\n\n`),
    ...noMergePieces(facts, say),
    ...failurePieces(facts, say),
    ...(facts.stacks.length > 1 ? tablePieces(facts, say) : []),
    ...sectionsOf(facts).flatMap((stack) => stackPieces(stack, facts, say)),
    leaf(footOf(facts, say)),
  ];
  return fitPage(pieces, {
    mostBytes: MOST_BYTES,
    noteBytes: NOTE_BYTES,
    note: (cut) => noteOf(cut, facts, say),
  });
}

/** A closed pull request needs nothing more; of several stacks, those that change nothing say so in the table. */
function sectionsOf(facts: PullRequestFacts): readonly StackFacts[] {
  if (facts.status === 'closed') return [];
  return facts.stacks.length === 1
    ? facts.stacks
    : facts.stacks.filter((stack) => situationOf(stack, facts) !== 'no-changes');
}

/** https://docs.github.com/en/actions/reference/events-that-trigger-workflows#pull_request on conflicts. */
const NO_MERGE = {
  conflict: text(
    '⚠️ **The branch conflicts with its base**, so GitHub starts no job for it. Until that is resolved, the stacks below are those that differ from where the branch left its base.',
    '⚠️ **ブランチがベースと競合しています。** GitHub はジョブを開始しません。解消されるまで、下記のスタックはベースから分岐した時点との差分から判定したものです。',
  ),
  'not-yet': text(
    'GitHub has not merged this commit with its base for a trial yet. Until then, the stacks below are those that differ from where the branch left its base.',
    'GitHub によるテスト用のマージコミットがまだありません。作成されるまで、下記のスタックはベースから分岐した時点との差分から判定したものです。',
  ),
} as const;

const noMergePieces = ({ noMerge, failedLookups }: PullRequestFacts, say: Say): readonly CommentPiece[] =>
  noMerge === undefined || failedLookups.length > 0 ? [] : [leaf(`${say(NO_MERGE[noMerge])}\n\n`)];

function failurePieces({ failedLookups }: PullRequestFacts, say: Say): readonly CommentPiece[] {
  if (failedLookups.length === 0) return [];
  const lines = failedLookups.map(({ message, remedy }) =>
    leaf(`- ${prose(say(message))}\n  <br>→ ${prose(say(remedy))}\n`, WORTH.reason, 'details'),
  );
  return [...lines, leaf('\n')];
}

function tablePieces(facts: PullRequestFacts, say: Say): readonly CommentPiece[] {
  const head = [
    text('', ''),
    text('Stack', 'スタック'),
    text('Environment', '環境'),
    text('Changes', '変更'),
    text('Findings', '指摘'),
    text('State', '状態'),
  ];
  return [
    leaf(`| ${head.map(say).join(' | ')} |\n|---|---|---|---|---|---|\n`),
    ...facts.stacks.map((stack) => leaf(rowOf(stack, facts, say), WORTH.row, 'stacks')),
    leaf('\n'),
  ];
}

/** Only names and counts: nothing in a table may hold a bar. */
function rowOf(stack: StackFacts, facts: PullRequestFacts, say: Say): string {
  const { mark, words } = SITUATION_WORDS[situationOf(stack, facts)];
  const { environment } = stack.account;
  const { plan } = stack;
  const cells = [
    mark,
    code(stack.name),
    environment === 'production' ? '**▲ production**' : environment,
    plan === undefined ? '' : say(changesWords(plan.details)),
    plan === undefined ? '' : findingsWords(plan.details, say),
    say(words),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

function footOf({ head, stacks }: PullRequestFacts, say: Say): string {
  const words =
    stacks.length === 0
      ? text('', '')
      : text(
          ' · `/sekisho help` lists what you can comment',
          ' · コメントで使えるコマンドは `/sekisho help` で確認できます',
        );
  return `<sub>Sekisho · ${code(head.slice(0, 12))}${say(words)}</sub>\n`;
}

const CUT_WORDS = [
  ['stacks', text('stacks', 'スタック')],
  ['findings', text('findings', '指摘')],
  ['changes', text('changes', '変更')],
  ['permissions', text('permissions', '権限')],
  ['details', text('other lines', 'その他の行')],
] as const satisfies readonly (readonly [Cut, unknown])[];

const MOST_COMMANDS = 8;

/** What was left out, and where all of it is. */
function noteOf(cut: ReadonlyMap<Cut, number>, { stacks }: PullRequestFacts, say: Say): string {
  const counts = CUT_WORDS.flatMap(([name, words]) => {
    const count = cut.get(name) ?? 0;
    return count === 0 ? [] : [say(text(`${count} ${words.en}`, `${words.ja} ${count} 件`))];
  });
  const plans = stacks.flatMap(({ plan }) => plan ?? []);
  const links = plans.slice(0, MOST_COMMANDS).map(({ id, runUrl }) => {
    const command = code(`sekisho show ${id}`);
    return runUrl === undefined ? command : `${command} ([CI](${runUrl}))`;
  });
  const note = say(
    text(
      `✂️ **Cut for length:** ${counts.join(', ')}. All of it: ${links.join(', ')}`,
      `✂️ **長さの都合で省略:** ${counts.join('、')}。全体を見るには: ${links.join('、')}`,
    ),
  );
  const short = `${note}\n\n`;
  return bytesOf(short) <= NOTE_BYTES ? short : `✂️ ${counts.join(', ')}\n\n`;
}
