import { text } from '#core-values';
import { refuse } from './refusal.ts';

/** Says clearly what a file is that is no plan file. Throws a refusal; returns for what may be one. */
export function checkIsPlanFile(bytes: Uint8Array): void {
  if (bytes.length === 0) {
    refuse('empty', text('The plan file is empty.', 'プランファイルが空です。'));
  }
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return;
  const start = startOf(bytes);
  if (isOpenTofuEncrypted(start)) {
    refuse(
      'encrypted',
      text(
        'The plan file is encrypted by OpenTofu, so nobody but OpenTofu can say what it would do.',
        'プランファイルは OpenTofu によって暗号化されているため、内容を確認できません。',
      ),
      text(
        'Make the plan without `plan` in the `encryption` block; Sekisho encrypts plan files at rest itself.',
        '`encryption` ブロックの `plan` を外してプランを作成してください。プランファイルは Sekisho が暗号化して保管します。',
      ),
    );
  }
  if (looksLikeJson(start)) {
    refuse(
      'json-not-file',
      text('This is JSON, not a plan file.', 'これは JSON であり、プランファイルではありません。'),
      text(
        'Pass the file that `terraform plan -out=FILE` writes. JSON of `terraform show -json` can be reviewed, but never approved.',
        '`terraform plan -out=FILE` が書き出すファイルを渡してください。`terraform show -json` の JSON はレビューできますが、承認はできません。',
      ),
    );
  }
  if (
    /Terraform (?:will perform|used the selected providers)|OpenTofu (?:will perform|used the selected)|No changes\. /.test(
      start,
    )
  ) {
    refuse(
      'text-not-file',
      text(
        'This is the text that `terraform plan` prints, not a plan file.',
        'これは `terraform plan` の画面出力であり、プランファイルではありません。',
      ),
    );
  }
  refuse(
    'not-a-plan',
    text('The file is no Terraform plan file.', 'ファイルは Terraform のプランファイルではありません。'),
  );
}

/** Enough to tell kinds of files apart. */
const startOf = (bytes: Uint8Array): string => decodeLoosely(bytes.subarray(0, 64 * 1024));

const looksLikeJson = (start: string): boolean => /^\s*[{[]/.test(start);

/** OpenTofu writes `{"meta": …, "encrypted_data": …, "encryption_version": "v0"}` (internal/encryption/base.go). */
const isOpenTofuEncrypted = (start: string): boolean =>
  looksLikeJson(start) && (/"encrypted_data"\s*:/.test(start) || /"encryption_version"\s*:/.test(start));

/** Whether bytes are JSON that is not OpenTofu's encrypted plan, or JSON with a CI job's output around it. */
export function isPlanJson(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return false;
  const start = decodeLoosely(bytes.subarray(0, 64 * 1024));
  if (isOpenTofuEncrypted(start)) return false;
  return looksLikeJson(start) || /\{\s*"format_version"/.test(start);
}

/** Text of UTF-8 or, with its byte order mark, UTF-16. Throws a refusal for anything else. */
export function decodeJsonBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return refuse(
      'bad-encoding',
      text('The plan JSON is not UTF-8.', 'プランの JSON が UTF-8 ではありません。'),
    );
  }
}

const decodeLoosely = (bytes: Uint8Array): string => new TextDecoder(encodingOf(bytes)).decode(bytes);

const encodingOf = (bytes: Uint8Array): string =>
  bytes[0] === 0xff && bytes[1] === 0xfe
    ? 'utf-16le'
    : bytes[0] === 0xfe && bytes[1] === 0xff
      ? 'utf-16be'
      : 'utf-8';
