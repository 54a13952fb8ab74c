import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from '../../src/core-values/index.ts';
import type { Step } from './step.ts';

/** The log verifies; a copy in which one word was changed does not. */
export const audit: Step = {
  title: text(
    'The audit log verifies; a tampered copy does not',
    '監査ログの検証: 本物は通り、改ざんされた写しは通らない',
  ),
  async play(stage) {
    const file = join(stage.directory, 'audit.jsonl');
    const exported = await stage.person('hanako', 'audit', 'export', '--output', file);
    stage.expect(
      exported.exitCode === 0,
      text('Exported, with a signed checkpoint.', '署名付きチェックポイントとともに書き出しました。'),
      exported,
    );
    const verified = await stage.person('hanako', 'audit', 'verify', file);
    stage.expect(
      verified.exitCode === 0,
      text('Every entry is where it was put.', 'すべてのエントリが記録時のままです。'),
      verified,
    );
    const copy = join(stage.directory, 'tampered.jsonl');
    await writeFile(copy, (await readFile(file, 'utf8')).replace('"approval.refused"', '"approval.given"'));
    const tampered = await stage.person('hanako', 'audit', 'verify', copy);
    stage.expect(
      tampered.exitCode === 1,
      text(
        'In the copy a refused approval was turned into a given one: found.',
        '写しでは、拒否された承認を承認済みに書き換えました。検出されました。',
      ),
      tampered,
    );
  },
};
