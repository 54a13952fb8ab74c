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
