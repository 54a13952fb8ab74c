import type { Language, Problem, Text } from '#core-values';
import { text } from '#core-values';
import { siteOfHost } from '../api/host.ts';
import type { GitHubApp } from '../store/apps.ts';
import type { OpenedConnect } from './connect.ts';
import { installUrl } from './manifest.ts';

export interface Page {
  readonly html: string;
  /** No script, no style, nothing from elsewhere; a form goes only to the host that was asked for. */
  readonly policy: string;
}

const escaped = (words: string): string => words.replaceAll(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

const pageOf = (language: Language, title: string, body: string, formAction = "'none'"): Page => ({
  policy: `default-src 'none'; base-uri 'none'; form-action ${formAction}; frame-ancestors 'none'`,
  html: `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${escaped(title)} — Sekisho</title></head>
<body><h1>${escaped(title)}</h1>
${body}
</body></html>
`,
});

/** One button, which posts the manifest to GitHub. */
export function connectPage({ host, action, manifest }: OpenedConnect, language: Language): Page {
  const say = (words: Text): string => escaped(words[language]);
  const body = `<p>${say(CREATES(host))}</p>
<form method="post" action="${escaped(action)}"><input type="hidden" name="manifest" value="${escaped(manifest)}">
<button type="submit">${say(CREATE)}</button></form>`;
  return pageOf(language, TITLE[language], body, siteOfHost(host));
}

export function connectedPage({ host, slug }: GitHubApp, language: Language): Page {
  const url = escaped(installUrl(host, slug));
  const body = `<p>${escaped(KEPT(slug)[language])}</p>
<p><a href="${url}">${escaped(INSTALL[language])}</a></p>`;
  return pageOf(language, CONNECTED[language], body);
}

export function problemPage({ reasons: [{ message, remedy }] }: Problem, language: Language): Page {
  const body = `<p>${escaped(message[language])}</p><p>${escaped(remedy[language])}</p>`;
  return pageOf(language, NOT_CONNECTED[language], body);
}

const TITLE = text('Connect Sekisho to GitHub', 'Sekisho を GitHub に接続');
const CREATES = (host: string): Text =>
  text(
    `The button leads to ${host}, which shows the App’s name and permissions and asks you before it creates the App. Its keys then go to this server and to nobody else.`,
    `ボタンを押すと ${host} に移動し、App の名前と権限を確認してから作成できます。生成された鍵はこのサーバーだけに渡されます。`,
  );
const CREATE = text('Create the App on GitHub', 'GitHub で App を作成');
const CONNECTED = text('Connected', '接続しました');
const KEPT = (slug: string): Text =>
  text(
    `The App ${slug} is connected; its keys are kept encrypted. One step is left: install it on your repositories.`,
    `App「${slug}」を接続し、鍵を暗号化して保管しました。最後に、リポジトリへインストールしてください。`,
  );
const INSTALL = text('Install it on your repositories', 'リポジトリにインストールする');
const NOT_CONNECTED = text('Not connected', '接続できませんでした');
