import { type Problem, problem, text } from '#core-values';

const USE_A_SERVER = {
  en: 'set DATABASE_URL to a PostgreSQL server (version 15 or newer)',
  ja: 'DATABASE_URL に PostgreSQL サーバー（バージョン15以降）を指定してください',
};

export const noBinaries = (platform: string): Problem =>
  problem('unavailable', {
    rule: 'postgres.no-binaries',
    message: text(
      `There is no embedded PostgreSQL for ${platform} in node_modules.`,
      `${platform} 用の組み込み PostgreSQL が node_modules に見つかりません。`,
    ),
    remedy: text(
      `Run npm install again without --omit=optional, or ${USE_A_SERVER.en}.`,
      `--omit=optional を付けずに npm install をやり直すか、${USE_A_SERVER.ja}。`,
    ),
  });

export const notPrepared = (folder: string, cause: string): Problem =>
  problem('unavailable', {
    rule: 'postgres.not-prepared',
    message: text(
      `The embedded PostgreSQL could not be made ready in ${folder}: ${cause}`,
      `${folder} に組み込み PostgreSQL を用意できませんでした: ${cause}`,
    ),
    remedy: text(
      `Make ${folder} writable and leave some 100 MB free there, or ${USE_A_SERVER.en}.`,
      `${folder} を書き込み可能にし、100 MB ほどの空きを確保するか、${USE_A_SERVER.ja}。`,
    ),
  });

export const directoryUnusable = (directory: string, cause: string): Problem =>
  problem('unavailable', {
    rule: 'postgres.directory-unusable',
    message: text(
      `The database directory ${directory} cannot be used: ${cause}`,
      `データベースのディレクトリ ${directory} を使用できません: ${cause}`,
    ),
    remedy: text(
      'Give the directory to the user who runs Sekisho, or name another directory.',
      'Sekisho を実行するユーザーにディレクトリの所有権を渡すか、別のディレクトリを指定してください。',
    ),
  });

export const movedDataMissing = (folder: string, pointer: string): Problem =>
  problem('unavailable', {
    rule: 'postgres.moved-data-missing',
    message: text(
      `The database was moved to ${folder}, as ${pointer} says, and that folder is missing.`,
      `データベースは ${folder} に移されていますが（${pointer} の記載）、そのフォルダーがありません。`,
    ),
    remedy: text(
      `Restore the folder from your backup. Only to begin with an empty database: delete ${pointer}.`,
      `バックアップからフォルダーを復元してください。空のデータベースから始める場合に限り、${pointer} を削除します。`,
    ),
  });

export const directoryInUse = (directory: string, holder: string): Problem =>
  problem('conflict', {
    rule: 'postgres.directory-in-use',
    message: text(
      `Another Sekisho process (${holder}) is using the database directory ${directory}.`,
      `別の Sekisho プロセス（${holder}）がデータベースのディレクトリ ${directory} を使用中です。`,
    ),
    remedy: text(
      'Stop that process, or give this one another directory. For several replicas use one PostgreSQL server by DATABASE_URL.',
      'そのプロセスを停止するか、別のディレクトリを指定してください。複数台で動かす場合は DATABASE_URL で1つの PostgreSQL サーバーを共有します。',
    ),
  });

export const noUnprivilegedUser = (cause: string): Problem =>
  problem('unavailable', {
    rule: 'postgres.no-unprivileged-user',
    message: text(
      `PostgreSQL refuses to run as root, and a system user for it could not be made: ${cause}`,
      `PostgreSQL は root では動作せず、専用のシステムユーザーも作成できませんでした: ${cause}`,
    ),
    remedy: text(
      `Create it with "useradd --system sekisho", run Sekisho as an ordinary user, or ${USE_A_SERVER.en}.`,
      `"useradd --system sekisho" で作成するか、一般ユーザーで Sekisho を実行するか、${USE_A_SERVER.ja}。`,
    ),
  });

export const otherMajorVersion = (dataDirectory: string, found: string, expected: string): Problem =>
  problem('conflict', {
    rule: 'postgres.other-major-version',
    message: text(
      `${dataDirectory} was written by PostgreSQL ${found}; this program brings PostgreSQL ${expected}.`,
      `${dataDirectory} は PostgreSQL ${found} のデータです。このプログラムは PostgreSQL ${expected} を使用します。`,
    ),
    remedy: text(
      `Move the data with pg_dump and pg_restore, or run the Sekisho version that brings PostgreSQL ${found}.`,
      `pg_dump と pg_restore でデータを移行するか、PostgreSQL ${found} を同梱する Sekisho を実行してください。`,
    ),
  });

export const passwordMissing = (file: string): Problem =>
  problem('unavailable', {
    rule: 'postgres.password-missing',
    message: text(
      `There is data, but its password file ${file} is missing.`,
      `データはありますが、パスワードファイル ${file} がありません。`,
    ),
    remedy: text(
      'Restore the file from the backup of this directory.',
      'このディレクトリのバックアップからファイルを復元してください。',
    ),
  });

export const orphanStays = (pid: number, dataDirectory: string): Problem =>
  problem('unavailable', {
    rule: 'postgres.orphan-stays',
    message: text(
      `A PostgreSQL (pid ${pid}) left by an earlier run still uses ${dataDirectory} and does not stop.`,
      `以前の実行で残った PostgreSQL（pid ${pid}）が ${dataDirectory} を使用したまま停止しません。`,
    ),
    remedy: text(
      `Look at it with "ps -fp ${pid}", stop it with "kill -QUIT ${pid}", and start again.`,
      `"ps -fp ${pid}" で確認し、"kill -QUIT ${pid}" で停止してから、再度起動してください。`,
    ),
  });

export const initFailed = (directory: string, words: string): Problem =>
  problem('unavailable', {
    rule: 'postgres.init-failed',
    message: text(
      `A new database could not be made in ${directory}: ${words}`,
      `${directory} に新しいデータベースを作成できませんでした: ${words}`,
    ),
    remedy: text(
      `Correct what the message names (permissions, disk space), or ${USE_A_SERVER.en}.`,
      `メッセージが示す原因（権限、ディスクの空き容量など）を解消するか、${USE_A_SERVER.ja}。`,
    ),
  });

export const startFailed = (logFile: string, words: string): Problem =>
  problem('unavailable', {
    rule: 'postgres.start-failed',
    message: text(
      `The embedded PostgreSQL did not start: ${words}`,
      `組み込み PostgreSQL が起動しませんでした: ${words}`,
    ),
    remedy: text(
      `Read ${logFile}, correct what it names, and start again.`,
      `${logFile} を確認し、原因を解消してから再度起動してください。`,
    ),
  });

export const serverLost = (logFile: string, words: string): Problem =>
  problem('unavailable', {
    rule: 'postgres.lost',
    message: text(
      `The embedded PostgreSQL stopped unexpectedly: ${words}`,
      `組み込み PostgreSQL が予期せず停止しました: ${words}`,
    ),
    remedy: text(
      `Start Sekisho again; what was committed is safe. The reason is in ${logFile}.`,
      `Sekisho を再起動してください。コミット済みのデータは失われません。原因は ${logFile} にあります。`,
    ),
  });
