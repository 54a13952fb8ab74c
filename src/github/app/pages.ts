import { createHash } from 'node:crypto';
import type { Language, Problem, Text } from '#core-values';
import { text } from '#core-values';
import { siteOfHost } from '../api/host.ts';
import type { GitHubApp } from '../store/apps.ts';
import type { OpenedConnect } from './connect.ts';
import { installUrl } from './manifest.ts';

export interface Page {
  readonly html: string;
  /** No script, nothing from elsewhere, no style but ours; a form goes only to the host that was asked for. */
  readonly policy: string;
}

const STYLE = `
:root { color-scheme: light dark; --paper: #f6f8fa; --card: #fff; --ink: #1f2328; --line: #d1d9e0; --accent: #0b57d0; --on-accent: #fff; --code: #eef1f4; --ok: #1a7f37; --bad: #c62828; }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --card: #161b22; --ink: #e6edf3; --line: #3d444d; --accent: #9ec1ff; --on-accent: #0b1a33; --code: #262c36; --ok: #56d364; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink); font: 1rem/1.7 system-ui, -apple-system, "Segoe UI", "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic UI", sans-serif; }
main { width: 100%; max-width: 36rem; padding: clamp(1.25rem, 5vw, 2.5rem); background: var(--card); border: 1px solid var(--line); border-top: .25rem solid var(--accent); border-radius: .5rem; }
main.done { border-top-color: var(--ok); }
main.refused { border-top-color: var(--bad); }
h1 { margin: 0 0 1rem; font-size: 1.375rem; line-height: 1.35; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
:lang(ja) { line-break: strict; }
h1:lang(ja) { word-break: auto-phrase; }
main > :last-child { margin-bottom: 0; }
form { margin: 1.5rem 0 0; }
code { -webkit-box-decoration-break: clone; box-decoration-break: clone; padding: .1em .35em; border-radius: .25rem; background: var(--code); font: .9em ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
.go { display: inline-block; min-height: 2.75rem; padding: .55rem 1.25rem; border: 1px solid transparent; border-radius: .375rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
.go:hover { text-decoration: underline; }
.go:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
@media (max-width: 30rem) { .go { display: block; width: 100%; } }
`;
/** The only style a browser takes: https://www.w3.org/TR/CSP3/#framework-directive-source-list */
const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

const escaped = (words: string): string => words.replaceAll(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
/** A paragraph; what is between backticks is to be typed. */
const paragraph = (words: string): string =>
  `<p>${escaped(words).replaceAll(/`([^`]+)`/g, '<code translate="no">$1</code>')}</p>`;

interface Content {
  readonly title: Text;
  readonly body: string;
  readonly mood?: 'done' | 'refused';
  readonly formAction?: string;
}

const pageOf = (language: Language, { title, body, mood, formAction = "'none'" }: Content): Page => ({
  policy: `default-src 'none'; style-src ${STYLE_HASH}; base-uri 'none'; form-action ${formAction}; frame-ancestors 'none'`,
  html: `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${escaped(title[language])} — Sekisho</title><style>${STYLE}</style></head>
<body><main${mood === undefined ? '' : ` class="${mood}"`}><h1>${escaped(title[language])}</h1>
${body}
</main></body></html>
`,
});

/** One button, which posts the manifest to GitHub. */
export function connectPage({ host, action, manifest }: OpenedConnect, language: Language): Page {
  const body = `${paragraph(CREATES(host)[language])}
<form method="post" action="${escaped(action)}"><input type="hidden" name="manifest" value="${escaped(manifest)}">
<button class="go" type="submit">${escaped(CREATE[language])}</button></form>`;
  return pageOf(language, { title: TITLE, body, formAction: siteOfHost(host) });
}

export function connectedPage({ host, slug }: GitHubApp, language: Language): Page {
  const url = escaped(installUrl(host, slug));
  const body = `${paragraph(KEPT(slug)[language])}
<p><a class="go" href="${url}">${escaped(INSTALL[language])}</a></p>
${paragraph(THEN[language])}`;
  return pageOf(language, { title: CONNECTED, body, mood: 'done' });
}

export function problemPage({ reasons: [{ message, remedy }] }: Problem, language: Language): Page {
  const body = [message, remedy].map((words) => paragraph(words[language])).join('\n');
  return pageOf(language, { title: NOT_CONNECTED, body, mood: 'refused' });
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
const THEN = text(
  'Afterwards, `sekisho github check` shows whether everything works.',
  'インストール後は `sekisho github check` で動作を確認できます。',
);
const NOT_CONNECTED = text('Not connected', '接続できませんでした');
