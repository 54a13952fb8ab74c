import { type Problem, problem, text } from '#core-values';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';

/**
 * Ends the command after an error that nobody expected: what it was in a line, never a stack trace, which tells a user nothing
 * and may quote a secret. SEKISHO_DEBUG=1 shows the trace, masked.
 */
export async function failUnexpectedly(context: CliContext, error: unknown, version: string): Promise<void> {
  // Loaded here, because no other command needs the platform to start.
  const { maskSecrets } = await import('#platform');
  const why = maskSecrets(error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  failWith(context, unexpected(why, version));
  if (context.env.SEKISHO_DEBUG === '1' && error instanceof Error) {
    context.stderr.write(`${maskSecrets(error.stack ?? '')}\n`);
  }
}

const unexpected = (why: string, version: string): Problem =>
  problem('internal', {
    rule: 'cli.unexpected',
    message: text(
      `Sekisho ${version} met an error that it did not expect: ${why}`,
      `Sekisho ${version} で想定外のエラーが発生しました: ${why}`,
    ),
    remedy: text(
      'This is a bug of Sekisho’s. Run it again with SEKISHO_DEBUG=1 to see where it comes from, and report that to whoever looks after Sekisho, with the command and this version.',
      'Sekisho の不具合です。SEKISHO_DEBUG=1 を付けて再実行すると発生箇所が表示されます。実行したコマンドとバージョンを添えて、Sekisho の管理者に報告してください。',
    ),
  });
