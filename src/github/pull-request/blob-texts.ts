import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { GitHubRepository } from '../api/port.ts';

/** Texts of files by the id of their content, which never changes: what was read once is not asked again while there is room. */
export interface BlobTexts {
  read(
    repository: GitHubRepository,
    shas: readonly string[],
  ): Promise<Result<ReadonlyMap<string, string>, Problem>>;
}

const MOST_CHARACTERS = 32_000_000;
/** More in one go would use up what GitHub allows in an hour. */
const MOST_AT_ONCE = 2_000;

export function blobTexts(): BlobTexts {
  const kept = new Map<string, string>();
  let characters = 0;
  const keep = (sha: string, words: string): void => {
    kept.set(sha, words);
    characters += words.length;
    for (const [oldest, old] of kept) {
      if (characters <= MOST_CHARACTERS) return;
      kept.delete(oldest);
      characters -= old.length;
    }
  };
  return {
    read: async (repository, shas) => {
      const texts = new Map<string, string>();
      const wanted = new Set<string>();
      for (const sha of shas) {
        const known = kept.get(keyOf(repository, sha));
        if (known === undefined) wanted.add(sha);
        else texts.set(sha, known);
      }
      if (wanted.size > MOST_AT_ONCE) return err(tooMany(wanted.size));
      const answers = await Promise.all(
        [...wanted].map(async (file_sha) => ({
          file_sha,
          blob: await repository.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { file_sha }),
        })),
      );
      for (const { file_sha, blob } of answers) {
        if (!blob.ok) return blob;
        const words = Buffer.from(blob.value.content, 'base64').toString('utf8');
        texts.set(file_sha, words);
        keep(keyOf(repository, file_sha), words);
      }
      return ok(texts);
    },
  };
}

/** Whoever may read one repository may not read another: a content that both hold is read through each. */
const keyOf = ({ host, id }: GitHubRepository, sha: string): string => `${host} ${id} ${sha}`;

const tooMany = (count: number): Problem =>
  problem('too-large', {
    rule: 'github.too-many-files',
    message: text(
      `The repository has ${count} files of configuration that are not read yet; ${MOST_AT_ONCE} are read at once.`,
      `未読の構成ファイルが ${count} 件あり、一度に読み取れる ${MOST_AT_ONCE} 件を超えています。`,
    ),
    remedy: text(
      'Split the repository, or keep generated files and copies of modules out of it.',
      'リポジトリを分割するか、生成されたファイルやモジュールのコピーを管理対象から外してください。',
    ),
  });
