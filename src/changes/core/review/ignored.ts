import { type Reason, type Text, text } from '#core-values';
import type { GitHubUser } from './port.ts';

/** Why a review is no approval of a plan. */
const reason = (rule: string, message: Text, remedy: Text): Reason => ({ rule, message, remedy });

const REVIEW_AGAIN = text(
  'Review the pull request again now that the plan is there, or sign: `sekisho approve`.',
  'プランを確認してもう一度レビューするか、`sekisho approve` で署名して承認してください。',
);

export const unknownPerson = ({ login, id }: GitHubUser): Reason =>
  reason(
    'review.unknown-person',
    text(
      `Nobody in sekisho.yaml is ${login} (id ${id}).`,
      `${login}(ID ${id})は sekisho.yaml に登録されていません。`,
    ),
    text(
      `Add the id to the \`identities\` of a person, or ask somebody who is registered to review.`,
      'いずれかの人の `identities` に ID を追加するか、登録済みの人にレビューを依頼してください。',
    ),
  );

export const DISMISSED = reason(
  'review.dismissed',
  text('The review was dismissed.', 'レビューは dismiss されています。'),
  REVIEW_AGAIN,
);

export const USED = reason(
  'review.used',
  text('The review has served one apply already.', 'このレビューは、すでに一度適用に使われています。'),
  REVIEW_AGAIN,
);

export const FROM_THE_FUTURE = reason(
  'review.from-the-future',
  text('The review is dated later than now.', 'レビューの日時が現在より後です。'),
  text('Check the clock of the server.', 'サーバーの時計を確認してください。'),
);

export const TOO_OLD = reason(
  'review.too-old',
  text('The review is too old.', 'レビューの有効期間を過ぎています。'),
  REVIEW_AGAIN,
);

export const BEFORE_THE_PLAN = reason(
  'review.before-the-plan',
  text('The review was given before there was a plan to see.', 'プランが作成される前のレビューです。'),
  REVIEW_AGAIN,
);

export const OTHER_MEANING = reason(
  'review.other-fingerprint',
  text(
    'What was planned when the review was given means something else than this plan.',
    'レビューの時点のプランは、このプランとは内容が異なります。',
  ),
  REVIEW_AGAIN,
);

export const OTHER_GRANT = reason(
  'review.other-grant',
  text(
    'The plan of then was for another account or environment, or asked for other extra permissions.',
    'レビューの時点のプランは、アカウント、環境、または追加権限がこのプランと異なります。',
  ),
  REVIEW_AGAIN,
);

export const OTHER_COMMIT = reason(
  'review.other-commit',
  text(
    'The review is of another commit than the one that this was planned from.',
    'レビューされたコミットは、このプランの元になったコミットではありません。',
  ),
  REVIEW_AGAIN,
);
