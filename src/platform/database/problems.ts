import { type Problem, problem, text } from '#core-values';

export const cannotConnect = (server: string, cause: string): Problem =>
  problem('unavailable', {
    rule: 'database.cannot-connect',
    message: text(
      `The database at ${server} cannot be reached: ${cause}`,
      `データベース ${server} に接続できません: ${cause}`,
    ),
    remedy: text(
      'Check that the server runs and that DATABASE_URL names the right host, database, user and password.',
      'サーバーが起動していること、DATABASE_URL のホスト・データベース・ユーザー・パスワードが正しいことを確認してください。',
    ),
  });

export const badUrl = (): Problem =>
  problem('bad-config', {
    rule: 'database.bad-url',
    message: text(
      'DATABASE_URL is not the address of a PostgreSQL database.',
      'DATABASE_URL が PostgreSQL データベースのアドレスになっていません。',
    ),
    remedy: text(
      'Write it as postgresql://USER:PASSWORD@HOST:5432/DATABASE.',
      'postgresql://USER:PASSWORD@HOST:5432/DATABASE の形式で指定してください。',
    ),
  });

export const serverTooOld = (server: string, version: string): Problem =>
  problem('unavailable', {
    rule: 'database.server-too-old',
    message: text(
      `The database at ${server} is PostgreSQL ${version}; Sekisho needs 15 or newer.`,
      `データベース ${server} は PostgreSQL ${version} です。Sekisho には 15 以降が必要です。`,
    ),
    remedy: text(
      'Upgrade the server, or leave DATABASE_URL unset to use the embedded PostgreSQL.',
      'サーバーをアップグレードするか、DATABASE_URL を外して組み込み PostgreSQL を使用してください。',
    ),
  });

export const databaseNewer = (name: string): Problem =>
  problem('conflict', {
    rule: 'database.newer-than-program',
    message: text(
      `The database was already migrated by a newer Sekisho (it has the migration ${name}).`,
      `データベースは、より新しい Sekisho によって移行済みです（マイグレーション ${name} が適用されています）。`,
    ),
    remedy: text(
      'Run that newer version, or restore the backup that was taken before the upgrade.',
      '新しいバージョンの Sekisho を実行するか、アップグレード前のバックアップを復元してください。',
    ),
  });

export const migrationEdited = (name: string): Problem =>
  problem('conflict', {
    rule: 'database.migration-edited',
    message: text(
      `The migration ${name} is not the one that was applied to this database: its content has changed.`,
      `マイグレーション ${name} の内容が、このデータベースに適用されたものと異なります。`,
    ),
    remedy: text(
      'Restore the file as it was released; make further changes in a new migration.',
      'ファイルをリリース時の内容に戻し、変更は新しいマイグレーションとして追加してください。',
    ),
  });

export const migrationSkipped = (name: string, applied: string): Problem =>
  problem('conflict', {
    rule: 'database.migration-skipped',
    message: text(
      `The migration ${name} was never applied, but the later ${applied} was.`,
      `マイグレーション ${name} が未適用のまま、後続の ${applied} が適用されています。`,
    ),
    remedy: text(
      `Give ${name} a number after the last applied one.`,
      `${name} に、適用済みの最後の番号より後の番号を付けてください。`,
    ),
  });

export const migrationBadName = (file: string): Problem =>
  problem('internal', {
    rule: 'database.migration-bad-name',
    message: text(
      `${file} in the migrations folder is not named NNNN_name.sql with a number of its own.`,
      `migrations フォルダーの ${file} が、重複のない番号を持つ NNNN_name.sql という名前になっていません。`,
    ),
    remedy: text(
      'Rename it, or take it out of the folder.',
      '名前を変更するか、フォルダーから取り除いてください。',
    ),
  });

export const migrationFailed = (name: string, cause: string): Problem =>
  problem('internal', {
    rule: 'database.migration-failed',
    message: text(
      `The migration ${name} failed and was rolled back: ${cause}`,
      `マイグレーション ${name} が失敗し、ロールバックされました: ${cause}`,
    ),
    remedy: text(
      'The database is as it was before. Check that its user owns it, and report the message if that does not help.',
      'データベースは適用前の状態のままです。接続ユーザーがデータベースの所有者であることを確認し、解決しない場合はこのメッセージを添えて報告してください。',
    ),
  });
