import { type PersonName, type Reason, type Text, text } from '#core-values';

const reason = (rule: string, message: Text, remedy: Text): Reason => ({ rule, message, remedy });

const AGAIN = text('Reload the page and try again.', 'ページを再読み込みして、もう一度お試しください。');

export const MALFORMED = reason(
  'passkey.malformed',
  text(
    'This is not the answer of a passkey to a request for one.',
    'パスキーによる応答として読み取れません。',
  ),
  AGAIN,
);

export const OTHER_CHALLENGE = reason(
  'passkey.other-challenge',
  text(
    'The passkey answered something else: another statement, or a request that is over.',
    'パスキーの応答が別のもの(別の承認文、または期限の切れた要求)に対するものです。',
  ),
  text(
    'Read what is asked now, and confirm that with the passkey.',
    '現在の内容を確認し、パスキーで改めて確認してください。',
  ),
);

export const FRAMED = reason(
  'passkey.framed',
  text(
    'The passkey was asked within a page of another site.',
    '別のサイトに埋め込まれたページからパスキーが要求されました。',
  ),
  text('Open Sekisho in a tab of its own.', 'Sekisho を単独のタブで開いてください。'),
);

export const otherOrigin = (origin: string, ours: string): Reason =>
  reason(
    'passkey.other-origin',
    text(
      `The passkey was asked by ${origin.slice(0, 200)}, not by ${ours}.`,
      `パスキーは ${ours} ではなく ${origin.slice(0, 200)} から要求されました。`,
    ),
    text(
      `Open ${ours}. If you did, \`server.publicUrl\` in sekisho.yaml is not how people reach the server.`,
      `${ours} を開いてください。開いている場合は、sekisho.yaml の \`server.publicUrl\` が実際の URL と異なっています。`,
    ),
  );

export const OTHER_SITE = reason(
  'passkey.other-site',
  text('The passkey answered another site.', 'パスキーの応答が別のサイトに対するものです。'),
  AGAIN,
);

export const NOT_VERIFIED = reason(
  'passkey.not-verified',
  text(
    'The passkey did not verify who used it (PIN, fingerprint or face).',
    'パスキーによる本人確認(PIN、指紋、顔など)が行われていません。',
  ),
  text(
    'Set a PIN or a fingerprint on the authenticator, and try again.',
    '認証器に PIN か指紋を設定し、もう一度お試しください。',
  ),
);

export const BAD_SIGNATURE = reason(
  'passkey.bad-signature',
  text('The passkey did not sign this.', 'このパスキーによる署名ではありません。'),
  AGAIN,
);

export const UNKNOWN = reason(
  'passkey.unknown',
  text(
    'This passkey is not enrolled here, or what the database has of it is not what the server wrote.',
    'このパスキーは登録されていないか、データベースの内容がサーバーの書き込んだものと一致しません。',
  ),
  text(
    'Use a passkey from your list, or enrol this device anew.',
    '登録済みのパスキーを使うか、この端末を改めて登録してください。',
  ),
);

export const REMOVED = reason(
  'passkey.removed',
  text('This passkey was removed.', 'このパスキーは削除されています。'),
  text(
    'Use another passkey; what was approved with this one is to be approved anew.',
    '別のパスキーを使ってください。このパスキーでの承認は、改めて行う必要があります。',
  ),
);

export const SUSPENDED = reason(
  'passkey.suspended',
  text(
    'This passkey is suspended: its counter went back, so a copy of it may be in use.',
    'このパスキーは停止されています。カウンターが後退したため、複製が使われているおそれがあります。',
  ),
  text(
    'Remove it, enrol another one, and find out who else used it: `sekisho audit list --kind passkey`.',
    '削除して別のパスキーを登録し、ほかの誰かが使っていないか `sekisho audit list --kind passkey` で確認してください。',
  ),
);

export const notTheirs = (person: PersonName): Reason =>
  reason(
    'passkey.not-theirs',
    text(`The passkey is not one of ${person}’s.`, `このパスキーは ${person} のものではありません。`),
    text('Use a passkey of your own.', '自分のパスキーを使ってください。'),
  );

export const NOT_ENROLLED = reason(
  'passkey.not-enrolled',
  text(
    'The authenticator’s answer is not one that can be enrolled: for another site, without verifying you, or by a kind of key that is not accepted.',
    '認証器の応答を登録できません(別のサイト用、本人確認なし、または対応していない種類の鍵です)。',
  ),
  text(
    'Set a PIN or a fingerprint on the authenticator, reload the page and try again, or use another authenticator.',
    '認証器に PIN か指紋を設定し、ページを再読み込みしてやり直すか、別の認証器を使ってください。',
  ),
);

export const KNOWN_ALREADY = reason(
  'passkey.known-already',
  text(
    'This passkey is enrolled already, or was.',
    'このパスキーはすでに登録されているか、過去に登録されていました。',
  ),
  text('Make a new one on the authenticator.', '認証器で新しいパスキーを作成してください。'),
);

export const CONFIRM_FIRST = reason(
  'passkey.confirm-first',
  text(
    'This asks for one of the passkeys that you have.',
    'この操作には、登録済みのパスキーによる確認が必要です。',
  ),
  text(
    'Confirm with a passkey of yours. If none is left, ask an administrator for a recovery link.',
    '登録済みのパスキーで確認してください。使えるパスキーがない場合は、管理者に再登録用のリンクを依頼してください。',
  ),
);

export const NOT_BY_THIS_SESSION = reason(
  'passkey.not-by-this-session',
  text(
    'A first passkey is enrolled by a link, or within 15 minutes of signing in at a provider.',
    '最初のパスキーは、リンクから、またはプロバイダーでのサインインから 15 分以内に登録します。',
  ),
  text(
    'Sign in again, or make yourself a link with your SSH key, or ask an administrator for one.',
    'サインインし直すか、SSH 鍵で自分用のリンクを作成するか、管理者にリンクを依頼してください。',
  ),
);

export const TOO_MANY = reason(
  'passkey.too-many',
  text('You have 20 passkeys already.', 'パスキーはすでに 20 個登録されています。'),
  text('Remove one that you do not use.', '使っていないものを削除してください。'),
);

export const LAST_ONE = reason(
  'passkey.last-one',
  text(
    'This is the last passkey: without it there is no signing in by passkey, and no approving by one.',
    'これは最後のパスキーです。削除すると、パスキーでのサインインも承認もできなくなります。',
  ),
  text(
    'Enrol another one first, or say that the last one is to go.',
    '先に別のパスキーを登録するか、最後の 1 つでも削除することを明示してください。',
  ),
);

export const ONLY_OWN = reason(
  'passkey.only-own',
  text(
    'People name and remove their own passkeys; administrators remove others’, with a reason.',
    '名前の変更と削除ができるのは自分のパスキーだけです。管理者は理由を添えて他人のパスキーを削除できます。',
  ),
  text('Ask its owner or an administrator.', '本人か管理者に依頼してください。'),
);
