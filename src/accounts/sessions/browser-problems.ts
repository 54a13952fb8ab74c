import { type Problem, problem, text } from '#core-values';

const SIGN_IN_AGAIN = text('Sign in again.', '再度サインインしてください。');

export const SIGNED_OUT: Problem = problem('unauthenticated', {
  rule: 'session.over',
  message: text(
    'This browser is not signed in: the session ended, or there was none.',
    'このブラウザーはサインインしていません。セッションが終了したか、まだ始まっていません。',
  ),
  remedy: SIGN_IN_AGAIN,
});

export const STOLEN: Problem = problem('unauthenticated', {
  rule: 'session.token-reused',
  message: text(
    'An old token of this session was used after a newer one, as by somebody who copied it. The session was ended for everybody.',
    'このセッションの古いトークンが、新しいトークンの後に使われました。盗まれた恐れがあるため、セッションを終了しました。',
  ),
  remedy: text(
    'Sign in again, and look at your sessions. If another device was used, tell an administrator.',
    '再度サインインし、セッションの一覧を確認してください。心当たりのない端末があれば、管理者に知らせてください。',
  ),
});

export const ENROL_FIRST: Problem = problem('denied', {
  rule: 'session.enrol-first',
  message: text(
    'A link signed you in, which is only good for enrolling a passkey.',
    'リンクによるサインインでは、パスキーの登録しかできません。',
  ),
  remedy: text('Enrol a passkey first.', '先にパスキーを登録してください。'),
});

export const NO_SUCH_SESSION: Problem = problem('not-found', {
  rule: 'session.unknown',
  message: text(
    'There is no such session, or it has ended.',
    'そのセッションはないか、すでに終了しています。',
  ),
  remedy: text('Read the list again.', '一覧を読み直してください。'),
});

export const ONLY_OWN_SESSIONS: Problem = problem('denied', {
  rule: 'session.not-yours',
  message: text(
    'Only administrators see and end the sessions of others.',
    '他の利用者のセッションを表示・終了できるのは管理者だけです。',
  ),
  remedy: text('Ask an administrator.', '管理者に依頼してください。'),
});
