import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  parseDocument,
  visit,
} from 'yaml';
import {
  err,
  ok,
  type Problem,
  problem,
  type Reason,
  type Result,
  type SourcePlace,
  text,
} from '#core-values';
import type { NodePath, PlaceOf } from '../core/index.ts';
import { nodeReader } from './nodes.ts';
import { badMerge, bombReason, emptyFile, syntaxReason, unknownAlias } from './syntax-reasons.ts';

/** A file as read: `bytes` are not yet known to be text. */
export interface ConfigSource {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Plain data with the place of each node. */
export interface ConfigDocument {
  readonly value: unknown;
  readonly text: string;
  readonly placeOf: PlaceOf;
  /** A scalar as written in the file. */
  readonly writtenAt: (path: NodePath) => string | undefined;
}

export const MAX_CONFIG_BYTES = 1024 * 1024;
/** What `yaml` allows before it calls the expansion of aliases an attack. */
const MAX_ALIASES = 100;

/** Reads one YAML 1.2 document. Errors are `bad-config` with the place of each fault; no value is repeated in them. */
export function readDocument(source: ConfigSource): Result<ConfigDocument, Problem> {
  const read = readWith(source, (words, options) => [parseDocument(words, options)]);
  if (!read.ok) return read;
  const [document] = read.value;
  return document === undefined ? err(problem('bad-config', emptyFile(source.file))) : ok(document);
}

/** Reads a file of any number of documents parted by `---`; those without content are left out. */
export const readDocuments = (
  source: ConfigSource,
  { merge = false }: DocumentOptions = {},
): Result<readonly ConfigDocument[], Problem> =>
  readWith(source, (words, ours) => parseAllDocuments(words, { ...ours, merge }), merge);

export interface DocumentOptions {
  /** Whether `<<` merges a mapping, as in YAML 1.1. */
  readonly merge?: boolean;
}

type Parse = (words: string, options: ReturnType<typeof optionsWith>) => readonly Document.Parsed[];

const optionsWith = (lineCounter: LineCounter) =>
  ({
    lineCounter,
    stringKeys: true,
    resolveKnownTags: false,
    prettyErrors: false,
    // Not 'silent': then a second document would be dropped without an error.
    logLevel: 'error',
  }) as const;

function readWith(
  { file, bytes }: ConfigSource,
  parse: Parse,
  merge = false,
): Result<readonly ConfigDocument[], Problem> {
  const decoded = decode({ file, bytes });
  if (!decoded.ok) return decoded;
  const lines = new LineCounter();
  const place = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    const documents = parse(decoded.value, optionsWith(lines));
    const faults = documents.flatMap(({ errors, warnings }) =>
      [...errors, ...warnings].map((error) => syntaxReason(error, place(error.pos[0]))),
    );
    const [first, ...more] =
      faults.length > 0
        ? firstOfEachLine(faults)
        : documents.flatMap((document) => aliasReasons(document, place, merge));
    if (first !== undefined) return err(problem('bad-config', first, ...more));
    return ok(
      documents
        .filter(({ contents }) => contents !== null)
        .map((document) => documentOf(document, decoded.value, place)),
    );
  } catch (cause) {
    // `yaml` throws a ReferenceError when aliases expand too far; the stack overflows on absurdly deep nesting.
    if (cause instanceof ReferenceError || cause instanceof RangeError) {
      return err(problem('bad-config', bombReason({ file })));
    }
    throw cause;
  }
}

function documentOf(
  document: Document.Parsed,
  words: string,
  place: (offset: number) => SourcePlace,
): ConfigDocument {
  const nodes = nodeReader(document);
  return {
    value: document.toJS({ maxAliasCount: MAX_ALIASES }),
    text: words,
    placeOf: (path, part) => place(nodes.offsetOf(path, part)),
    writtenAt: nodes.writtenAt,
  };
}

function decode({ file, bytes }: ConfigSource): Result<string, Problem> {
  const refuse = (rule: string, message: Reason['message'], remedy: Reason['remedy']) =>
    err(problem('bad-config', { rule, message, remedy, place: { file } }));
  if (bytes.length > MAX_CONFIG_BYTES) {
    return refuse(
      'config.file-too-large',
      text('The file is larger than 1 MiB.', 'ファイルが 1 MiB を超えています。'),
      text('Check that this is the configuration.', '設定ファイルを指定しているか確認してください。'),
    );
  }
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refuse(
      'config.not-utf8',
      text('The file is not UTF-8 text.', 'ファイルが UTF-8 のテキストではありません。'),
      text(
        'Save it as UTF-8 (not UTF-16 or Shift_JIS).',
        'UTF-8 で保存し直してください(UTF-16 や Shift_JIS は使えません)。',
      ),
    );
  }
}

/** One slip often makes the parser complain twice about the same line. */
const firstOfEachLine = (reasons: readonly Reason[]): readonly Reason[] =>
  [...new Map(reasons.toReversed().map((reason) => [reason.place?.line, reason])).values()].toReversed();

function aliasReasons(
  document: Document.Parsed,
  place: (offset: number) => SourcePlace,
  merge: boolean,
): readonly Reason[] {
  const aliases: Alias[] = [];
  const faults: Reason[] = [];
  const startOf = (node: Node): SourcePlace => place(node.range?.[0] ?? 0);
  visit(document, {
    Alias: (_, alias, path) => {
      aliases.push(alias);
      const target = alias.resolve(document);
      // One that holds itself has no end.
      if (target !== undefined && path.includes(target)) faults.push(bombReason(startOf(alias)));
    },
    Pair: (_, { key, value }) => {
      const isMerge = merge && isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
      if (isMerge && !isMergeSource(value, document)) faults.push(badMerge(startOf(key)));
    },
  });
  const [first] = aliases;
  if (first !== undefined && aliases.length > MAX_ALIASES) return [bombReason(startOf(first))];
  const unknown = aliases.filter((alias) => alias.resolve(document) === undefined);
  return [...faults, ...unknown.map((alias) => unknownAlias(startOf(alias)))];
}

/** `yaml` throws at others. */
function isMergeSource(value: unknown, document: Document.Parsed): boolean {
  const resolved = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  const source = resolved(value);
  return isSeq(source) ? source.items.every((item) => isMap(resolved(item))) : isMap(source);
}
