import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { parseJsonText, refusing } from '#plan/core';
import { type HclParser, hclParser } from '#plan/hcl';
import {
  assembleRepository,
  type FileFacts,
  fileFacts,
  hasBlocksOfInterest,
  isConfigurationFile,
  linksOf,
  type ReadFile,
  type Repository,
  type RepositoryFile,
  throughLinks,
} from './core/index.ts';

/** Far more than people write in one file; HashiCorp's parser takes 500 bytes of memory for a byte of source. */
const MOST_CHARACTERS = 1_000_000;
/** Of all configuration together: a repository of 10,000 files has half of it. */
const MOST_CHARACTERS_IN_ALL = 50_000_000;

/** Reads repositories, each distinct text once: of a change's two sides nearly all files are the same. */
export type RepositoryReader = (
  files: readonly RepositoryFile[],
  options?: {
    /** Folders that `sekisho.yaml` names as stacks. */
    readonly named?: Iterable<string>;
  },
) => Promise<Result<Repository, Problem>>;

/**
 * Reads what a repository holds of Terraform's, from the texts of its files and without Terraform. A file that cannot be read is a fault of its
 * module and hides no other. A problem only where there is more than anybody writes.
 */
export function repositoryReader(parser: () => HclParser = hclParser): RepositoryReader {
  const known = new Map<string, Promise<FileFacts | string>>();
  return async (files, { named = [] } = {}) => {
    const total = files.reduce((sum, file) => sum + file.text.length, 0);
    if (total > MOST_CHARACTERS_IN_ALL) return err(problem('too-large', tooLarge(total)));
    const links = linksOf(files);
    const texts = new Map(files.flatMap((file) => (file.isLink ? [] : [[file.path, file.text] as const])));
    const configuration = files.filter(({ path }) => isConfigurationFile(path));
    const read = await inLanes(configuration, async ({ path, isLink }): Promise<ReadFile> => {
      const real = isLink ? throughLinks(path, links) : path;
      const source = real === undefined ? undefined : texts.get(real);
      // A link to what nobody gave us could bring anything.
      if (source === undefined) return { path, facts: err(brokenLink(path)) };
      return { path, facts: await factsOf({ known, parser }, path, source) };
    });
    return ok(assembleRepository(read, links, new Set(named)));
  };
}

/** The parser is one for all, and has always a next question so. Whoever else asks, a plan that comes in, waits for two files and not for thousands. */
const LANES = 2;

/** Answers in the order of the items. */
async function inLanes<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers = new Map<number, Answer>();
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) answers.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return [...answers].sort(([a], [b]) => a - b).map(([, answer]) => answer);
}

/** Reads one repository; for the two sides of a change make one `repositoryReader`. */
export const readRepository: RepositoryReader = (files, options) => repositoryReader()(files, options);

interface Reading {
  readonly known: Map<string, Promise<FileFacts | string>>;
  readonly parser: () => HclParser;
}

async function factsOf(
  { known, parser }: Reading,
  path: string,
  source: string,
): Promise<Result<FileFacts, Reason>> {
  if (source.length > MOST_CHARACTERS) return err(fileTooLarge(path));
  const isJson = path.endsWith('.json');
  const key = `${isJson} ${source}`;
  const reading = known.get(key) ?? read(parser, source, isJson);
  known.set(key, reading);
  const facts = await reading;
  return typeof facts === 'string' ? err(unreadable(path, facts)) : ok(facts);
}

/** The facts of a text, or where it is wrong: `12:3`, or nothing where that is not known. */
async function read(parser: () => HclParser, source: string, isJson: boolean): Promise<FileFacts | string> {
  if (isJson) {
    const tree = refusing(() => parseJsonText(source, ''));
    if (tree.ok) return fileFacts(tree.value, source, true);
    const { line, column } = tree.error.reasons[0].place ?? {};
    return line === undefined ? '' : `${line}:${column}`;
  }
  if (!hasBlocksOfInterest(source)) return fileFacts(new Map(), source, false);
  const json = await parsed(parser, source);
  if (!json.ok) return json.error;
  // What is nested deeper than anybody writes parses as HCL, and is still refused here.
  const tree = refusing(() => parseJsonText(json.value, ''));
  return tree.ok ? fileFacts(tree.value, source, false) : '';
}

/** HCL as JSON, or where it is wrong. */
async function parsed(
  parser: () => HclParser,
  source: string,
  isRetried = false,
): Promise<Result<string, string>> {
  try {
    return ok(await parser()('', source));
  } catch (thrown) {
    // `parse config: [:2,9-3,1: Invalid block definition; …]`
    const message = thrown instanceof Error ? thrown.message : '';
    const [, line, column] = /:([0-9]+),([0-9]+)-/.exec(message) ?? [];
    if (line !== undefined) return err(`${line}:${column}`);
    // Another file may have ended the parser while ours waited.
    return isRetried ? err('') : parsed(parser, source, true);
  }
}

function unreadable(file: string, at: string): Reason {
  const [line, column] = at.split(':').map(Number);
  return {
    rule: 'repository.unreadable',
    message: text(
      `${file} does not parse${line ? ` (line ${line}, column ${column})` : ''}: what it uses is not known.`,
      `${file} を解析できません${line ? `(${line} 行 ${column} 列)` : ''}。何に依存しているか分かりません。`,
    ),
    remedy: text(
      'Run `terraform validate` in its folder and correct it. Until then every change counts as one that affects the stacks that use it.',
      'そのフォルダーで `terraform validate` を実行し、修正してください。それまでは、どの変更も、このファイルを使うスタックに影響するものとして扱われます。',
    ),
    place: { file, ...(line && { line }), ...(column && { column }) },
  };
}

const fileTooLarge = (file: string): Reason => ({
  rule: 'repository.file-too-large',
  message: text(
    `${file} is longer than ${MOST_CHARACTERS} characters and was not read.`,
    `${file} は ${MOST_CHARACTERS} 文字を超えているため、読み取りませんでした。`,
  ),
  remedy: text(
    'Split it, and move large data out of it (`file()`, `jsondecode(file(…))`).',
    'ファイルを分割し、大きなデータは別ファイルに移してください(`file()`、`jsondecode(file(…))`)。',
  ),
  place: { file },
});

const brokenLink = (file: string): Reason => ({
  rule: 'repository.broken-link',
  message: text(
    `${file} is a symbolic link that leads to no file of the repository.`,
    `${file} はシンボリックリンクですが、リンク先のファイルがリポジトリにありません。`,
  ),
  remedy: text(
    'Let it lead to a file of the repository, or replace it by the file.',
    'リンク先をリポジトリ内のファイルにするか、リンクを実際のファイルに置き換えてください。',
  ),
  place: { file },
});

const tooLarge = (total: number): Reason => ({
  rule: 'repository.too-large',
  message: text(
    `The repository’s configuration is ${total} characters long; ${MOST_CHARACTERS_IN_ALL} are read at most.`,
    `リポジトリの構成は合計 ${total} 文字あり、上限の ${MOST_CHARACTERS_IN_ALL} 文字を超えています。`,
  ),
  remedy: text(
    'Split the repository, and keep copies of modules and generated files out of Git.',
    'リポジトリを分割し、モジュールのコピーや生成されたファイルは Git の管理から外してください。',
  ),
});
