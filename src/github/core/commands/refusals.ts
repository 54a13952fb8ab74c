import { type Reason, text } from '#core-values';
import type { PullRequestFacts, StackFacts } from '../facts.ts';
import { situationOf } from '../situation.ts';
import type { Verb } from './command.ts';

/** Commands that do something: only on the commit that their author could read about. */
export const ACTING: readonly Verb[] = ['plan', 'apply', 'cancel', 'unlock'];

export interface Seen {
  /** The commit that our comment shows, and since when. */
  readonly shown?: { readonly head: string; readonly atMs: number };
  /** When the command was written. Both times are GitHub's, and full seconds. */
  readonly writtenAtMs: number;
}

/** Why nothing is done for what was written about another commit. After the merge there is no other. */
export function unseen({ head, status }: PullRequestFacts, { shown, writtenAtMs }: Seen): Reason | undefined {
  if (status !== 'open') return undefined;
  if (shown === undefined || shown.head !== head || shown.atMs >= writtenAtMs) return MOVED;
  return undefined;
}

const MOVED: Reason = {
  rule: 'command.commit-moved',
  message: text(
    'The branch moved, or its newest commit was not shown yet when this was written; nothing was done.',
    'コマンドの投稿後にブランチが更新されたか、投稿時点で最新のコミットがまだ表示されていなかったため、実行しませんでした。',
  ),
  remedy: text(
    'Read what Sekisho’s comment says of the newest commit, then write the command again.',
    'Sekisho のコメントで最新のコミットの内容を確認してから、もう一度コマンドを書いてください。',
  ),
};

export const UNKNOWN_PERSON: Reason = {
  rule: 'command.unknown-person',
  message: text(
    'Only people of sekisho.yaml may command; nobody there has your GitHub id.',
    'コマンドを使えるのは sekisho.yaml に登録された人だけです。あなたの GitHub の ID は登録されていません。',
  ),
  remedy: text(
    'Have yourself added under `people`, with your numeric id: `gh api user --jq .id`.',
    '`people` に自分の数値 ID(`gh api user --jq .id`)を登録してもらってください。',
  ),
};

export const EDITED: Reason = {
  rule: 'command.edited',
  message: text(
    'The comment was changed after it was written; nothing was done.',
    'コメントが投稿後に編集されたため、実行しませんでした。',
  ),
  remedy: text('Write a new comment.', '新しいコメントを書いてください。'),
};

export const NEEDS_REASON: Reason = {
  rule: 'command.reason-missing',
  message: text('Taking a stack over needs a reason.', 'スタックの引き継ぎには理由が必要です。'),
  remedy: text(
    'Add --reason "…": others read it in the audit log.',
    '--reason "…" を付けてください。理由は監査ログに残ります。',
  ),
};

/** Why nobody knows what the change touches. */
export const whyUnread = ({ failedLookups: [failed], fork, status }: PullRequestFacts): Reason | undefined =>
  failed ?? (fork && status !== 'merged' ? FORK : undefined);

/** Why a stack is not planned or applied on demand, as things stand. */
export function notNow(verb: Verb, stack: StackFacts, facts: PullRequestFacts): Reason | undefined {
  const { name } = stack;
  const unread = whyUnread(facts);
  if (unread !== undefined) return unread;
  if (facts.status === 'closed') return CLOSED;
  const situation = situationOf(stack, facts);
  if (situation === 'deleted' || situation === 'moved')
    return {
      rule: 'command.no-folder',
      message: text(`The folder of ${name} is not there.`, `${name} のフォルダがありません。`),
      remedy: text('See what Sekisho’s comment says of it.', 'Sekisho のコメントの説明を確認してください。'),
    };
  if (situation === 'applying')
    return {
      rule: 'command.being-applied',
      message: text(`${name} is being applied.`, `${name} は適用中です。`),
      remedy: text('Wait until it is done.', '終わるまで待ってください。'),
    };
  if (verb !== 'apply' || facts.status === 'merged') return undefined;
  if (stack.applies === 'after-merge')
    return {
      rule: 'command.applied-after-merge',
      message: text(`${name} is applied once this is merged.`, `${name} はマージ後に適用されます。`),
      remedy: text('Have it approved, then merge.', '承認を受けてからマージしてください。'),
    };
  if (situation !== 'ready')
    return {
      rule: 'command.not-approved',
      message: text(`${name} is not approved.`, `${name} は承認されていません。`),
      remedy: text('/sekisho explain says what is missing.', '/sekisho explain で不足を確認してください。'),
    };
  return undefined;
}

const FORK: Reason = {
  rule: 'command.fork',
  message: text(
    'Nothing of a fork is planned or applied: whoever may push to it chooses what runs.',
    'フォークのコードはプランも適用もしません。フォークに push できる人が、実行内容を変更できるためです。',
  ),
  remedy: text('Push the branch to this repository.', 'このリポジトリのブランチとして push してください。'),
};

const CLOSED: Reason = {
  rule: 'command.closed',
  message: text('This pull request is closed.', 'このプルリクエストはクローズされています。'),
  remedy: text('Open it again, or open a new one.', '再度オープンするか、新しく作成してください。'),
};
