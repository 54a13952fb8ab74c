import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import type { Git } from './git.ts';

/** What a run asks to be compared. */
export type Comparison =
  /**
   * With the first parent of the merge commit that GitHub makes of the base and the pull request's head; where something else is checked out, from
   * where that left the base.
   */
  | { readonly kind: 'pull-request'; readonly base: string; readonly head: string }
  /** From where the two parted. */
  | { readonly kind: 'branch'; readonly base: string }
  /** What a branch was with what it is. */
  | { readonly kind: 'push'; readonly before: string };

/** Two commits to compare; or none, with the reason why everything counts as changed. */
export type Compared =
  | { readonly kind: 'commits'; readonly before: string; readonly after: string }
  | { readonly kind: 'everything'; readonly after: string; readonly because: Reason };

/** Finds the commits in this clone. A clone that does not go back far enough is a problem: nobody can tell what changed. */
export async function comparedCommits(
  git: Git,
  head: string,
  comparison: Comparison | undefined,
): Promise<Result<Compared, Problem>> {
  // Says in git's words what is wrong with the checkout as a whole.
  const there = await git.bytes(['rev-parse', '--git-dir']);
  if (!there.ok) return there;
  const after = await commitOf(git, head);
  if (!after.ok) return after;
  if (after.value === undefined) return err(unknownRef(head));
  if (comparison?.kind === 'push' && /^0+$/.test(comparison.before))
    return ok({ kind: 'everything', after: after.value, because: NOTHING_BEFORE });
  if (comparison === undefined) return ok({ kind: 'everything', after: after.value, because: ASKED });
  const before = await commitBefore(git, after.value, comparison);
  if (!before.ok) return before;
  if (before.value !== undefined) return ok({ kind: 'commits', before: before.value, after: after.value });
  const shallow = await git.line(['rev-parse', '--is-shallow-repository']);
  if (!shallow.ok) return shallow;
  if (shallow.value === 'true') return err(tooShallow);
  if (comparison.kind === 'push')
    return ok({ kind: 'everything', after: after.value, because: NOTHING_BEFORE });
  return err(unknownRef(comparison.base));
}

async function commitBefore(
  git: Git,
  after: string,
  comparison: Comparison,
): Promise<Result<string | undefined, Problem>> {
  if (comparison.kind === 'push') return commitOf(git, comparison.before);
  if (comparison.kind === 'pull-request') {
    const second = await commitOf(git, `${after}^2`);
    if (!second.ok) return second;
    // Not any merge: an author who merged the base into the branch would be left with what came from there.
    if (second.value === comparison.head) return commitOf(git, `${after}^1`);
  }
  const base = await commitOf(git, comparison.base);
  return !base.ok || base.value === undefined ? base : git.line(['merge-base', base.value, after]);
}

/** The commit that words name; they are never taken for an option. */
const commitOf = (git: Git, ref: string): Promise<Result<string | undefined, Problem>> =>
  git.line(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);

const ASKED: Reason = {
  rule: 'checkout.all-asked',
  message: text('All stacks were asked for.', 'すべてのスタックが指定されました。'),
  remedy: text(
    'Leave out --all to see only what a change affects.',
    '変更の影響を受けるものだけを見るには --all を外してください。',
  ),
};

const NOTHING_BEFORE: Reason = {
  rule: 'checkout.nothing-before',
  message: text(
    'The commit before this push is not there (a new branch, or history was rewritten): every stack counts as affected.',
    'プッシュ前のコミットがありません(新しいブランチか、履歴が書き換えられています)。すべてのスタックを対象とします。',
  ),
  remedy: text('Name what to compare with: --base REF.', '比較対象を --base REF で指定してください。'),
};

const tooShallow: Problem = problem('bad-input', {
  rule: 'checkout.too-shallow',
  message: text(
    'The checkout does not go back to the commit to compare with, so nobody can tell what changed.',
    'チェックアウトの履歴が比較対象のコミットまで届いていないため、何が変わったか判定できません。',
  ),
  remedy: text(
    'Give actions/checkout `fetch-depth: 0` (GitLab: `GIT_DEPTH: 0`), or run `git fetch --unshallow` before.',
    'actions/checkout に `fetch-depth: 0` を指定するか(GitLab では `GIT_DEPTH: 0`)、先に `git fetch --unshallow` を実行してください。',
  ),
});

const unknownRef = (ref: string): Problem => {
  const shown = ref.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd').slice(0, 200);
  return problem('bad-input', {
    rule: 'checkout.unknown-commit',
    message: text(
      `This checkout has no commit “${shown}”.`,
      `このチェックアウトにコミット「${shown}」がありません。`,
    ),
    remedy: text(
      'Check its name, and fetch it: `fetch-depth: 0` fetches all branches.',
      '名前を確認し、取得してください。`fetch-depth: 0` ならすべてのブランチを取得します。',
    ),
  });
};
