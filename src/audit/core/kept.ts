import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { openCheckpoint } from './checkpoint.ts';
import type { TreeHead } from './merkle.ts';
import type { NoteCrypto, NoteKey } from './signed-note.ts';

export interface Trust {
  /** The log's public keys, the present one and earlier ones; best known from elsewhere than the log. */
  readonly keys: readonly NoteKey[];
  /** Notes of checkpoints kept elsewhere. */
  readonly checkpoints: readonly string[];
}

/** Opens checkpoints kept elsewhere with the log's keys. */
export function openKept(
  { keys, checkpoints }: Trust,
  crypto: NoteCrypto,
): Result<readonly TreeHead[], Problem> {
  const heads: TreeHead[] = [];
  for (const note of checkpoints) {
    const opened = openCheckpoint(note, keys, crypto);
    if (opened.kind !== 'signed') return err(notOfThisLog(opened.kind));
    heads.push(opened.checkpoint);
  }
  return ok(heads);
}

function notOfThisLog(kind: 'unknown-signers' | 'bad-signature' | 'malformed'): Problem {
  const words = {
    malformed: text('The file is no checkpoint.', 'このファイルはチェックポイントではありません。'),
    'unknown-signers': text(
      'The checkpoint is signed by another log, or by a key that is not known.',
      'チェックポイントが、別のログまたは未知の鍵で署名されています。',
    ),
    'bad-signature': text(
      'The checkpoint’s signature is wrong: it was changed after it was signed.',
      'チェックポイントの署名が正しくありません。署名後に変更されています。',
    ),
  }[kind];
  return problem('bad-input', {
    rule: `audit.checkpoint-${kind}`,
    message: words,
    remedy: text(
      'Give a checkpoint as `sekisho audit export` wrote it, and the public key of the log it belongs to (--key).',
      '`sekisho audit export` が書き出したチェックポイントと、そのログの公開鍵(--key)を指定してください。',
    ),
  });
}
