import { type Problem, problem, type Text, text } from '#core-values';
import type { GitHubApp } from '../store/apps.ts';

const BEGIN_AGAIN: Text = text(
  'Begin again with `sekisho github connect`, and open its link in the browser in which you are signed in to GitHub.',
  '`sekisho github connect` からやり直し、GitHub にサインインしているブラウザーで表示されたリンクを開いてください。',
);

export const BAD_HOST: Problem = problem('bad-input', {
  rule: 'github.bad-host',
  message: text(
    'This is not the address of a GitHub that Sekisho may speak to.',
    'Sekisho が接続できる GitHub のアドレスではありません。',
  ),
  remedy: text(
    'Give `--url https://HOST` of your GitHub Enterprise Server, or leave it out for github.com.',
    'GitHub Enterprise Server の場合は `--url https://HOST` を指定し、github.com の場合は省略してください。',
  ),
});

export const LINK_SPENT: Problem = problem('denied', {
  rule: 'github.link-spent',
  message: text(
    'This link was opened in another browser, was used, or is older than an hour.',
    'このリンクは別のブラウザーで開かれたか、使用済みか、発行から 1 時間以上経過しています。',
  ),
  remedy: BEGIN_AGAIN,
});

export const BAD_STATE: Problem = problem('denied', {
  rule: 'github.bad-state',
  message: text(
    'Nobody began this connection in this browser, or it was completed already, or an hour has passed.',
    'この接続はこのブラウザーで開始されていないか、完了済みか、1 時間を過ぎています。',
  ),
  remedy: BEGIN_AGAIN,
});

export const BAD_CODE: Problem = problem('outside-failed', {
  rule: 'github.bad-code',
  message: text(
    'GitHub does not know this code any more, or did not answer with an App.',
    'GitHub がこのコードを認識しないか、App の情報を返しませんでした。',
  ),
  remedy: text(
    'If GitHub shows a new App in your settings, delete it there. Then begin again with `sekisho github connect`.',
    'GitHub の設定画面に新しい App があれば削除し、`sekisho github connect` からやり直してください。',
  ),
});

export const BAD_KEY: Problem = problem('bad-input', {
  rule: 'github.bad-key',
  message: text(
    'This is not the private key of that App: GitHub does not know it, or it is no RSA key in PEM.',
    'その App の秘密鍵ではありません。GitHub が認識しないか、PEM 形式の RSA 鍵ではありません。',
  ),
  remedy: text(
    'Make a new key in the App’s settings on GitHub, and give the file as it was downloaded.',
    'GitHub の App 設定で新しい秘密鍵を生成し、ダウンロードしたファイルをそのまま指定してください。',
  ),
});

export const BAD_SECRET: Problem = problem('bad-input', {
  rule: 'github.short-secret',
  message: text(
    'The webhook secret has fewer than 16 characters.',
    'Webhook シークレットが 16 文字未満です。',
  ),
  remedy: text(
    'Make one with `openssl rand -hex 32`, and set the same in the App’s settings.',
    '`openssl rand -hex 32` などで生成し、App の設定にも同じ値を設定してください。',
  ),
});

export const NO_SUCH_APP: Problem = problem('not-found', {
  rule: 'github.no-such-app',
  message: text('No connected GitHub App has this id.', 'この ID の接続済み GitHub App はありません。'),
  remedy: text('`sekisho github list` shows them.', '`sekisho github list` で確認してください。'),
});

export const alreadyConnected = ({ host, appId }: Pick<GitHubApp, 'host' | 'appId'>): Problem =>
  problem('conflict', {
    rule: 'github.already-connected',
    message: text(
      `The App ${appId} of ${host} is connected already.`,
      `${host} の App ${appId} はすでに接続されています。`,
    ),
    remedy: text(
      'To give it a new key, disconnect it first: `sekisho github disconnect`.',
      '鍵を入れ替える場合は、先に `sekisho github disconnect` で切断してください。',
    ),
  });

export const NOT_ADMINISTRATOR: Problem = problem('denied', {
  rule: 'github.not-administrator',
  message: text(
    'Only administrators connect and disconnect GitHub Apps.',
    'GitHub App の接続と切断ができるのは管理者だけです。',
  ),
  remedy: text(
    'Ask somebody whom `administrators` in sekisho.yaml names.',
    'sekisho.yaml の `administrators` に記載された人に依頼してください。',
  ),
});
