/** Where in the repository a block of the configuration stands; lines count from 1. */
export interface BlockPlace {
  readonly path: string;
  readonly line: number;
}

/** Texts by path from the repository's root. */
export type FileTexts = ReadonlyMap<string, string>;

/** `module.a["x"].module.b.data.aws_x.y[0]` → modules `a`, `b`; mode, type and name. */
function stepsOf(address: string) {
  const parts = address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '').split('.');
  const modules: string[] = [];
  while (parts[0] === 'module' && parts[1] !== undefined) modules.push(...parts.splice(0, 2).slice(1));
  const isData = parts[0] === 'data';
  const [type, name, ...rest] = isData ? parts.slice(1) : parts;
  if (type === undefined || name === undefined || rest.length > 0) return undefined;
  return { modules, keyword: isData ? 'data' : 'resource', type, name };
}

/** The block of a resource, through modules of the repository itself. `undefined` wherever it is not certain. */
export function placeOf(files: FileTexts, folder: string, address: string): BlockPlace | undefined {
  const steps = stepsOf(address);
  if (steps === undefined) return undefined;
  let here: string | undefined = folder === '.' ? '' : folder;
  for (const name of steps.modules) {
    const block = blockIn(files, here, ['module', name]);
    here = block === undefined ? undefined : localSource(here, block.body);
    if (here === undefined) return undefined;
  }
  const block = blockIn(files, here, [steps.keyword, steps.type, steps.name]);
  return block === undefined ? undefined : { path: block.path, line: block.line };
}

interface Block extends BlockPlace {
  readonly body: readonly string[];
}

const MOST_LINES = 500;

/** Found by its first line, as every formatter writes it. Two of them would be a mistake of the configuration: then none. */
function blockIn(files: FileTexts, folder: string, labels: readonly string[]): Block | undefined {
  const [keyword = '', ...names] = labels;
  const found: Block[] = [];
  for (const [path, source] of files) {
    if (!path.endsWith('.tf') || folderOf(path) !== folder) continue;
    const lines = source.split(/\r?\n/);
    lines.forEach((line, index) => {
      // Cut at the brace and not matched: an expression would go back over a long line of spaces for minutes.
      const head = line.includes('{') ? line.slice(0, line.indexOf('{')).trim() : '';
      const [word, ...rest] = head.split(/\s+/);
      if (word !== keyword || rest.map(unquoted).join(' ') !== names.join(' ')) return;
      const body = lines.slice(index + 1, index + 1 + MOST_LINES);
      const end = body.findIndex((one) => /^\}/.test(one));
      found.push({ path, line: index + 1, body: end === -1 ? body : body.slice(0, end) });
    });
  }
  return found.length === 1 ? found[0] : undefined;
}

const unquoted = (word: string): string => word.replace(/^"(.*)"$/, '$1');

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

/** `undefined` for a module from elsewhere. */
function localSource(folder: string, body: readonly string[]): string | undefined {
  const sources = body.flatMap((line) => /^\s*source\s*=\s*"(\.{1,2}\/[^"]*)"/.exec(line)?.[1] ?? []);
  const [source] = sources;
  if (source === undefined || sources.length > 1) return undefined;
  const parts = folder === '' ? [] : folder.split('/');
  for (const step of source.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') parts.push(step);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
