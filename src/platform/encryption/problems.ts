import { type Problem, problem, text } from '#core-values';

const MAKE_A_KEY = 'openssl rand -base64 32';

export const badKey = (where: string): Problem =>
  problem('bad-config', {
    rule: 'encryption.bad-key',
    message: text(
      `${where} does not hold encryption keys of 32 bytes in base64 or hexadecimal.`,
      `${where} に、base64 または16進数で表した32バイトの暗号鍵がありません。`,
    ),
    remedy: text(
      `Make one with "${MAKE_A_KEY}". Several are separated by spaces or lines, the newest first.`,
      `"${MAKE_A_KEY}" で作成してください。複数ある場合は、新しいものから順に空白か改行で区切ります。`,
    ),
  });

export const keyFileMissing = (path: string): Problem =>
  problem('bad-config', {
    rule: 'encryption.key-file-missing',
    message: text(`The encryption key file ${path} is missing.`, `暗号鍵ファイル ${path} がありません。`),
    remedy: text(
      `Restore it from your backup. Only for a new installation: ${MAKE_A_KEY} > ${path} && chmod 600 ${path}`,
      `バックアップから復元してください。新規導入の場合に限り: ${MAKE_A_KEY} > ${path} && chmod 600 ${path}`,
    ),
  });

export const keyFileUnreadable = (path: string, cause: string): Problem =>
  problem('bad-config', {
    rule: 'encryption.key-file-unreadable',
    message: text(
      `The encryption key file ${path} cannot be used: ${cause}`,
      `暗号鍵ファイル ${path} を使用できません: ${cause}`,
    ),
    remedy: text(
      'Name a regular file in a directory that belongs to the user who runs Sekisho.',
      'Sekisho を実行するユーザーが所有するディレクトリ内の通常ファイルを指定してください。',
    ),
  });

export const keyFileOpen = (path: string): Problem =>
  problem('bad-config', {
    rule: 'encryption.key-file-open',
    message: text(
      `Other users of this machine may read the encryption key file ${path}.`,
      `暗号鍵ファイル ${path} が、このマシンの他のユーザーにも読める状態です。`,
    ),
    remedy: text(
      `chmod 600 ${path}, and rotate the key if others have been on this machine.`,
      `chmod 600 ${path} を実行してください。他のユーザーがこのマシンを使っていた場合は、鍵を更新してください。`,
    ),
  });

export const keyMissing = (keyId: string, known: readonly string[]): Problem =>
  problem('unavailable', {
    rule: 'encryption.key-missing',
    message: text(
      `Data was encrypted under the key ${keyId}, which is not among the configured keys (${known.join(', ')}).`,
      `データは鍵 ${keyId} で暗号化されていますが、設定された鍵（${known.join(', ')}）に含まれていません。`,
    ),
    remedy: text(
      'Configure that earlier key again, after the newest one. If it is lost, so is what it encrypted: restore it from your backup.',
      'その鍵を、最新の鍵の後ろに再び設定してください。鍵を失うと暗号化されたデータも読めなくなります。バックアップから鍵を復元してください。',
    ),
  });

export const tampered = (purpose: string, id: string): Problem =>
  problem('internal', {
    rule: 'encryption.tampered',
    message: text(
      `The encrypted ${purpose} of ${id} does not open: it was changed, cut, or taken from another place.`,
      `${id} の暗号化データ（${purpose}）を復号できません。改ざん、欠損、または別の場所からの差し替えの可能性があります。`,
    ),
    remedy: text(
      'Restore it from a backup, and find out who wrote to the database.',
      'バックアップから復元し、データベースに書き込んだ者を調査してください。',
    ),
  });

export const kmsFailed = (keyArn: string, cause: string): Problem =>
  problem('outside-failed', {
    rule: 'encryption.kms-failed',
    message: text(
      `AWS KMS did not serve the key ${keyArn}: ${cause}`,
      `AWS KMS の鍵 ${keyArn} を使用できませんでした: ${cause}`,
    ),
    remedy: text(
      "Check that the key is enabled, and that Sekisho's role may kms:GenerateDataKey and kms:Decrypt on it.",
      '鍵が有効であること、Sekisho のロールに kms:GenerateDataKey と kms:Decrypt が許可されていることを確認してください。',
    ),
  });

export const badKmsArn = (value: string): Problem =>
  problem('bad-config', {
    rule: 'encryption.bad-kms-arn',
    message: text(`"${value}" is not the ARN of a KMS key.`, `"${value}" は KMS の鍵の ARN ではありません。`),
    remedy: text(
      'Write arn:aws:kms:REGION:ACCOUNT:key/ID. An alias could be moved to another key, so it is not accepted.',
      'arn:aws:kms:REGION:ACCOUNT:key/ID の形式で指定してください。エイリアスは別の鍵に付け替えられるため使用できません。',
    ),
  });
