import { type Language, type Reason, type StackName, type Text, text } from '#core-values';
import { code } from '#plan/core';
import { saying } from '../comment/page.ts';
import { prose } from '../comment/plan-section.ts';
import type { CheckRun } from './index.ts';

/**
 * What a commit of a merge queue is to the change that was judged. `judged`: the same, for every stack; `behind`: built on a pull request whose check has
 * not passed, or that changes the same; `differs`: something else for these stacks; `unreadable`: nobody knows; `unknown`: not verifiably of this pull
 * request at all.
 */
export type QueueVerdict =
  | { readonly kind: 'judged' }
  | { readonly kind: 'behind' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'differs'; readonly stacks: readonly StackName[] }
  | { readonly kind: 'unreadable'; readonly reasons: readonly Reason[] };

/**
 * The checks of the pull request for a commit of the queue: they pass only where it is what was judged. What waits for the one in front stays open, so
 * that the queue waits too; everything else fails, so that it does not wait for nothing. Lines are shown on the pull request alone.
 */
export function checksOfQueue(
  checks: readonly CheckRun[],
  verdict: QueueVerdict,
  language: Language,
): readonly CheckRun[] {
  const plain = checks.map((check) => ({ ...check, annotations: [] }));
  if (verdict.kind === 'judged') return plain;
  const say = saying(language);
  const { title, summary } = withheld(verdict);
  const outcome =
    verdict.kind === 'behind'
      ? ({ status: 'queued' } as const)
      : ({ status: 'completed', conclusion: 'failure' } as const);
  return plain.map(({ conclusion, status, externalId, name, annotations, ...own }) =>
    conclusion === 'success'
      ? { externalId, name, annotations, ...outcome, title: say(title), summary: say(summary) }
      : { externalId, name, annotations, status, ...(conclusion && { conclusion }), ...own },
  );
}

function withheld(verdict: Exclude<QueueVerdict, { readonly kind: 'judged' }>): {
  readonly title: Text;
  readonly summary: Text;
} {
  switch (verdict.kind) {
    case 'behind':
      return {
        title: text('Waits for the pull request in front', '前のプルリクエスト待ち'),
        summary: text(
          'This commit of the merge queue is built on another pull request, whose `sekisho` check has not passed yet or which changes the same files. It is looked at again by itself.',
          'このマージキューのコミットは別のプルリクエストの上に作られています。そのプルリクエストの `sekisho` チェックがまだ成功していないか、同じファイルを変更しています。自動で再確認します。',
        ),
      };
    case 'differs': {
      const names = verdict.stacks.map((stack) => code(stack));
      return {
        title: text('Not the change that was judged', '判定した変更と異なります'),
        summary: text(
          `For ${names.join(', ')} this commit of the merge queue changes something else than the pull request that was judged. Bring the branch up to date with its base, let it be planned and approved, and queue it again.`,
          `${names.join('、')} について、このマージキューのコミットは判定済みのプルリクエストと異なる内容を含みます。ブランチをベースの最新に合わせ、プランと承認を得てから、もう一度キューに追加してください。`,
        ),
      };
    }
    case 'unreadable': {
      const why = (language: Language) =>
        verdict.reasons
          .map(
            ({ message, remedy }) => `\n\n- ${prose(message[language])}\n  <br>→ ${prose(remedy[language])}`,
          )
          .join('');
      return {
        title: text('Cannot be compared with what was judged', '判定した変更と比較できません'),
        summary: text(
          `What this commit of the merge queue changes could not be read, so nothing passes. Queue the pull request again.${why('en')}`,
          `このマージキューのコミットの変更内容を読み取れないため、何も許可していません。プルリクエストをもう一度キューに追加してください。${why('ja')}`,
        ),
      };
    }
    case 'unknown':
      return {
        title: text('Not a commit of the merge queue', 'マージキューのコミットではありません'),
        summary: text(
          'A branch named like the merge queue’s points here, but this commit is not the pull request’s head merged, squashed or rebased onto the commit in the branch’s name, or that commit is not of the base branch or its queue. Queue the pull request again; if nobody queued it, find out who made the branch.',
          'マージキューの形式の名前を持つブランチがこのコミットを指していますが、ブランチ名が示すコミットに、このプルリクエストの先頭をマージ、スカッシュ、またはリベースしたものではありません(もしくは、そのコミットがベースブランチにもキューにもありません)。プルリクエストをもう一度キューに追加してください。誰も追加していない場合は、ブランチの作成者を確認してください。',
        ),
      };
  }
}
