import { type Text, text } from '../src/core-values/index.ts';
import { approveAsNewcomer, browserHere } from './newcomer.ts';
import { anotherTurn, linkTo, type Stage, StoryBroken, type Turn, toldOf, yourTurn } from './story/index.ts';

/** The last chapter where nobody sits at the browser. */
export async function playYourTurn(stage: Stage): Promise<void> {
  const turn = await yourTurn(stage);
  try {
    await approve(stage, turn);
  } catch (error) {
    turn.job.stop();
    throw error instanceof StoryBroken ? error : new StoryBroken(String(error));
  }
  await toldOf(stage, await turn.job.ended);
}

async function approve(stage: Stage, turn: Turn): Promise<void> {
  const browser = await browserHere();
  if (browser === undefined) {
    const approved = await stage.person('hanako', 'approve', turn.plan, '--yes');
    return stage.expect(approved.exitCode === 0, BY_KEY, approved);
  }
  try {
    await approveAsNewcomer(browser, await linkTo(stage, turn));
    stage.expect(true, IN_CHROMIUM);
  } finally {
    await browser.close();
  }
}

/** The last chapter for whoever sits there: until they decided, and once more where they said no. `stopped` ends it at any time. */
export async function leaveYourTurn(
  stage: Stage,
  { say, stopped }: { readonly say: (words: Text) => void; readonly stopped: Promise<undefined> },
): Promise<void> {
  const first = await yourTurn(stage);
  const decided = async (turn: Turn): Promise<'applied' | 'denied' | undefined> => {
    const outcome = await Promise.race([turn.job.ended, stopped]);
    if (outcome === undefined) turn.job.stop();
    else say(text('', ''));
    return outcome === undefined ? undefined : toldOf(stage, outcome);
  };
  say(whatToDo(stage, first, await linkTo(stage, first)));
  let ending = await decided(first);
  if (ending === 'denied') {
    say(ANOTHER);
    const second = await anotherTurn(stage);
    say(
      text(
        `\nIt waits for you here:\n\n  ${second.page}\n`,
        `\nこちらで承認を待っています。\n\n  ${second.page}\n`,
      ),
    );
    ending = await decided(second);
  }
  if (ending !== undefined) say(ending === 'applied' ? AFTER : ENOUGH);
}

function whatToDo({ url, world }: Stage, { plan }: Turn, link: string): Text {
  const { port } = new URL(url);
  const byKey = `SEKISHO_URL=${url} SEKISHO_SSH_KEY=${world.people.hanako.keyFile} bin/sekisho approve ${plan}`;
  return text(
    `
You are Hanako now, of the team that owns production. Taro wants its orders to be restorable, and a partner’s warehouse to hear of them.
Open this in a browser on this machine. It works once:

  ${link}

  1. “Open the link”, “Enrol a passkey”: your device asks for its PIN, fingerprint or face. “Go on” leads to the change.
  2. Read what was found, and look at what changes.
  3. “Approve…” with your passkey, or “Reject…”.
  4. Stay on the page: the CI job waits for you, and applies it before your eyes. This terminal tells what it did.

No browser on this machine? From yours, first: ssh -L ${port}:localhost:${port} THIS-MACHINE
No passkey on your device? Approve with Hanako’s SSH key, in another terminal in this folder:
  ${byKey}`,
    `
ここからは、本番を所有するチームの hanako になってください。taro の変更は、注文データを復元できるようにし、倉庫を運営する取引先に注文の通知を開放するものです。
このマシンのブラウザーで次のリンクを開いてください(1 回だけ有効)。

  ${link}

  1. 「リンクを開く」「パスキーを登録」の順に進みます。端末が PIN・指紋・顔のいずれかで本人確認します。「続ける」で変更のページに移ります。
  2. 指摘事項と、何が変わるかを確認します。
  3. 「承認…」を押してパスキーで承認します(「却下…」も試せます)。
  4. ページはそのまま開いておいてください。待っている CI ジョブが適用し、画面が進みます。結果はこの端末にも表示します。

このマシンにブラウザーがない場合は、手元のマシンで先に実行してください: ssh -L ${port}:localhost:${port} このマシン
パスキーを使えない場合は、このフォルダーで別の端末を開き、hanako の SSH 鍵で承認してください。
  ${byKey}`,
  );
}

const IN_CHROMIUM = text(
  'Hanako opened the link in Chromium, enrolled a passkey and approved with it; her page showed the change being applied.',
  'hanako は Chromium でリンクを開き、パスキーを登録して承認しました。適用が終わるまで、ページの表示も更新されました。',
);
const BY_KEY = text(
  'No Chromium was found on this machine, so Hanako approved with her SSH key.',
  'このマシンに Chromium がないため、hanako は SSH 鍵で承認しました。',
);
const ANOTHER = text(
  '\nTaro leaves the warehouse out, and asks again:',
  '\ntaro は倉庫の変更を取り下げ、もう一度プランを作成します。',
);
const AFTER = text(
  `
That was a protected apply. On the page: the time line, the grant and what it could do, and the audit log with every step.
To use it for your accounts: docs/adopt.md. Still serving; Ctrl-C stops and removes everything.`,
  `
これが、Sekisho による適用です。画面では、経過、グラントでできたこと、すべての記録(監査ログ)を確認できます。
自分のアカウントで使うには docs/adopt.ja.md を参照してください。サーバーは動き続けています。Ctrl-C で停止し、すべて削除します。`,
);
const ENOUGH = text(
  '\nTaro gives up, and production stays as it is. Still serving; Ctrl-C stops and removes everything.',
  '\ntaro はあきらめ、本番はそのままです。サーバーは動き続けています。Ctrl-C で停止し、すべて削除します。',
);
