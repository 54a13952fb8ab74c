import { glob, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';

/** Hidden files are none of the log's: `.DS_Store`, editors' copies. */
const isHidden = (path: string): boolean =>
  path.split('/').some((part) => part.startsWith('.') && part.length > 2);

/**
 * Files that arguments name: a file, a folder (all files below it), or a glob. In the order of the arguments, by name within each, none
 * twice. An argument that names nothing is a problem.
 */
export async function logFiles(named: readonly string[]): Promise<Result<readonly string[], Problem>> {
  const files = new Set<string>();
  for (const name of named) {
    const found = await filesOf(name);
    if (found.length === 0) return err(nothingAt(name));
    for (const file of found) files.add(file);
  }
  return ok([...files]);
}

async function filesOf(name: string): Promise<readonly string[]> {
  const kind = await kindOf(name);
  if (kind === 'file') return [name];
  if (kind === 'folder') {
    const below = await readdir(name, { recursive: true });
    return filesAmong(below.filter((path) => !isHidden(path)).map((path) => join(name, path)));
  }
  const matched: string[] = [];
  for await (const path of glob(name)) matched.push(path);
  return filesAmong(matched);
}

async function filesAmong(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths.toSorted()) if ((await kindOf(path)) === 'file') files.push(path);
  return files;
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'none'> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : 'file';
  } catch {
    return 'none';
  }
}

const nothingAt = (name: string): Problem =>
  problem('not-found', {
    rule: 'slo.no-logs',
    message: text(`There is no log file at ${name}.`, `${name} にログファイルがありません。`),
    remedy: text(
      'Name a file, a folder or a glob (in quotes).',
      'ファイル、フォルダ、またはグロブ（引用符で囲む）を指定してください。',
    ),
  });
