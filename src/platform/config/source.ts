import { open } from 'node:fs/promises';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type ConfigSource, MAX_CONFIG_BYTES } from './document.ts';

/** Reads a configuration file, at most one byte more than may be; `bad-config` when it cannot be read. */
export async function readConfigFile(file: string): Promise<Result<ConfigSource, Problem>> {
  try {
    const handle = await open(file, 'r');
    try {
      const buffer = new Uint8Array(MAX_CONFIG_BYTES + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) break;
      }
      return ok({ file, bytes: buffer.slice(0, length) });
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    return err(unreadable(file, code));
  }
}

const REMEDIES: Readonly<Record<string, [en: string, ja: string]>> = {
  ENOENT: [
    'Name the file, or start one from the example in docs/configuration.md.',
    'ファイルを指定するか、docs/configuration.ja.md の例から作成してください。',
  ],
  EACCES: ['Let this user read the file.', 'このユーザーがファイルを読めるようにしてください。'],
  EISDIR: ['Name the file in the folder.', 'フォルダーではなくファイルを指定してください。'],
};

const unreadable = (file: string, code: string): Problem =>
  problem('bad-config', {
    rule: 'config.unreadable',
    message: text(`The file cannot be read (${code}).`, `ファイルを読めません(${code})。`),
    remedy: text(...(REMEDIES[code] ?? ['Check the file.', 'ファイルを確認してください。'])),
    place: { file },
  });
